#pragma once

#include <wmanifold/basis/metric.hpp>
#include <wmanifold/kernel/descend.hpp>
#include <wmanifold/manifold/parameters.hpp>

namespace wmanifold {

/// How far a manifold moves under a step dP, in root mean square over all contexts: sqrt(trace(dP^T G dP)) over all
/// weights and biases (equation 4). `step` is K x N; ArgumentError where it has other than K rows.
template <class T = HostTarget, Real R>
[[nodiscard]] double movement(Metric const& metric, Parameters<R> const& step) {
  require_count("step", "rows", Index{metric.gram().rows()}, step.rows());
  return std::sqrt(
      kernel::squared_movement<T, R>(metric.gram().data(), step.rows(), step.stride(), step.columns(), step.data()));
}

/// G^-1 grad: the direction in which a loss rises most for the movement it takes (equation 5). K x N.
template <Real R>
[[nodiscard]] Parameters<R> natural_gradient(Metric const& metric, Parameters<R> const& gradient) {
  require_count("gradient", "rows", Index{metric.gram().rows()}, gradient.rows());
  Parameters<R> direction(gradient.rows(), gradient.columns());
  direction.matrix() = metric.inverse().cast<R>() * gradient.matrix();
  return direction;
}

}  // namespace wmanifold
