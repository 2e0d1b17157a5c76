#pragma once

#include <wmanifold/core/random.hpp>
#include <wmanifold/topology/topology.hpp>

#include <algorithm>

namespace wmanifold {

/// An orthonormal frame of the tangent space at p, T::dimension vectors: Gram-Schmidt over the projected axes, the
/// longest rest first.
template <SmoothTopology T>
[[nodiscard]] LocalArray<Coordinates<T>, static_cast<std::size_t>(T::dimension)> tangent_frame(
    Point<T> const& p) noexcept {
  constexpr auto axes = static_cast<std::size_t>(T::coordinates);
  LocalArray<Coordinates<T>, axes> rest{};
  for (std::size_t i = 0; i < axes; ++i) {
    rest[i][i] = 1;
    rest[i] = T::tangent(p, rest[i]);
  }
  LocalArray<Coordinates<T>, static_cast<std::size_t>(T::dimension)> frame{};
  auto from = rest.begin();
  for (auto& e : frame) {
    std::iter_swap(from, std::max_element(from, rest.end(), [](auto const& a, auto const& b) {
                     return detail::dot(a, a) < detail::dot(b, b);
                   }));
    double const length = std::sqrt(detail::dot(*from, *from));
    for (std::size_t i = 0; i < axes; ++i) {
      e[i] = (*from)[i] / length;
    }
    ++from;
    for (auto v = from; v != rest.end(); ++v) {
      double const part = detail::dot(*v, e);
      for (std::size_t i = 0; i < axes; ++i) {
        (*v)[i] -= part * e[i];
      }
    }
  }
  return frame;
}

/// From p along the tangent part of any ambient vector: what a step that knows nothing of the topology becomes on it.
/// Stops at ends.
template <SmoothTopology T>
[[nodiscard]] Point<T> retraction(Point<T> const& p, Coordinates<T> const& v) noexcept {
  return T::exp(p, T::tangent(p, v));
}

/// The point a part t in [0, 1] of a shortest way from p to q, at constant speed; p itself where log is zero because
/// no way is shorter than all others.
template <SmoothTopology T>
[[nodiscard]] Point<T> geodesic(Point<T> const& p, Point<T> const& q, double t) noexcept {
  auto v = T::log(p, q);
  for (double& x : v) {
    x *= t;
  }
  return T::exp(p, v);
}

/// `count` points of a walk: `start`, and then each a step of this length further, in a direction that is drawn anew
/// (shorter where it stops at an end). How a context might drift. ArgumentError for a length that is not finite.
template <SmoothTopology T>
[[nodiscard]] std::vector<Point<T>> geodesic_walk(Point<T> const& start, double length, Index count, Random& random) {
  if (!is_finite(length)) [[unlikely]] {
    fail("geodesic_walk: expected steps of a finite length, got ", length);
  }
  std::vector<Point<T>> points;
  points.reserve(static_cast<std::size_t>(std::max<Index>(count, 0)));
  Point<T> at = start;
  for (Index i = 0; i < count; ++i) {
    points.push_back(at);
    Coordinates<T> v{};
    for (auto const& e : tangent_frame(at)) {
      double const part = random.normal();
      for (std::size_t c = 0; c < v.size(); ++c) {
        v[c] += part * e[c];
      }
    }
    double const size = std::sqrt(detail::dot(v, v));
    for (double& x : v) {
      x *= size > 0 ? length / size : 0;
    }
    at = T::exp(at, v);
  }
  return points;
}

}  // namespace wmanifold
