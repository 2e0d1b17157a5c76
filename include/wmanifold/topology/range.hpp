#pragma once

#include <wmanifold/topology/interval.hpp>

namespace wmanifold {

/// A user's own range, and where its values lie on the Interval: by equal differences (a temperature) or by equal
/// ratios (a frequency, a noise level). Its ends may be in either order.
class Range {
 public:
  /// ArgumentError for ends that are equal, or not finite.
  [[nodiscard]] static Range linear(double low, double high) {
    static_cast<void>(Interval::at(low, low, high));
    return Range(low, high, false);
  }
  /// ArgumentError, too, for ends that are not both positive.
  [[nodiscard]] static Range logarithmic(double low, double high) {
    static_cast<void>(Interval::at(low, low, high));
    if (!(is_finite(low) && is_finite(high) && low > 0 && high > 0)) [[unlikely]] {
      fail("range: expected two positive ends for a logarithm, got [", low, ", ", high, "]");
    }
    return Range(low, high, true);
  }

  [[nodiscard]] double low() const noexcept { return low_; }
  [[nodiscard]] double high() const noexcept { return high_; }
  [[nodiscard]] bool is_logarithmic() const noexcept { return is_logarithmic_; }

  /// The point that stands for a value within the range; ArgumentError for others.
  [[nodiscard]] Point<Interval> at(double value) const {
    auto const point = Interval::at(value, low_, high_);  // checked
    return is_logarithmic_
               ? Point<Interval>::unchecked({std::clamp((std::log(value) - std::log(low_)) / whole(), 0.0, 1.0)})
               : point;
  }
  /// The same with values beyond an end taken for that end; ArgumentError for a NaN.
  [[nodiscard]] Point<Interval> clamped(double value) const {
    return at(is_nan(value) ? value : std::clamp(value, std::min(low_, high_), std::max(low_, high_)));
  }

  /// The value that a point stands for; at the ends, these to the last bit.
  [[nodiscard]] double value(Point<Interval> const& s) const noexcept {
    if (!is_logarithmic_) {
      return std::lerp(low_, high_, s[0]);
    }
    return s[0] < 0.5 ? low_ * std::exp(s[0] * whole()) : high_ * std::exp((s[0] - 1) * whole());
  }

  friend bool operator==(Range const&, Range const&) = default;

 private:
  Range(double low, double high, bool is_logarithmic) noexcept
      : low_(low), high_(high), is_logarithmic_(is_logarithmic) {}

  [[nodiscard]] double whole() const noexcept { return std::log(high_) - std::log(low_); }

  double low_;
  double high_;
  bool is_logarithmic_;
};

}  // namespace wmanifold
