#pragma once

#include <wmanifold/topology/s1.hpp>

namespace wmanifold {

/// The angle of a line without a direction, modulo half a turn: the grain of wood, an edge in an image, the blade of a
/// wiper. It is in radians, in [0, pi): a circle of half the length.
struct RP1 {
  /// Dimension of the space.
  static constexpr int dimension = 1;
  /// Coordinates of a point.
  static constexpr int coordinates = 1;
  /// Returns the name in files and messages.
  static std::string name() { return "rp1"; }

  /// Returns the point at an angle in radians. ArgumentError for one that is not finite.
  [[nodiscard]] static Point<RP1> radians(double angle) { return Point<RP1>(Coordinates<RP1>{angle}); }
  /// Returns the point at an angle in degrees. ArgumentError for one that is not finite.
  [[nodiscard]] static Point<RP1> degrees(double angle) {
    if (!is_finite(angle)) [[unlikely]] {
      fail("rp1: expected a finite angle, got ", angle);
    }
    // The angle is reduced before it is scaled: 180 degrees are exactly 0.
    return radians(std::fmod(angle, 180.0) * (std::numbers::pi / 180));
  }

  /// Returns the angle modulo half a turn, in [0, pi). ArgumentError for one that is not finite.
  static Coordinates<RP1> canonical(Coordinates<RP1> const& c) {
    if (!is_finite(c[0])) [[unlikely]] {
      fail("rp1: expected a finite angle, got ", c[0]);
    }
    return {detail::wrapped(c[0], std::numbers::pi)};
  }
  /// Maps the unit cube onto the space; the uniform measure becomes mu.
  static Point<RP1> from_cube(CubePoint<RP1> const& u) noexcept {
    return Point<RP1>::unchecked({detail::wrapped(std::numbers::pi * u[0], std::numbers::pi)});
  }
  /// Returns the smaller of the two angles between lines, at most pi / 2.
  static double distance(Point<RP1> const& p, Point<RP1> const& q) noexcept { return std::abs(log(p, q)[0]); }
  /// Returns the point reached from p along the tangent vector v.
  static Point<RP1> exp(Point<RP1> const& p, Coordinates<RP1> const& v) noexcept {
    return Point<RP1>::unchecked({detail::wrapped(p[0] + v[0], std::numbers::pi)});
  }
  /// Returns the angle from p to q along the shorter arc, in [-pi / 2, pi / 2].
  static Coordinates<RP1> log(Point<RP1> const& p, Point<RP1> const& q) noexcept {
    return {std::remainder(q[0] - p[0], std::numbers::pi)};
  }
  /// Returns the part of v that is tangent at p.
  static Coordinates<RP1> tangent(Point<RP1> const&, Coordinates<RP1> const& v) noexcept { return v; }
  /// Returns equally spaced nodes, exact for harmonics cos 2kt, sin 2kt of orders k up to the degree.
  static Quadrature<RP1> quadrature(int degree) { return detail::equally_spaced<RP1>(degree, std::numbers::pi); }
  /// Returns the angle plus half a turn, and minus half a turn.
  static std::array<Coordinates<RP1>, 2> other_names(Point<RP1> const& p) noexcept {
    return {{{p[0] + std::numbers::pi}, {p[0] - std::numbers::pi}}};
  }
  /// Returns the point turned by 1, and reflected.
  static std::array<Point<RP1>, 2> symmetries(Point<RP1> const& p) noexcept {
    return {exp(p, {1}), Point<RP1>::unchecked({detail::wrapped(-p[0], std::numbers::pi)})};
  }
};

}  // namespace wmanifold
