#pragma once

#include <wmanifold/core/random.hpp>
#include <wmanifold/topology/topology.hpp>

#include <limits>
#include <numeric>

namespace wmanifold {
namespace detail {

inline void require_points(Index first, Index count) {
  if (first < 0 || count < 0 || first > std::numeric_limits<Index>::max() - count) [[unlikely]] {
    fail("sampling: expected a number of points of at least 0, got ", count, " from point ", first);
  }
}

}  // namespace detail

/// Returns a point drawn from T's probability measure.
template <Topology T>
[[nodiscard]] Point<T> uniform_point(Random& random) {
  CubePoint<T> u{};
  for (double& x : u) {
    x = random.uniform();
  }
  return T::from_cube(u);
}

/// Returns `count` independent points drawn from T's probability measure. ArgumentError for a negative count.
template <Topology T>
[[nodiscard]] std::vector<Point<T>> uniform_points(Index count, Random& random) {
  detail::require_points(0, count);
  std::vector<Point<T>> points;
  points.reserve(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) {
    points.push_back(uniform_point<T>(random));
  }
  return points;
}

/// Returns `count` points, each uniformly distributed. In every coordinate of the unit cube, each of `count` equal
/// strata contains exactly one of them (a Latin hypercube; in one dimension, stratified sampling). ArgumentError for a
/// negative count.
template <Topology T>
[[nodiscard]] std::vector<Point<T>> stratified_points(Index count, Random& random) {
  detail::require_points(0, count);
  auto const size = static_cast<std::size_t>(count);
  std::vector<CubePoint<T>> cube(size);
  std::vector<Index> strata(size);
  for (std::size_t d = 0; d < CubePoint<T>{}.size(); ++d) {
    std::iota(strata.begin(), strata.end(), Index{0});
    random.shuffle(std::span(strata));
    for (std::size_t i = 0; i < size; ++i) {
      cube[i][d] = (static_cast<double>(strata[i]) + random.uniform()) / static_cast<double>(count);
    }
  }
  std::vector<Point<T>> points;
  points.reserve(size);
  for (auto const& u : cube) {
    points.push_back(T::from_cube(u));
  }
  return points;
}

/// Returns points `first`, ..., `first + count - 1` of a sequence that fills the unit cube evenly at any length. It is
/// the additive recurrence with the generalised golden ratio (the root of x^(d+1) = x + 1), with a shift drawn from the
/// seed. ArgumentError for a negative number.
template <Topology T>
[[nodiscard]] std::vector<Point<T>> low_discrepancy_points(Index first, Index count, Seed seed) {
  detail::require_points(first, count);
  double ratio = 2;
  for (int i = 0; i < 64; ++i) {
    ratio = std::pow(1 + ratio, 1.0 / (cube_dimension_of<T>() + 1));
  }
  CubePoint<T> shift{};
  CubePoint<T> step{};
  Random random(seed);
  for (std::size_t d = 0; d < shift.size(); ++d) {
    shift[d] = random.uniform();
    step[d] = std::pow(ratio, -static_cast<double>(d + 1));
  }
  std::vector<Point<T>> points;
  points.reserve(static_cast<std::size_t>(count));
  for (Index i = first; i < first + count; ++i) {
    CubePoint<T> u{};
    for (std::size_t d = 0; d < u.size(); ++d) {
      double const x = shift[d] + static_cast<double>(i) * step[d];
      u[d] = x - std::floor(x);
    }
    points.push_back(T::from_cube(u));
  }
  return points;
}

}  // namespace wmanifold
