#pragma once

#include <wmanifold/core/random.hpp>
#include <wmanifold/topology/topology.hpp>

namespace wmanifold {

/// A point drawn from T's probability measure.
template <Topology T>
[[nodiscard]] Point<T> uniform_point(Random& random) {
  CubePoint<T> u{};
  for (double& x : u) {
    x = random.uniform();
  }
  return T::from_cube(u);
}

/// `count` independent points drawn from T's probability measure.
template <Topology T>
[[nodiscard]] std::vector<Point<T>> uniform_points(Index count, Random& random) {
  std::vector<Point<T>> points;
  points.reserve(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) {
    points.push_back(uniform_point<T>(random));
  }
  return points;
}

}  // namespace wmanifold
