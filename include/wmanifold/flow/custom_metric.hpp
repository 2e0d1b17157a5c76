#pragma once

#include <wmanifold/flow/movement.hpp>
#include <wmanifold/flow/shortest_solution.hpp>
#include <wmanifold/manifold/custom_jacobian.hpp>

namespace wmanifold {

/// The movement of a custom manifold: the metric E_s J(s)^T J(s) at the model's parameters, J = dM/dP, over the nodes
/// of a quadrature (equation 14). How it is solved where it is singular is the model's `metric()`.
template <Real R_, Topology Space, class F, class... Layers>
class MovementMetric<CustomManifold<R_, Space, F, Layers...>> {
 public:
  using Model = CustomManifold<R_, Space, F, Layers...>;
  using R = R_;
  static constexpr double default_stiffness = 0;

  /// ArgumentError for a stiffness: the bending of a custom manifold is not known.
  explicit MovementMetric(Model const&, double stiffness = 0) {
    if (stiffness != 0) [[unlikely]] {
      fail("flow: expected no stiffness for a custom manifold, got ", stiffness);
    }
  }

  template <class T = HostTarget>
  [[nodiscard]] double inner(Model const& model, Parameters<R> const& a, Parameters<R> const& b) const {
    Jacobian jacobian(model);
    return detail::as_vector(b).dot(apply(jacobian, detail::as_vector(a), 0));
  }

  template <class T = HostTarget>
  [[nodiscard]] double movement(Model const& model, Parameters<R> const& step) const {
    return std::sqrt(std::max(inner<T>(model, step, step), 0.0));
  }

  template <class T = HostTarget>
  void precondition(Model const& model, Parameters<R> const& gradient, Parameters<R>& to) const {
    Jacobian jacobian(model);
    Eigen::VectorXd const g = detail::as_vector(gradient);
    auto const& how = model.metric();
    bool const dense =
        how.solver == MetricSolver::dense || (how.solver == MetricSolver::automatic && g.size() <= most_dense);
    Eigen::VectorXd const d = dense ? solve_dense(jacobian, g, how) : solve_iteratively(jacobian, g, how);
    to.matrix().row(0) = d.transpose().template cast<R>();
  }

 private:
  using Jacobian = detail::CustomJacobian<Model>;
  static constexpr Index most_dense = 256;

  /// (E_s J^T J + damping) v
  static Eigen::VectorXd apply(Jacobian& jacobian, Eigen::VectorXd const& v, double damping) {
    Eigen::VectorXd sum = damping * v;
    for (std::size_t i = 0; i < jacobian.nodes(); ++i) {
      sum += jacobian.share(i) * jacobian.pull(i, jacobian.push(i, v));
    }
    return sum;
  }

  static Eigen::VectorXd solve_dense(Jacobian& jacobian, Eigen::VectorXd const& g, CustomMetric const& how) {
    SmallMatrix metric = how.damping * SmallMatrix::Identity(g.size(), g.size());
    for (std::size_t i = 0; i < jacobian.nodes(); ++i) {
      SmallMatrix const j = jacobian.matrix(i);
      metric += jacobian.share(i) * j.transpose() * j;
    }
    return detail::shortest_solution(metric, g, how.tolerance);
  }

  static Eigen::VectorXd solve_iteratively(Jacobian& jacobian, Eigen::VectorXd const& g, CustomMetric const& how) {
    Eigen::VectorXd d = Eigen::VectorXd::Zero(g.size());
    Eigen::VectorXd rest = g;
    Eigen::VectorXd towards = g;
    double square = g.squaredNorm();
    double const enough = square * how.tolerance * how.tolerance;
    for (Index i = 0; i < how.most_iterations && square > enough; ++i) {
      Eigen::VectorXd const image = apply(jacobian, towards, how.damping);
      double const curvature = towards.dot(image);
      if (!(curvature > 0)) {
        break;
      }
      d += square / curvature * towards;
      rest -= square / curvature * image;
      double const next = rest.squaredNorm();
      towards = rest + next / square * towards;
      square = next;
    }
    return d;
  }
};

}  // namespace wmanifold
