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

/// The same at every step.
struct ConstantSchedule {
  double value;
  double operator()(Index) const noexcept { return value; }
};

namespace detail {

/// How far step lies in [0, steps), from 0 to 1.
inline double progress(Index step, Index steps) noexcept {
  return std::clamp(static_cast<double>(step) / static_cast<double>(std::max<Index>(steps, 1)), 0.0, 1.0);
}

}  // namespace detail

/// From `from` at step 0 in a straight line to `to` at step `steps`, and on.
struct LinearSchedule {
  double from;
  double to;
  Index steps;
  double operator()(Index step) const noexcept { return from + (to - from) * detail::progress(step, steps); }
};

/// From `from` to `to` along half a period of a cosine.
struct CosineSchedule {
  double from;
  double to;
  Index steps;
  double operator()(Index step) const noexcept {
    return to + (from - to) * (1 + std::cos(std::numbers::pi * detail::progress(step, steps))) / 2;
  }
};

/// Another schedule, reached in a straight line over the first `steps` steps (never 0), which count as its own.
template <Schedule S>
struct WarmUp {
  Index steps;
  S then;
  double operator()(Index step) const noexcept { return then(step) * detail::progress(step + 1, steps + 1); }
};

}  // namespace wmanifold
