#pragma once

#include <wmanifold/topology/topology.hpp>

#include <algorithm>
#include <numbers>

namespace wmanifold {
namespace detail {

/// Returns the angle modulo `period`, in [0, period).
[[nodiscard]] inline double wrapped(double angle, double period) noexcept {
  double const rest = std::fmod(angle, period);
  double const positive = rest < 0 ? rest + period : rest;
  return positive < period ? positive : 0;  // a tiny negative angle rounds to a whole period
}

/// Returns equally spaced nodes in [0, period), exact for `degree` harmonics. ArgumentError for more than a million.
template <class T>
[[nodiscard]] Quadrature<T> equally_spaced(int degree, double period) {
  if (degree > 1'000'000) [[unlikely]] {
    fail("quadrature: expected a degree of at most 1000000, got ", degree);
  }
  int const count = std::max(degree, 0) + 1;
  Quadrature<T> q;
  for (int i = 0; i < count; ++i) {
    q.nodes.push_back(Point<T>::unchecked({period * i / count}));
    q.weights.push_back(1.0 / count);
  }
  return q;
}

}  // namespace detail

/// The circle of radius 1: an angle in radians, kept in [0, 2 pi).
struct S1 {
  /// Dimension of the space.
  static constexpr int dimension = 1;
  /// Coordinates of a point.
  static constexpr int coordinates = 1;
  /// Returns the name in files and messages.
  static std::string name() { return "s1"; }

  /// Returns the point at an angle in radians. ArgumentError for one that is not finite.
  [[nodiscard]] static Point<S1> radians(double angle) { return Point<S1>(Coordinates<S1>{angle}); }
  /// Returns the point at an angle in degrees. ArgumentError for one that is not finite.
  [[nodiscard]] static Point<S1> degrees(double angle) {
    if (!is_finite(angle)) [[unlikely]] {
      fail("s1: expected a finite angle, got ", angle);
    }
    // The angle is reduced before it is scaled: 360 degrees are a whole turn to the last bit.
    return radians(std::fmod(angle, 360.0) * (std::numbers::pi / 180));
  }

  /// Returns the angle modulo a turn, in [0, 2 pi). ArgumentError for one that is not finite.
  static Coordinates<S1> canonical(Coordinates<S1> const& c) {
    if (!is_finite(c[0])) [[unlikely]] {
      fail("s1: expected a finite angle, got ", c[0]);
    }
    return {wrapped(c[0])};
  }
  /// Maps the unit cube onto the space; the uniform measure becomes mu.
  static Point<S1> from_cube(CubePoint<S1> const& u) noexcept { return Point<S1>::unchecked({wrapped(turn * u[0])}); }
  /// Returns the distance of two points.
  static double distance(Point<S1> const& p, Point<S1> const& q) noexcept { return std::abs(log(p, q)[0]); }
  /// Returns the point reached from p along the tangent vector v.
  static Point<S1> exp(Point<S1> const& p, Coordinates<S1> const& v) noexcept {
    return Point<S1>::unchecked({wrapped(p[0] + v[0])});
  }
  /// Returns the angle from p to q along the shorter arc, in [-pi, pi].
  static Coordinates<S1> log(Point<S1> const& p, Point<S1> const& q) noexcept {
    return {std::remainder(q[0] - p[0], turn)};
  }
  /// Returns the part of v that is tangent at p.
  static Coordinates<S1> tangent(Point<S1> const&, Coordinates<S1> const& v) noexcept { return v; }
  /// Returns a quadrature that is exact up to this degree.
  static Quadrature<S1> quadrature(int degree) { return detail::equally_spaced<S1>(degree, turn); }
  /// Returns the angle plus a turn, and minus a turn.
  static std::array<Coordinates<S1>, 2> other_names(Point<S1> const& p) noexcept {
    return {{{p[0] + turn}, {p[0] - turn}}};
  }
  /// Returns the point turned by 1, and reflected.
  static std::array<Point<S1>, 2> symmetries(Point<S1> const& p) noexcept {
    return {Point<S1>::unchecked({wrapped(p[0] + 1)}), Point<S1>::unchecked({wrapped(-p[0])})};
  }

 private:
  static constexpr double turn = 2 * std::numbers::pi;
  static double wrapped(double angle) noexcept { return detail::wrapped(angle, turn); }
};

}  // namespace wmanifold
