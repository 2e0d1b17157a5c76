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

/// ArgumentError unless `value` may be a rate or a budget.
inline void require_scheduled(char const* what, double value) {
  if (!(is_finite(value) && value >= 0)) [[unlikely]] {
    fail("schedule: expected ", what, " of at least 0, got ", value);
  }
}

/// How far `step` lies in [0, steps), from 0 to 1: 0 before step 0, and 1 beyond the end. ArgumentError where `steps`
/// is negative.
inline double progress(Index step, Index steps) {
  if (steps < 0) [[unlikely]] {
    fail("schedule: expected a number of steps of at least 0, got ", steps);
  }
  return std::clamp(static_cast<double>(step) / static_cast<double>(std::max<Index>(steps, 1)), 0.0, 1.0);
}

}  // namespace detail

/// The same at every step. All schedules are as at step 0 before it, and throw ArgumentError for values and numbers of
/// steps that are negative or not finite.
struct ConstantSchedule {
  double value;
  double operator()(Index) const {
    detail::require_scheduled("a value", value);
    return value;
  }
};

/// From `from` at step 0 in a straight line to `to` at step `steps`, and on; `to` may be 0, under which a flow moves
/// nothing.
struct LinearSchedule {
  double from;
  double to;
  Index steps;
  double operator()(Index step) const {
    detail::require_scheduled("a start", from);
    detail::require_scheduled("an end", to);
    return std::lerp(from, to, detail::progress(step, steps));
  }
};

/// From `from` to `to` along half a period of a cosine.
struct CosineSchedule {
  double from;
  double to;
  Index steps;
  double operator()(Index step) const {
    detail::require_scheduled("a start", from);
    detail::require_scheduled("an end", to);
    return to + (from - to) * (1 + std::cos(std::numbers::pi * detail::progress(step, steps))) / 2;
  }
};

/// Another schedule, reached in a straight line over the first `steps` steps (never 0), which count as its own.
template <Schedule S>
struct WarmUp {
  Index steps;
  S then;
  double operator()(Index step) const {
    double const share = detail::progress(step, steps);
    auto const whole = static_cast<double>(steps);
    return then(step) * (share * whole + 1) / (whole + 1);
  }
};

}  // namespace wmanifold
