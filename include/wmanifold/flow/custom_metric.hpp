#pragma once

#include <wmanifold/flow/movement.hpp>
#include <wmanifold/flow/shortest_solution.hpp>
#include <wmanifold/manifold/custom_jacobian.hpp>

namespace wmanifold {

/// The movement of a custom manifold: the metric E_s J(s)^T J(s) at the model's parameters, J = dM/dP, over the nodes
/// of a quadrature (equation 14). The model's `metric()` names the solver, for a metric that may be singular.
template <Real R_, Topology Space, class F, class... Layers>
class MovementMetric<CustomManifold<R_, Space, F, Layers...>> {
 public:
  using Model = CustomManifold<R_, Space, F, Layers...>;  ///< type of the model
  using R = R_;                                           ///< type of the numbers
  static constexpr double default_stiffness = 0;          ///< of a flow without that option

  /// A metric of this model. Throws ArgumentError for a stiffness other than 0: custom manifolds have no bending
  /// matrix.
  explicit MovementMetric(Model const&, double stiffness = 0) {
    if (stiffness != 0) [[unlikely]] {
      fail("flow: expected no stiffness for a custom manifold, got ", stiffness, "; leave it at 0");
    }
  }

  /// The inner product of two steps.
  template <class T = HostTarget>
  [[nodiscard]] double inner(Model const& model, Parameters<R> const& a, Parameters<R> const& b) const {
    Jacobian jacobian(model);
    return detail::dot(detail::as_vector(b), apply(jacobian, detail::as_vector(a), 0));
  }

  /// The movement of the manifold under a step.
  template <class T = HostTarget>
  [[nodiscard]] double movement(Model const& model, Parameters<R> const& step) const {
    return std::sqrt(std::max(inner<T>(model, step, step), 0.0));
  }

  /// Writes the shortest solution of (metric + damping) to = gradient.
  template <class T = HostTarget>
  void precondition(Model const& model, Parameters<R> const& gradient, Parameters<R>& to) const {
    Jacobian jacobian(model);
    Vector const g = detail::as_vector(gradient);
    auto const& how = model.metric();
    bool const dense = how.solver == MetricSolver::dense ||
                       (how.solver == MetricSolver::automatic && static_cast<Index>(g.size()) <= most_dense);
    Vector const d = dense ? solve_dense(jacobian, g, how) : solve_iteratively(jacobian, g, how);
    std::transform(d.begin(), d.end(), to.data(), [](double x) { return static_cast<R>(x); });
  }

 private:
  using Jacobian = detail::CustomJacobian<Model>;
  using Vector = std::vector<double>;
  static constexpr Index most_dense = 256;

  /// (E_s J^T J + damping) v
  static Vector apply(Jacobian& jacobian, Vector const& v, double damping) {
    Vector sum(v.size());
    detail::add_scaled(damping, v, sum);
    for (std::size_t i = 0; i < jacobian.nodes(); ++i) {
      detail::add_scaled(jacobian.share(i), jacobian.pull(i, jacobian.push(i, v)), sum);
    }
    return sum;
  }

  static Vector solve_dense(Jacobian& jacobian, Vector const& g, CustomMetric const& how) {
    auto const n = static_cast<Index>(g.size());
    SmallMatrix metric = detail::zero_matrix(n, n);
    detail::add_scaled(how.damping, detail::identity_matrix(n), metric);
    for (std::size_t i = 0; i < jacobian.nodes(); ++i) {
      SmallMatrix const j = jacobian.matrix(i);
      detail::add_scaled(jacobian.share(i), detail::product(detail::transposed(j), j), metric);
    }
    return detail::shortest_solution(metric, g, how.tolerance);
  }

  /// Conjugate gradients.
  static Vector solve_iteratively(Jacobian& jacobian, Vector const& g, CustomMetric const& how) {
    Vector d(g.size());
    Vector rest = g;
    Vector towards = g;
    double square = detail::dot(g, g);
    double const enough = square * how.tolerance * how.tolerance;
    for (Index i = 0; i < how.most_iterations && square > enough; ++i) {
      Vector const image = apply(jacobian, towards, how.damping);
      double const curvature = detail::dot(towards, image);
      if (!(curvature > 0)) {
        break;
      }
      detail::add_scaled(square / curvature, towards, d);
      detail::add_scaled(-square / curvature, image, rest);
      double const next = detail::dot(rest, rest);
      Vector turned = rest;
      detail::add_scaled(next / square, towards, turned);
      towards = std::move(turned);
      square = next;
    }
    return d;
  }
};

}  // namespace wmanifold
