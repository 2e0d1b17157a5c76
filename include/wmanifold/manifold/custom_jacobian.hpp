#pragma once

#include <wmanifold/core/symmetric.hpp>
#include <wmanifold/manifold/custom.hpp>

namespace wmanifold::detail {

/// J(s) = dM/dP of a custom manifold at its parameters, at the nodes of a quadrature over contexts. It is recorded
/// once, then applied to steps (J v) and, transposed, to changes of weights.
template <class Model>
class CustomJacobian {
 public:
  using Space = typename Model::Topology;
  using Vector = std::vector<double>;

  explicit CustomJacobian(Model const& model)
      : quadrature_(Space::quadrature(model.metric().degree)),
        tapes_(quadrature_.nodes.size()),
        recordings_(quadrature_.nodes.size()) {
    for (std::size_t i = 0; i < tapes_.size(); ++i) {
      model.record(quadrature_.nodes[i], false, tapes_[i], recordings_[i]);
    }
  }

  [[nodiscard]] std::size_t nodes() const noexcept { return tapes_.size(); }
  [[nodiscard]] double share(std::size_t node) const noexcept { return quadrature_.weights[node]; }

  /// The weights M(s).
  [[nodiscard]] Vector weights(std::size_t node) const {
    return each(recordings_[node].weights, [](auto const& weight) { return weight.value; });
  }
  /// J(s) step.
  [[nodiscard]] Vector push(std::size_t node, Vector const& step) {
    auto& tape = tapes_[node];
    tape.forward(recordings_[node].parameters, step);
    return each(recordings_[node].weights, [&](auto const& weight) { return tape.tangent(weight); });
  }
  /// J(s) itself.
  [[nodiscard]] SmallMatrix matrix(std::size_t node) {
    std::size_t const columns = recordings_[node].parameters.size();
    SmallMatrix j(static_cast<Index>(recordings_[node].weights.size()), static_cast<Index>(columns));
    Vector unit(columns);
    for (std::size_t n = 0; n < columns; ++n) {
      unit[n] = 1;
      auto const column = push(node, unit);
      std::copy(column.begin(), column.end(), j.data() + static_cast<Index>(n) * j.rows());
      unit[n] = 0;
    }
    return j;
  }
  /// J(s)^T change.
  [[nodiscard]] Vector pull(std::size_t node, Vector const& change) {
    auto& tape = tapes_[node];
    tape.backward(recordings_[node].weights, change);
    return each(recordings_[node].parameters, [&](auto const& parameter) { return tape.gradient(parameter); });
  }

 private:
  template <class Variables, class Number>
  static Vector each(Variables const& variables, Number const& number) {
    Vector numbers(variables.size());
    std::transform(variables.begin(), variables.end(), numbers.begin(), number);
    return numbers;
  }

  Quadrature<Space> quadrature_;
  std::vector<Tape<double>> tapes_;
  std::vector<typename Model::Recording> recordings_;
};

/// The parameters of a custom manifold as doubles, without the padding.
template <Real R>
[[nodiscard]] std::vector<double> as_vector(Parameters<R> const& block) {
  return {block.data(), block.data() + block.columns()};
}

}  // namespace wmanifold::detail
