#pragma once

#include <wmanifold/topology/topology.hpp>

namespace wmanifold {

/// The space of a single point: no context. A manifold over it is a plain network.
struct OnePoint {
  static constexpr int dimension = 0;
  static constexpr int coordinates = 0;
  static std::string name() { return "point"; }

  /// Returns the point.
  [[nodiscard]] static Point<OnePoint> point() noexcept { return Point<OnePoint>::unchecked({}); }

  static Coordinates<OnePoint> canonical(Coordinates<OnePoint> const&) { return {}; }
  static Point<OnePoint> from_cube(CubePoint<OnePoint> const&) noexcept { return point(); }
  static double distance(Point<OnePoint> const&, Point<OnePoint> const&) noexcept { return 0; }
  static Point<OnePoint> exp(Point<OnePoint> const&, Coordinates<OnePoint> const&) noexcept { return point(); }
  static Coordinates<OnePoint> log(Point<OnePoint> const&, Point<OnePoint> const&) noexcept { return {}; }
  static Coordinates<OnePoint> tangent(Point<OnePoint> const&, Coordinates<OnePoint> const&) noexcept { return {}; }
  static Quadrature<OnePoint> quadrature(int) { return {{point()}, {1.0}}; }
};

}  // namespace wmanifold
