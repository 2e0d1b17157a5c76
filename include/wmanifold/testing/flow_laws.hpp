#pragma once

#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/testing/manifold_laws.hpp>

#include <limits>

namespace wmanifold::testing {
namespace laws {

/// A step of all parameters: of the rows, K x N, and of the shared part.
struct Move {
  SmallMatrix rows;        ///< K x N
  Eigen::VectorXd shared;  ///< the shared part

  /// The numbers of a block, in double.
  template <Real R>
  static Move of(Parameters<R> const& block) {
    Eigen::Map<Eigen::VectorX<R> const> const shared(block.shared().data(), std::ssize(block.shared()));
    return {block.matrix().template cast<double>(), shared.template cast<double>()};
  }
  /// This step plus a multiple of another.
  [[nodiscard]] Move plus(double factor, Move const& o) const {
    return {rows + factor * o.rows, shared + factor * o.shared};
  }
  /// Sum of the products of all numbers.
  [[nodiscard]] double dot(Move const& o) const { return rows.cwiseProduct(o.rows).sum() + shared.dot(o.shared); }
  /// Euclidean length.
  [[nodiscard]] double norm() const { return std::sqrt(dot(*this)); }
};

/// sqrt(E_s || phi(s)^T rows ||^2 + || shared ||^2) by quadrature, without a Gram matrix.
template <Basis B>
[[nodiscard]] double movement_by_quadrature(B const& basis, Move const& step) {
  auto const quadrature = quadrature_of(basis, 2 * B::degree);
  double square = step.shared.squaredNorm();
  for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
    auto const phi = values_at(basis, quadrature.nodes[i]);
    square +=
        quadrature.weights[i] * (Eigen::Map<Eigen::RowVectorXd const>(phi.data(), B::size) * step.rows).squaredNorm();
  }
  return std::sqrt(square);
}

/// No step of equal movement has a smaller <grad, dP> than the flow's (to first order, none lowers the loss more).
/// Holds for a flow without momentum, under any rate or budget.
template <class Flow, class Model, class L>
void steps_are_steepest(Trial<Model, L> const& trial, FlowOptions options, Random& random, Report& report) {
  using R = typename Model::Scalar;
  Model moved = trial.model;
  Flow flow(moved, trial.loss, options);
  static_cast<void>(flow.step(trial.inputs, trial.contexts, trial.targets));
  Move const step = Move::of(moved.parameters()).plus(-1, Move::of(trial.model.parameters()));
  Move const gradient = Move::of(trial.pass().parameters);
  double const length = movement_by_quadrature(trial.model.basis(), step);
  double const descent = step.dot(gradient);
  report.hold_true("a step goes down", descent < 0 || gradient.norm() == 0);

  auto const challenge = [&](Move const& direction, char const* kind) {
    double const factor = length / movement_by_quadrature(trial.model.basis(), direction);
    double const lower = (descent - factor * direction.dot(gradient)) / std::abs(descent);
    report.hold("no step of equal movement is steeper than the flow's", lower, gradient_tolerance<R>, kind);
  };
  if (descent == 0) {
    return;
  }
  Move const zero{0 * step.rows, 0 * step.shared};
  challenge(zero.plus(-1, gradient), "minus the gradient");
  for (int i = 0; i < 40; ++i) {
    auto const normal = [&] { return random.normal(); };
    Move const other{SmallMatrix::NullaryExpr(step.rows.rows(), step.rows.cols(), normal),
                     Eigen::VectorXd::NullaryExpr(step.shared.size(), normal)};
    double const unit = step.norm() / other.norm();
    challenge(zero.plus(unit, other), "a random step");
    challenge(step.plus(0.1 * unit, other), "near the flow's");
    challenge(step.plus(-0.01 * unit, other), "very near the flow's");
  }
}

/// A sufficiently short step lowers the loss.
template <class Flow, class Model, class L>
void short_steps_lower_the_loss(Trial<Model, L> const& trial, FlowOptions options, Report& report) {
  bool falls = false;
  for (int halvings = 0; halvings < 20 && !falls; ++halvings, *options.rate /= 2) {
    Model moved = trial.model;
    Flow flow(moved, trial.loss, options);
    Step const step = flow.step(trial.inputs, trial.contexts, trial.targets);
    Trial<Model, L> const after{moved, trial.loss, trial.inputs, trial.targets, trial.contexts};
    falls = step.movement == 0 || after.pass().loss < step.loss;
  }
  report.hold_true("a step that is short enough lowers the loss", falls);
}

/// Under a budget, every step moves the manifold by exactly that much, and reports it.
template <class Flow, class Model, class L>
void budgets_are_met(Trial<Model, L> const& trial, FlowOptions options, Report& report) {
  using R = typename Model::Scalar;
  constexpr auto epsilon = static_cast<double>(std::numeric_limits<R>::epsilon());
  double const budget = options.movement.value();
  Model moved = trial.model;
  Flow flow(moved, trial.loss, options);
  for (int i = 0; i < 5; ++i) {
    Move const before = Move::of(moved.parameters());
    Step const step = flow.step(trial.inputs, trial.contexts, trial.targets);
    Move const after = Move::of(moved.parameters());
    double const movement = movement_by_quadrature(moved.basis(), after.plus(-1, before));
    // The sum of parameters and step is rounded relative to the size of the parameters.
    double const rounding = 16 * epsilon * (1 + after.norm() / budget);
    report.hold("a step moves the manifold by its budget", std::abs(movement / budget - 1), rounding, "step", i);
    report.hold("a step reports its budget", std::abs(step.movement / budget - 1), 4e-16, "step", i);
  }
}

}  // namespace laws

/// Checks the flow of a manifold against its laws, in the same way. `Flow` is a GradientFlow or has its interface.
template <class Flow, class Model, class L>
[[nodiscard]] std::vector<Violation> flow_laws(
    Model const& model, L const& loss, std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
    typename L::template Targets<typename Model::Scalar> const& targets, Seed seed) {
  Random random(seed);
  Trial<Model, L> const trial{model, loss, inputs, targets,
                              uniform_points<typename Model::Topology>(inputs.rows(), random)};
  Report report;
  for (double const length : {0.01, 1.0}) {
    laws::steps_are_steepest<Flow>(trial, {.movement = length, .stiffness = 0}, random, report);
    laws::steps_are_steepest<Flow>(trial, {.rate = length, .stiffness = 0}, random, report);
    laws::short_steps_lower_the_loss<Flow>(trial, {.rate = length, .stiffness = 0}, report);
    laws::budgets_are_met<Flow>(trial, {.movement = length}, report);
    laws::budgets_are_met<Flow>(trial, {.movement = length, .momentum = 0.9}, report);
    laws::budgets_are_met<Flow>(trial, {.movement = length, .momentum = 0.9, .geometry = Geometry::euclidean}, report);
  }
  return report.violations();
}

}  // namespace wmanifold::testing
