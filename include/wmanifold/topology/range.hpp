#pragma once

#include <wmanifold/topology/interval.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace wmanifold {

/// A map between a user's own range and the Interval, linear (a temperature) or logarithmic (a frequency, a noise
/// level). The ends may be in either order.
class Range {
 public:
  /// Returns the linear map of a range: equal differences are equal distances. ArgumentError for ends that are equal or
  /// not at a finite distance.
  [[nodiscard]] static Range linear(double low, double high) {
    static_cast<void>(Interval::at(low, low, high));
    return Range(low, high, false);
  }
  /// Returns the logarithmic map of a range: equal ratios are equal distances. ArgumentError for ends that are equal,
  /// not finite or not both positive.
  [[nodiscard]] static Range logarithmic(double low, double high) {
    static_cast<void>(Interval::at(low, low, high));
    if (!(is_finite(low) && is_finite(high) && low > 0 && high > 0)) [[unlikely]] {
      fail("range: expected two positive ends for a logarithmic scale, got [", low, ", ", high, "]");
    }
    return Range(low, high, true);
  }

  /// Returns the value at s = 0.
  [[nodiscard]] double low() const noexcept { return low_; }
  /// Returns the value at s = 1.
  [[nodiscard]] double high() const noexcept { return high_; }
  /// Returns whether the map is logarithmic.
  [[nodiscard]] bool is_logarithmic() const noexcept { return is_logarithmic_; }

  /// Returns the point for a value within the range; ArgumentError for others.
  [[nodiscard]] Point<Interval> at(double value) const {
    auto const point = Interval::at(value, low_, high_);  // checked
    return is_logarithmic_
               ? Point<Interval>::unchecked({std::clamp(log_ratio(value, low_) / whole(), 0.0, 1.0)})
               : point;
  }
  /// Returns the point for a value, and the nearest end for a value outside; ArgumentError for a NaN.
  [[nodiscard]] Point<Interval> clamped(double value) const {
    return at(is_nan(value) ? value : std::clamp(value, std::min(low_, high_), std::max(low_, high_)));
  }

  /// Returns the value at a point; at the ends it is exact to the last bit.
  [[nodiscard]] double value(Point<Interval> const& s) const noexcept {
    if (!is_logarithmic_) {
      return std::lerp(low_, high_, s[0]);
    }
    return s[0] < 0.5 ? grown(low_, s[0] * whole()) : grown(high_, (s[0] - 1) * whole());
  }

  /// Returns whether two maps have the same ends and the same kind.
  friend bool operator==(Range const&, Range const&) = default;

 private:
  Range(double low, double high, bool is_logarithmic) noexcept
      : low_(low), high_(high), is_logarithmic_(is_logarithmic) {}

  /// number * e^exponent, also where that power alone is not in the range of a double.
  [[nodiscard]] static double grown(double number, double exponent) noexcept {
    if (std::abs(exponent) < 700) {
      return number * std::exp(exponent);
    }
    double const half = std::exp(exponent / 2);
    return number * half * half;
  }

  /// The logarithm of value / other. It is not 0 for two numbers that differ, as a difference of logarithms may be.
  [[nodiscard]] static double log_ratio(double value, double other) noexcept {
    double const ratio = value / other;
    bool const is_normal = ratio >= std::numeric_limits<double>::min() && ratio <= std::numeric_limits<double>::max();
    return is_normal ? std::log(ratio) : std::log(value) - std::log(other);
  }

  [[nodiscard]] double whole() const noexcept { return log_ratio(high_, low_); }

  double low_;
  double high_;
  bool is_logarithmic_;
};

}  // namespace wmanifold
