#pragma once

#include <wmanifold/wmanifold.hpp>

namespace demo {

namespace wm = wmanifold;

/// Linear regression at every context s of the interval, y = W*(s) x + b*(s). Only the basis of the manifold can slow
/// descent: the inputs are the same everywhere and whitened, and the mean over contexts is by quadrature.
struct Problem {
  static constexpr wm::Index inputs_each = 3;
  static constexpr wm::Index outputs = 2;

  wm::Matrix<double> inputs;   ///< the same samples at every node, X^T X / m = I with the bias's column of ones
  wm::Matrix<double> targets;  ///< without noise
  wm::Contexts<wm::Interval> contexts;  ///< the nodes, each shared by its samples
  std::vector<double> weights;          ///< of the nodes, one per row
};

[[nodiscard]] Problem make_problem(wm::Seed seed);

/// Returns W*(s), with b*(s) as last column. Sines and exponentials: no polynomial is exact.
[[nodiscard]] wm::SmallMatrix true_weights(double s);

/// A manifold of linear maps.
template <wm::Basis B>
using LinearModel = wm::BasicManifold<double, B, wm::Dense<Problem::inputs_each, Problem::outputs>>;

/// Returns the manifold nearest to the true weights: their L2 projection on the basis, P* = G^-1 E_s phi(s) W*(s). The
/// mean uses a finer quadrature than the problem's.
template <wm::Basis B>
[[nodiscard]] LinearModel<B> nearest_to_the_truth() {
  LinearModel<B> model{wm::zeros};
  auto const [nodes, weights] = wm::Interval::quadrature(127);
  wm::SmallMatrix const inverse = wm::Metric(model.basis()).inverse();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto const phi = wm::values_at(model.basis(), nodes[i]);
    Eigen::VectorXd const share = weights[i] * (inverse * Eigen::Map<Eigen::VectorXd const>(phi.data(), B::size));
    wm::SmallMatrix const truth = true_weights(nodes[i][0]);
    for (wm::Index k = 0; k < model.basis_size(); ++k) {
      model.weight(k, 0) += share[k] * truth.leftCols<Problem::inputs_each>();
      model.bias(k, 0) += share[k] * truth.rightCols<1>();
    }
  }
  return model;
}

/// Returns the loss on the whole problem.
template <class Model>
[[nodiscard]] double loss_of(Model const& model, Problem const& problem) {
  wm::Workspace<double> work;
  return wm::LossFunctional<wm::MeanSquaredError>{}.value(model, problem.inputs, problem.contexts, problem.targets,
                                                          work, problem.weights);
}

/// Returns sqrt(E_s ||M_a(s) - M_b(s)||^2).
template <class Model>
[[nodiscard]] double distance(Model const& a, Model const& b) {
  auto difference = a.parameters();
  difference.matrix() -= b.parameters().matrix();
  return wm::MovementMetric<Model>(a).movement(a, difference);
}

}  // namespace demo
