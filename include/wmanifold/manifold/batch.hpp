#pragma once

#include <wmanifold/core/simd.hpp>
#include <wmanifold/layer/workspace.hpp>
#include <wmanifold/manifold/parameters.hpp>
#include <wmanifold/topology/contexts.hpp>

namespace wmanifold {

/// What a backward pass is asked for beside the gradient of the parameters. `contexts` is for smooth spaces of
/// contexts: on discrete ones, where nothing has a derivative, ArgumentError.
struct GradientRequest {
  bool inputs = false;
  bool contexts = false;
};

/// What it gives: views into the workspace, empty where not asked for.
template <Real R>
struct InputGradients {
  BatchView<R> inputs{nullptr, 0, 0};         ///< samples x inputs
  BatchView<double> contexts{nullptr, 0, 0};  ///< samples x coordinates, tangent vectors at each sample's context
};

/// What a loss functional and a flow need of a model, be it linear in its parameters or not: passes over batches with a
/// context per sample, and one block of parameters.
///
/// - `forward(inputs, contexts, work)` keeps what `run_backward(inputs, contexts, work, gradient, request)` needs
/// beside
///   work.output_gradient; `predict` does not;
/// - `rest(block)` puts zeros where the model must not move.
template <class M>
concept WeightManifold = requires(M& model, M const& fixed, ConstMatrixRef<typename M::Scalar> const& inputs,
                                  Contexts<typename M::Topology> const& contexts, Workspace<typename M::Scalar>& work,
                                  Parameters<typename M::Scalar>& block, GradientRequest request) {
  { model.parameters() } -> std::same_as<Parameters<typename M::Scalar>&>;
  { fixed.inputs() } -> std::same_as<Index>;
  { fixed.outputs() } -> std::same_as<Index>;
  { fixed.forward(inputs, contexts, work) } -> std::same_as<BatchView<typename M::Scalar>>;
  { fixed.predict(inputs, contexts, work) } -> std::same_as<BatchView<typename M::Scalar>>;
  { fixed.run_backward(inputs, contexts, work, block, request) } -> std::same_as<InputGradients<typename M::Scalar>>;
  fixed.rest(block);
};

/// Throws ArgumentError where inputs and contexts do not make a batch of this model, or it was moved from.
template <class Model>
void require_batch_of(Model const& model, ConstMatrixRef<typename Model::Scalar> const& inputs,
                      Contexts<typename Model::Topology> const& contexts) {
  require_parameters(model.parameters());
  require_batch<typename Model::Scalar>("inputs", inputs, model.inputs());
  require_count("contexts", "samples, as many as the inputs have rows", Index{inputs.rows()}, contexts.samples());
}

/// Throws ArgumentError where gradients of contexts are asked for that do not exist.
template <class Space>
void require_no_context_gradients(GradientRequest request) {
  if (request.contexts) [[unlikely]] {
    fail("backward: expected no request for gradients of contexts on ", Space::name(),
         ", which is discrete: nothing has a derivative there");
  }
}

/// Throws ArgumentError where a block has not the sizes of another.
template <Real R>
void require_sizes_of(Parameters<R> const& expected, char const* what, Parameters<R> const& block) {
  require_count(what, "rows", expected.rows(), block.rows());
  require_count(what, "columns", expected.columns(), block.columns());
  require_count(what, "shared numbers", static_cast<Index>(expected.shared().size()),
                static_cast<Index>(block.shared().size()));
}

/// Calls body(first, count) for pieces of [0, samples) that keep a workspace small.
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

/// A loss' gradient in the outputs on its way into a backward pass by hand: checked, and put where run_backward looks.
template <class Model>
void take_output_gradient(Model const& model, ConstMatrixRef<typename Model::Scalar> const& inputs,
                          Contexts<typename Model::Topology> const& contexts,
                          ConstMatrixRef<typename Model::Scalar> const& output_gradient,
                          Workspace<typename Model::Scalar>& work, Parameters<typename Model::Scalar> const& gradient) {
  if (!work.can_go_back || work.parameters != static_cast<Index>(model.parameters().numbers().size())) [[unlikely]] {
    fail("backward: expected a forward pass of the same batch through this workspace before it, got none");
  }
  require_count("backward", "samples, as in the forward pass before it", work.samples, Index{inputs.rows()});
  require_count("backward", "inputs", model.inputs(), Index{inputs.cols()});
  require_count("contexts", "samples", work.samples, contexts.samples());
  require_count("output gradient", "rows", work.samples, Index{output_gradient.rows()});
  require_count("output gradient", "columns", model.outputs(), Index{output_gradient.cols()});
  require_sizes_of(model.parameters(), "gradient", gradient);
  grow(work.output_gradient, work.samples * model.outputs());
  Eigen::Map<Matrix<typename Model::Scalar>>(work.output_gradient.data(), work.samples, model.outputs()) =
      output_gradient;
}

}  // namespace wmanifold
