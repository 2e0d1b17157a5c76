#pragma once

#include <wmanifold/core/attempt.hpp>
#include <wmanifold/core/undo.hpp>
#include <wmanifold/flow/custom_metric.hpp>
#include <wmanifold/flow/movement.hpp>

#include <array>
#include <limits>

namespace wmanifold {

/// Options of an integration. Errors are measured by the movement of the manifold, and compared with its size, sqrt(E_s
/// ||M(s)||^2): the same in every basis.
struct IntegrationOptions {
  double relative = 1e-6;        ///< tolerated error of a step, as a share of the manifold's size
  double absolute = 1e-9;        ///< tolerated error of a step, added to that
  double first_step = 0;         ///< 0: derived from the first gradient
  Index fixed_steps = 0;         ///< if above 0: this many equal steps without error control
  Index most_steps = 1'000'000;  ///< accepted and rejected
};

/// The result of an integration.
struct Integration {
  double loss = 0;     ///< objective at the end
  Index steps = 0;     ///< accepted
  Index rejected = 0;  ///< rejected, because their error was too large
};

namespace detail {

/// Dormand and Prince's pair of orders 5 and 4 (J. Comput. Appl. Math. 6, 1980). The last stage of a step is the first
/// of the next.
struct DormandPrince {
  static constexpr std::size_t stages = 7;
  static constexpr std::array<std::array<double, 6>, stages> a{
      {{},
       {1.0 / 5},
       {3.0 / 40, 9.0 / 40},
       {44.0 / 45, -56.0 / 15, 32.0 / 9},
       {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
       {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
       {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}}};
  static constexpr std::array<double, stages> error{71.0 / 57600,      0,          -71.0 / 16695, 71.0 / 1920,
                                                    -17253.0 / 339200, 22.0 / 525, -1.0 / 40};
};

}  // namespace detail

/// Follows the constrained gradient flow dP/dt = -G^-1 grad (equation 7) of a deterministic objective for `duration`.
/// Throws ArgumentError for invalid options, and NumericalError if the objective leaves the finite numbers or too many
/// steps are needed. Then the model is unchanged.
template <class T = HostTarget, class Model, class Objective>
Integration integrate(Model& model, Objective& objective, double duration, IntegrationOptions const& options = {}) {
  using R = typename Model::Scalar;
  using Pair = detail::DormandPrince;
  double const tolerances = options.relative + options.absolute;
  if (!(is_finite(duration) && duration > 0 && is_finite(tolerances) && options.relative >= 0 &&
        options.absolute >= 0 && tolerances > 0 && is_finite(options.first_step) && options.first_step >= 0 &&
        options.fixed_steps >= 0)) [[unlikely]] {
    fail("integration: expected a positive duration, tolerances and steps of at least 0, got ", duration, ", ",
         options.relative, " and ", options.absolute, ", ", options.first_step, " and ", options.fixed_steps);
  }
  if (options.most_steps < 1 || options.fixed_steps > options.most_steps) [[unlikely]] {
    fail("integration: expected most_steps of at least 1 and of at least fixed_steps, got ", options.most_steps,
         " and ", options.fixed_steps);
  }
  require_parameters(model.parameters());
  MovementMetric<Model> const metric(model);
  Parameters<R> const before = model.parameters();
  Parameters<R> const zero = before.zeros_like();
  Parameters<R> gradient = zero;
  Parameters<R> start = before;
  std::array<Parameters<R>, Pair::stages> slopes;
  slopes.fill(zero);
  auto const count = static_cast<Index>(before.numbers().size());

  detail::Undo undo(model.parameters(), before);
  Integration report;
  auto const slope_here = [&](Parameters<R>& to) {  // minus the flow, H^-1 grad
    report.loss = objective.template gradient<T>(model, gradient);
    metric.template precondition<T>(model, gradient, to);
    model.zero_frozen(to);
  };
  auto const go = [&](std::span<double const> shares, double h) {
    model.parameters() = start;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if (shares[i] != 0) {
        kernel::add_scaled<T, R>(static_cast<R>(-h * shares[i]), count, slopes[i].data(), model.parameters().data());
      }
    }
  };
  slope_here(slopes[0]);
  bool const fixed = options.fixed_steps > 0;
  double h = fixed ? duration / static_cast<double>(options.fixed_steps) : options.first_step;
  if (h == 0) {  // a step whose movement is a hundredth of the size, at the first gradient
    double const size = metric.template movement<T>(model, start) + options.absolute;
    double const speed = metric.template movement<T>(model, slopes[0]);
    h = size > 0 && speed > 0 ? std::min(duration, 0.01 * size / speed) : duration;
  }
  double time = 0;
  while (time < duration && report.steps + report.rejected < options.most_steps) {
    bool const last = fixed ? report.steps + 1 == options.fixed_steps : time + h >= duration;
    double const step = last && !fixed ? duration - time : h;
    double ratio = 0;  // error over tolerance
    auto const try_step = [&] {
      for (std::size_t s = 1; s < Pair::stages; ++s) {
        go(std::span(Pair::a[s]).first(s), step);
        slope_here(slopes[s]);
      }
      return 0.0;
    };
    if (fixed || step < 1e-12 * duration) {
      try_step();
    } else {  // infinite if the step goes too far for finite numbers
      ratio = detail::attempt<NumericalError>(try_step, [] { return std::numeric_limits<double>::infinity(); });
    }
    if (!fixed && ratio == 0) {
      Parameters<R> error = zero;
      for (std::size_t s = 0; s < Pair::stages; ++s) {
        kernel::add_scaled<T, R>(static_cast<R>(step * Pair::error[s]), count, slopes[s].data(), error.data());
      }
      double const size =
          std::max(metric.template movement<T>(model, start), metric.template movement<T>(model, model.parameters()));
      double const wrong = metric.template movement<T>(model, error);
      ratio = wrong == 0 ? 0 : wrong / (options.absolute + options.relative * size);
      ratio = is_nan(ratio) ? std::numeric_limits<double>::infinity() : ratio;  // both overflowed
    }
    if (ratio <= 1) {
      time = last ? duration : time + step;
      ++report.steps;
      start = model.parameters();
      std::swap(slopes[0], slopes[Pair::stages - 1]);
    } else {
      ++report.rejected;
    }
    if (!fixed) {
      h = step * std::clamp(0.9 * std::pow(std::max(ratio, 1e-10), -0.2), 0.2, 5.0);
    }
  }
  if (time < duration) [[unlikely]] {
    fail<NumericalError>("integration: expected to reach ", duration, " in ", options.most_steps, " steps, got to ",
                         time, "; raise most_steps or the tolerances");
  }
  undo.cancel();
  return report;
}

}  // namespace wmanifold
