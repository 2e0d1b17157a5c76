#pragma once

#include <wmanifold/topology/topology.hpp>

namespace wmanifold {

/// The space of a single point: no context. A manifold over it is a plain network.
struct OnePoint {
  /// Dimension of the space.
  static constexpr int dimension = 0;
  /// Coordinates of a point.
  static constexpr int coordinates = 0;
  /// Returns the name in files and messages.
  static std::string name() { return "point"; }

  /// Returns the point.
  [[nodiscard]] static Point<OnePoint> point() noexcept { return Point<OnePoint>::unchecked({}); }

  /// Returns the canonical coordinates of the point.
  static Coordinates<OnePoint> canonical(Coordinates<OnePoint> const&) { return {}; }
  /// Maps the unit cube onto the space; the uniform measure becomes mu.
  static Point<OnePoint> from_cube(CubePoint<OnePoint> const&) noexcept { return point(); }
  /// Returns the distance of two points.
  static double distance(Point<OnePoint> const&, Point<OnePoint> const&) noexcept { return 0; }
  /// Returns the point reached from p along the tangent vector v.
  static Point<OnePoint> exp(Point<OnePoint> const&, Coordinates<OnePoint> const&) noexcept { return point(); }
  /// Returns the tangent vector at p of a shortest path to q.
  static Coordinates<OnePoint> log(Point<OnePoint> const&, Point<OnePoint> const&) noexcept { return {}; }
  /// Returns the part of v that is tangent at p.
  static Coordinates<OnePoint> tangent(Point<OnePoint> const&, Coordinates<OnePoint> const&) noexcept { return {}; }
  /// Returns a quadrature that is exact up to this degree.
  static Quadrature<OnePoint> quadrature(int) { return {{point()}, {1.0}}; }
};

}  // namespace wmanifold
