#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/real.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace wmanifold {

/// A rate or a budget as a function of the step, 0, 1, 2, ...: `flow.set_rate(schedule(i))`.
template <class S>
concept Schedule = requires(S const& schedule, Index step) {
  { schedule(step) } -> std::same_as<double>;
};

namespace detail {

/// Throws ArgumentError unless `value` can be a rate or a budget.
inline void require_scheduled(char const* what, double value) {
  if (!(is_finite(value) && value >= 0)) [[unlikely]] {
    fail("schedule: expected ", what, " of at least 0, got ", value);
  }
}

/// The position of `step` in [0, steps), from 0 to 1: 0 before step 0, and 1 after the end. Throws ArgumentError for
/// negative `steps`.
inline double progress(Index step, Index steps) {
  if (steps < 0) [[unlikely]] {
    fail("schedule: expected a number of steps of at least 0, got ", steps);
  }
  return std::clamp(static_cast<double>(step) / static_cast<double>(std::max<Index>(steps, 1)), 0.0, 1.0);
}

}  // namespace detail

/// A constant. Before step 0, all schedules have the value of step 0. They throw ArgumentError for values and numbers
/// of steps that are negative or not finite.
struct ConstantSchedule {
  double value;  ///< at every step
  /// Value at a step.
  double operator()(Index) const {
    detail::require_scheduled("a value", value);
    return value;
  }
};

/// A straight line from `from` at step 0 to `to` at step `steps`, and `to` afterwards. `to` may be 0; then a flow moves
/// nothing.
struct LinearSchedule {
  double from;  ///< value at step 0
  double to;    ///< value from step `steps` on
  Index steps;  ///< length
  /// Value at a step.
  double operator()(Index step) const {
    detail::require_scheduled("a start", from);
    detail::require_scheduled("an end", to);
    return std::lerp(from, to, detail::progress(step, steps));
  }
};

/// Half a period of a cosine, from `from` at step 0 to `to` at step `steps`.
struct CosineSchedule {
  double from;  ///< value at step 0
  double to;    ///< value from step `steps` on
  Index steps;  ///< length
  /// Value at a step.
  double operator()(Index step) const {
    detail::require_scheduled("a start", from);
    detail::require_scheduled("an end", to);
    return to + (from - to) * (1 + std::cos(std::numbers::pi * detail::progress(step, steps))) / 2;
  }
};

/// Another schedule, approached in a straight line over the first `steps` steps (never 0). They count as steps of that
/// schedule.
template <Schedule S>
struct WarmUp {
  Index steps;  ///< of the warm-up
  S then;       ///< the schedule
  /// Value at a step.
  double operator()(Index step) const {
    double const share = detail::progress(step, steps);
    auto const whole = static_cast<double>(steps);
    return then(step) * (share * whole + 1) / (whole + 1);
  }
};

}  // namespace wmanifold
