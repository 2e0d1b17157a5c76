#pragma once

#include <wmanifold/basis/any_basis.hpp>
#include <wmanifold/layer/form.hpp>
#include <wmanifold/layer/network.hpp>
#include <wmanifold/manifold/parameters.hpp>

namespace wmanifold {

/// A manifold of weights whose topology, basis and layers are known while running: to look into a model, and to use it
/// where contexts are numbers. Trained is what has a type, a BasicManifold.
template <Real R>
class AnyManifold {
 public:
  using Scalar = R;
  using Stack = wmanifold::Stack<LayerList>;
  using Network = BasicNetwork<R, LayerList>;

  /// All parameters zero.
  AnyManifold(AnyBasis basis, Stack stack)
      : basis_(std::move(basis)),
        stack_(std::move(stack)),
        point_stack_(stack_.at_point()),
        parameters_(basis_.size(), row_parameters_of(stack_), shared_parameters_of(stack_)) {}

  [[nodiscard]] AnyBasis const& basis() const noexcept { return basis_; }
  [[nodiscard]] Stack const& stack() const noexcept { return stack_; }
  [[nodiscard]] Index inputs() const noexcept { return inputs_of(stack_); }
  [[nodiscard]] Index outputs() const noexcept { return outputs_of(stack_); }
  /// K.
  [[nodiscard]] Index rows() const noexcept { return parameters_.rows(); }
  [[nodiscard]] Parameters<R>& parameters() noexcept { return parameters_; }
  [[nodiscard]] Parameters<R> const& parameters() const noexcept { return parameters_; }

  /// The network at a point, named by its coordinates. ArgumentError for numbers that name none.
  template <class T = HostTarget>
  [[nodiscard]] Network at(std::span<double const> s) const {
    Network network(point_stack_);
    at<T>(s, network);
    return network;
  }

  /// The same into a network that is there already. ArgumentError where it has other layers; then it is as it was.
  template <class T = HostTarget>
  void at(std::span<double const> s, Network& network) const {
    require_parameters(parameters_);
    if (!(network.stack() == point_stack_)) [[unlikely]] {
      fail("manifold: expected a network of the manifold's own layers (", parameters_of(stack_), " parameters), got ",
           network.parameters().size(), " parameters in other layers");
    }
    std::vector<double> phi(static_cast<std::size_t>(rows()));
    basis_.values(s, phi);
    std::vector<R> coefficients;  // of the rows that meet at s
    std::vector<Index> meeting;
    for (std::size_t k = 0; k < phi.size(); ++k) {
      if (phi[k] != 0) {
        coefficients.push_back(static_cast<R>(phi[k]));
        meeting.push_back(static_cast<Index>(k));
      }
    }
    ParametersView<R const> const view{parameters_.data(), rows(), parameters_.stride(), parameters_.shared().data()};
    kernel::ChosenRows<R> const chosen{coefficients.data(), meeting.data(), std::ssize(meeting), view.stride};
    detail::form_network<T, R>(
        stack_, view, chosen,
        [&](Index count, R const* from, R* to) { kernel::mix_chosen_rows<T, R>(chosen, count, from, to); },
        network.parameters().data());
  }

  /// Predictions (samples x outputs) of samples (samples x inputs), each at its context (samples x coordinates). Throws
  /// ArgumentError for a wrong size, an empty batch, numbers that name no point, or inputs that are not finite.
  template <class T = HostTarget>
  [[nodiscard]] Matrix<R> predict(ConstMatrixRef<R> const& inputs, ConstMatrixRef<double> const& contexts) const {
    require_parameters(parameters_);
    require_batch<R>("inputs", inputs, this->inputs());
    require_count("contexts", "samples, as many as the inputs have rows", Index{inputs.rows()}, Index{contexts.rows()});
    require_count("contexts", "coordinates", basis_.coordinates(), Index{contexts.cols()});
    Matrix<R> outputs(inputs.rows(), this->outputs());
    Network network(point_stack_);
    Workspace<R> work;
    for (Index first = 0, end = 0; first < inputs.rows(); first = end) {
      for (end = first + 1; end < inputs.rows() && contexts.row(end) == contexts.row(first);) {
        ++end;
      }
      at<T>({contexts.row(first).data(), static_cast<std::size_t>(contexts.cols())}, network);
      outputs.middleRows(first, end - first) =
          network.template predict<T>(inputs.middleRows(first, end - first), work);
    }
    return outputs;
  }

 private:
  AnyBasis basis_;
  Stack stack_;
  Stack point_stack_;
  Parameters<R> parameters_;
};

}  // namespace wmanifold
