#pragma once

#include <wmanifold/basis/any_basis.hpp>
#include <wmanifold/manifold/batch.hpp>
#include <wmanifold/manifold/rows_at.hpp>
#include <wmanifold/network/mixed_network.hpp>
#include <wmanifold/network/network.hpp>

namespace wmanifold {

/// The rows with coefficients other than 0 at a context of a run-time basis, given as numbers. Allocates.
template <Real R>
class RowsAt<R, AnyBasis> {
 public:
  using Context = std::span<double const>;  ///< type of a context

  /// The rows at the point with these coordinates. Throws ArgumentError for numbers that name no point.
  RowsAt(AnyBasis const& basis, Context s) {
    std::vector<double> phi(static_cast<std::size_t>(basis.size()));
    basis.values(s, phi);
    for (std::size_t k = 0; k < phi.size(); ++k) {
      if (phi[k] != 0) {
        coefficients_.push_back(static_cast<R>(phi[k]));
        rows_.push_back(static_cast<Index>(k));
      }
    }
  }

  /// The rows of a block whose rows are `stride` numbers apart, as kernels take them.
  [[nodiscard]] kernel::ChosenRows<R> of(Index stride) const noexcept {
    return {coefficients_.data(), rows_.data(), std::ssize(rows_), stride};
  }

 private:
  std::vector<R> coefficients_;
  std::vector<Index> rows_;
};

/// A manifold of weights whose topology, basis and layers are chosen at run time: a run-time basis and a mixed network,
/// for contexts given as numbers. Flows train a BasicManifold instead.
template <Real R>
class AnyManifold {
 public:
  using Scalar = R;                            ///< type of the numbers
  using Basis = AnyBasis;                      ///< type of the basis
  using Stack = wmanifold::Stack<LayerList>;   ///< type of the layers
  using Network = BasicNetwork<R, LayerList>;  ///< type of the network at a point

  /// A manifold with all parameters zero.
  AnyManifold(AnyBasis basis, Stack stack) : basis_(std::move(basis)), network_(basis_.size(), std::move(stack)) {}

  /// Basis.
  [[nodiscard]] AnyBasis const& basis() const noexcept { return basis_; }
  /// Layers.
  [[nodiscard]] Stack const& stack() const noexcept { return network_.stack(); }
  /// Number of inputs.
  [[nodiscard]] Index inputs() const noexcept { return network_.inputs(); }
  /// Number of outputs.
  [[nodiscard]] Index outputs() const noexcept { return network_.outputs(); }
  /// K, the number of basis functions.
  [[nodiscard]] Index basis_size() const noexcept { return network_.rows(); }
  /// The K x N block and the shared part.
  [[nodiscard]] Parameters<R>& parameters() noexcept { return network_.parameters(); }
  /// The same, read-only.
  [[nodiscard]] Parameters<R> const& parameters() const noexcept { return network_.parameters(); }

  /// The network at the point with these coordinates. Throws ArgumentError for numbers that name no point.
  template <class T = HostTarget>
  [[nodiscard]] Network at(std::span<double const> s) const {
    Network network(network_.point_stack());
    at<T>(s, network);
    return network;
  }

  /// Writes the network at a point into an existing one. Throws ArgumentError, and changes nothing, if its layers
  /// differ.
  template <class T = HostTarget>
  void at(std::span<double const> s, Network& network) const {
    require_parameters(parameters());
    network_.require_layers_of(network);
    RowsAt<R, AnyBasis> const rows(basis_, s);
    network_.template at<T>(rows.of(parameters().stride()), network.parameters().data());
  }

  /// The plan for mixing a batch with these contexts.
  [[nodiscard]] Plan plan(ConstMatrixRef<double> const& contexts, Mixing wish = Mixing::automatic) const {
    return plan_batch(ends_of_runs(contexts), contexts.rows(), basis_size(), basis_.support(), wish);
  }

  /// Runs a batch (samples x inputs) through the networks at its contexts (samples x coordinates). Equal neighbouring
  /// contexts are found and shared. Returns the outputs (samples x outputs), a view into the workspace. Throws
  /// ArgumentError for a wrong size, an empty batch, numbers that name no point, and inputs with a NaN or an infinity.
  template <class T = HostTarget>
  BatchView<R> forward(ConstMatrixRef<R> const& inputs, ConstMatrixRef<double> const& contexts,
                       Workspace<R>& work) const {
    return run_forward<T>(inputs, contexts, true, work);
  }

  /// Runs a batch without keeping the values for a backward pass.
  template <class T = HostTarget>
  BatchView<R> predict(ConstMatrixRef<R> const& inputs, ConstMatrixRef<double> const& contexts,
                       Workspace<R>& work) const {
    return run_forward<T>(inputs, contexts, false, work);
  }

  /// Predictions of any number of samples, in batches.
  template <class T = HostTarget>
  [[nodiscard]] Matrix<R> predict(ConstMatrixRef<R> const& inputs, ConstMatrixRef<double> const& contexts) const {
    require_contexts(inputs, contexts);
    Matrix<R> outputs(inputs.rows(), this->outputs());
    Workspace<R> work;
    for_each_batch(inputs.rows(), [&](Index first, Index count) {
      outputs.middleRows(first, count) =
          predict<T>(inputs.middleRows(first, count), contexts.middleRows(first, count), work);
    });
    return outputs;
  }

  /// Runs the backward pass, after forward with the same inputs and contexts. Turns `output_gradient` (samples x
  /// outputs) into the gradient of the parameters, in `gradient` (K x N, overwritten; equation 3). Returns the gradient
  /// of the inputs on request, a view into the workspace. Throws ArgumentError if sizes differ from those of the
  /// forward pass, and for a request for gradients of contexts: a run-time basis has no derivatives.
  template <class T = HostTarget>
  InputGradients<R> backward(ConstMatrixRef<R> const& inputs, ConstMatrixRef<double> const& contexts,
                             ConstMatrixRef<R> const& output_gradient, Workspace<R>& work, Parameters<R>& gradient,
                             GradientRequest request = {}) const {
    require_backward(*this, inputs, contexts.rows(), output_gradient, work, gradient);
    if (request.contexts) [[unlikely]] {
      fail(
          "backward: expected no request for gradients of contexts of an AnyManifold, got one; load the model with its "
          "type for derivatives");
    }
    return {network_
                .template backward<T>(inputs, work.coefficients, output_gradient, request, work.cache, work.scratch,
                                      gradient)
                .inputs};
  }

 private:
  [[nodiscard]] std::vector<double> values_at(std::span<double const> s) const {
    std::vector<double> phi(static_cast<std::size_t>(basis_size()));
    basis_.values(s, phi);
    return phi;
  }

  void require_contexts(ConstMatrixRef<R> const& inputs, ConstMatrixRef<double> const& contexts) const {
    require_parameters(parameters());
    require_batch<R>("inputs", inputs, this->inputs());
    require_count("contexts", "samples, as many as the inputs have rows", Index{inputs.rows()}, Index{contexts.rows()});
    require_count("contexts", "coordinates", basis_.coordinates(), Index{contexts.cols()});
  }

  /// Ends of runs of equal neighbours.
  static std::vector<Index> ends_of_runs(ConstMatrixRef<double> const& contexts) {
    std::vector<Index> ends;
    for (Index b = 1; b <= contexts.rows(); ++b) {
      if (b == contexts.rows() || contexts.row(b) != contexts.row(b - 1)) {
        ends.push_back(b);
      }
    }
    return ends;
  }

  template <class T>
  BatchView<R> run_forward(ConstMatrixRef<R> const& inputs, ConstMatrixRef<double> const& contexts, bool keep_slopes,
                           Workspace<R>& work) const {
    require_contexts(inputs, contexts);
    auto const ends = ends_of_runs(contexts);
    std::vector<std::vector<double>> phi;  // of each run; computed before any change
    for (Index const end : ends) {
      phi.push_back(values_at({contexts.row(end - 1).data(), static_cast<std::size_t>(contexts.cols())}));
    }
    work.coefficients.set_mixed(
        inputs.rows(), ends, basis_size(), plan_batch(ends, inputs.rows(), basis_size(), basis_.support(), work.mixing),
        [&](Index g, R* out) {
          auto const& values = phi[static_cast<std::size_t>(g)];
          std::transform(values.begin(), values.end(), out, [](double x) { return static_cast<R>(x); });
        });
    work.coefficients.find_spans();
    return network_.template forward<T>(inputs, work.coefficients, keep_slopes, work.cache, work.scratch);
  }

  AnyBasis basis_;
  MixedNetwork<R, Stack> network_;
};

}  // namespace wmanifold
