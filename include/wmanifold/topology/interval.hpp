#pragma once

#include <wmanifold/core/legendre.hpp>
#include <wmanifold/topology/topology.hpp>

#include <algorithm>

namespace wmanifold {

/// The interval [0, 1], of length 1: a knob, a noise level, a temperature.
struct Interval {
  /// Dimension of the space.
  static constexpr int dimension = 1;
  /// Coordinates of a point.
  static constexpr int coordinates = 1;
  /// Flags of the coordinates that run between two ends.
  static constexpr std::array<bool, 1> has_ends{true};
  /// Returns the name in files and messages.
  static std::string name() { return "interval"; }

  /// Returns the point s of [0, 1]. ArgumentError for other numbers.
  [[nodiscard]] static Point<Interval> at(double s) { return Point<Interval>(Coordinates<Interval>{s}); }

  /// Returns the nearest point of [0, 1]; ArgumentError for a NaN.
  [[nodiscard]] static Point<Interval> clamped(double s) { return at(is_nan(s) ? s : std::clamp(s, 0.0, 1.0)); }

  /// Returns the point for `value` on a user's own range; low and high may be in either order. ArgumentError for a
  /// value outside, or ends that are equal or not at a finite distance. Range also maps back.
  [[nodiscard]] static Point<Interval> at(double value, double low, double high) {
    if (!(is_finite(high - low) && low != high)) [[unlikely]] {
      fail("interval: expected a range with two different ends at a finite distance, got [", low, ", ", high, "]");
    }
    if (is_nan(value) || value < std::min(low, high) || value > std::max(low, high)) [[unlikely]] {
      fail("interval: expected a value in [", low, ", ", high, "], got ", value, "; clamp it, or widen the range");
    }
    return Point<Interval>::unchecked({(value - low) / (high - low)});  // within [0, 1]: rounding keeps the order
  }

  /// Returns the canonical coordinates of the same point. ArgumentError for coordinates of no point.
  static Coordinates<Interval> canonical(Coordinates<Interval> const& c) {
    if (!(is_finite(c[0]) && c[0] >= 0 && c[0] <= 1)) [[unlikely]] {
      fail("interval: expected s in [0, 1], got ", c[0],
           is_nan(c[0]) ? "" : "; Interval::clamped takes the nearest end");
    }
    return c;
  }
  /// Maps the unit cube onto the space; the uniform measure becomes mu.
  static Point<Interval> from_cube(CubePoint<Interval> const& u) noexcept { return Point<Interval>::unchecked(u); }
  /// Returns the distance of two points.
  static double distance(Point<Interval> const& p, Point<Interval> const& q) noexcept { return std::abs(p[0] - q[0]); }
  /// Returns the point at v from p, or the end of the interval before it.
  static Point<Interval> exp(Point<Interval> const& p, Coordinates<Interval> const& v) noexcept {
    return Point<Interval>::unchecked({std::clamp(p[0] + v[0], 0.0, 1.0)});
  }
  /// Returns the tangent vector at p of a shortest path to q.
  static Coordinates<Interval> log(Point<Interval> const& p, Point<Interval> const& q) noexcept {
    return {q[0] - p[0]};
  }
  /// Returns the part of v that is tangent at p.
  static Coordinates<Interval> tangent(Point<Interval> const&, Coordinates<Interval> const& v) noexcept { return v; }
  /// Returns a quadrature that is exact up to this degree.
  static Quadrature<Interval> quadrature(int degree) {
    auto const [x, weights] = gauss_legendre(std::max(degree, 0) / 2 + 1);
    Quadrature<Interval> q{{}, weights};
    for (double const node : x) {
      q.nodes.push_back(Point<Interval>::unchecked({(1 + node) / 2}));
    }
    return q;
  }
  /// Returns the reflection 1 - s.
  static std::array<Point<Interval>, 1> symmetries(Point<Interval> const& p) noexcept {
    return {Point<Interval>::unchecked({1 - p[0]})};
  }
};

}  // namespace wmanifold
