#pragma once

#include <wmanifold/core/simd.hpp>
#include <wmanifold/network/parameters.hpp>
#include <wmanifold/network/passes.hpp>
#include <wmanifold/topology/contexts.hpp>

namespace wmanifold {

/// The gradients that a backward pass returns beside that of the parameters: views into the workspace. A view is empty
/// if it was not requested.
template <Real R>
struct InputGradients {
  BatchView<R> inputs{nullptr, 0, 0};         ///< samples x inputs
  BatchView<double> contexts{nullptr, 0, 0};  ///< samples x coordinates: a tangent vector at each sample's context
};

/// A model that loss functionals and flows accept, linear in its parameters or not: passes over batches with a context
/// per sample, and one block of parameters.
///
/// - `forward(inputs, contexts, work)` keeps the values that `run_backward(inputs, contexts, output_gradient, work,
///   gradient, request)` needs; `predict` does not. `run_backward` checks nothing.
/// - `zero_frozen(block)` writes zeros where the model must not move.
template <class M>
concept WeightManifold = requires(M& model, M const& fixed, ConstMatrixRef<typename M::Scalar> const& inputs,
                                  Contexts<typename M::Topology> const& contexts, Workspace<typename M::Scalar>& work,
                                  Parameters<typename M::Scalar>& block, GradientRequest request) {
  { model.parameters() } -> std::same_as<Parameters<typename M::Scalar>&>;
  { fixed.inputs() } -> std::same_as<Index>;
  { fixed.outputs() } -> std::same_as<Index>;
  { fixed.forward(inputs, contexts, work) } -> std::same_as<BatchView<typename M::Scalar>>;
  { fixed.predict(inputs, contexts, work) } -> std::same_as<BatchView<typename M::Scalar>>;
  {
    fixed.run_backward(inputs, contexts, inputs, work, block, request)
    } -> std::same_as<InputGradients<typename M::Scalar>>;
  fixed.zero_frozen(block);
};

/// Throws ArgumentError if inputs and contexts are no batch of this model, or the model was moved from.
template <class Model>
void require_batch_of(Model const& model, ConstMatrixRef<typename Model::Scalar> const& inputs,
                      Contexts<typename Model::Topology> const& contexts) {
  require_parameters(model.parameters());
  require_batch<typename Model::Scalar>("inputs", inputs, model.inputs());
  require_count("contexts", "samples, as many as the inputs have rows", Index{inputs.rows()}, contexts.samples());
}

/// Throws ArgumentError if gradients of contexts are requested on a discrete space, where none exist.
template <class Space>
void require_no_context_gradients(GradientRequest request) {
  if (request.contexts) [[unlikely]] {
    fail("backward: expected no request for gradients of contexts on ", Space::name(),
         ", got one; leave it out, as discrete contexts have no derivatives");
  }
}

/// Calls body(first, count) for pieces of [0, samples) of at most 256 samples, to keep a workspace small.
template <class Body>
void for_each_batch(Index samples, Body const& body) {
  constexpr Index batch = 256;
  for (Index first = 0; first < samples; first += batch) {
    body(first, std::min(batch, samples - first));
  }
}

/// Predictions of any number of samples (samples x outputs), in batches.
template <class T, class Model>
[[nodiscard]] Matrix<typename Model::Scalar> predict_in_batches(Model const& model,
                                                                ConstMatrixRef<typename Model::Scalar> const& inputs,
                                                                Contexts<typename Model::Topology> const& contexts) {
  require_batch_of(model, inputs, contexts);
  Matrix<typename Model::Scalar> outputs(inputs.rows(), model.outputs());
  Workspace<typename Model::Scalar> work;
  for_each_batch(inputs.rows(), [&](Index first, Index count) {
    outputs.middleRows(first, count) =
        model.template predict<T>(inputs.middleRows(first, count), contexts.slice(first, count), work);
  });
  return outputs;
}

/// Throws ArgumentError if the gradient of the outputs, or the block for the gradient of the parameters, does not fit
/// the last forward pass through this workspace.
template <class Model>
void require_backward(Model const& model, ConstMatrixRef<typename Model::Scalar> const& inputs, Index contexts,
                      ConstMatrixRef<typename Model::Scalar> const& output_gradient,
                      Workspace<typename Model::Scalar> const& work,
                      Parameters<typename Model::Scalar> const& gradient) {
  auto const& cache = work.cache;
  bool is_own = cache.has_slopes && cache.parameters == static_cast<Index>(model.parameters().numbers().size()) &&
                std::ssize(cache.layers) == model.stack().depth();
  for (Index l = 0; is_own && l < model.stack().depth(); ++l) {
    auto const at = static_cast<std::size_t>(l);
    is_own = cache.layers[at] == model.stack().dense(l);
    model.stack().with_activation(
        l, [&]<class A>(A const&) { is_own = is_own && std::same_as<A, Identity> == cache.slopes[at].empty(); });
  }
  if (!is_own) [[unlikely]] {
    fail(
        "backward: expected a forward pass of the same batch through this workspace before it, got none; call forward "
        "first");
  }
  require_count("backward", "samples, as in the forward pass before it", cache.samples, Index{inputs.rows()});
  require_count("backward", "inputs", model.inputs(), Index{inputs.cols()});
  require_count("contexts", "samples", cache.samples, contexts);
  require_count("output gradient", "rows", cache.samples, Index{output_gradient.rows()});
  require_count("output gradient", "columns", model.outputs(), Index{output_gradient.cols()});
  require_sizes_of(model.parameters(), "gradient", gradient);
}

}  // namespace wmanifold
