#pragma once

#include <wmanifold/manifold/custom.hpp>

namespace wmanifold::detail {

/// J(s) = dM/dP of a custom manifold at its parameters, at the nodes of a quadrature over contexts: recorded once,
/// then applied to steps (J v) and, transposed, to changes of weights.
template <class Model>
class CustomJacobian {
 public:
  using Space = typename Model::Topology;

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
  [[nodiscard]] Eigen::VectorXd weights(std::size_t node) const {
    auto const& from = recordings_[node].weights;
    return Eigen::VectorXd::NullaryExpr(static_cast<Index>(from.size()),
                                        [&](Index n) { return from[static_cast<std::size_t>(n)].value; });
  }
  /// J(s) step.
  [[nodiscard]] Eigen::VectorXd push(std::size_t node, Eigen::VectorXd const& step) {
    auto& tape = tapes_[node];
    tape.forward(recordings_[node].parameters, {step.data(), static_cast<std::size_t>(step.size())});
    auto const& to = recordings_[node].weights;
    return Eigen::VectorXd::NullaryExpr(static_cast<Index>(to.size()),
                                        [&](Index n) { return tape.tangent(to[static_cast<std::size_t>(n)]); });
  }
  /// J(s) itself.
  [[nodiscard]] SmallMatrix matrix(std::size_t node) {
    auto const rows = static_cast<Index>(recordings_[node].weights.size());
    auto const columns = static_cast<Index>(recordings_[node].parameters.size());
    SmallMatrix j(rows, columns);
    for (Index n = 0; n < columns; ++n) {
      j.col(n) = push(node, Eigen::VectorXd::Unit(columns, n));
    }
    return j;
  }
  /// J(s)^T change.
  [[nodiscard]] Eigen::VectorXd pull(std::size_t node, Eigen::VectorXd const& change) {
    auto& tape = tapes_[node];
    tape.backward(recordings_[node].weights, {change.data(), static_cast<std::size_t>(change.size())});
    auto const& to = recordings_[node].parameters;
    return Eigen::VectorXd::NullaryExpr(static_cast<Index>(to.size()),
                                        [&](Index n) { return tape.gradient(to[static_cast<std::size_t>(n)]); });
  }

 private:
  Quadrature<Space> quadrature_;
  std::vector<Tape<double>> tapes_;
  std::vector<typename Model::Recording> recordings_;
};

/// A row of parameters as a vector, and back.
template <Real R>
[[nodiscard]] Eigen::VectorXd as_vector(Parameters<R> const& block) {
  return block.matrix().row(0).transpose().template cast<double>();
}

}  // namespace wmanifold::detail
