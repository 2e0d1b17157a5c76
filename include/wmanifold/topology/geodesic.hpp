#pragma once

#include <wmanifold/core/random.hpp>
#include <wmanifold/topology/product.hpp>

#include <algorithm>

namespace wmanifold {

/// Returns an orthonormal frame of the tangent space at p, T::dimension vectors: Gram-Schmidt over the projected axes,
/// the longest remainder first.
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

/// Returns the point reached from p along the tangent part of any ambient vector. It makes a step that ignores the
/// topology a step on it. It stops at ends.
template <SmoothTopology T>
[[nodiscard]] Point<T> retraction(Point<T> const& p, Coordinates<T> const& v) noexcept {
  return T::exp(p, T::tangent(p, v));
}

/// Returns the point at a fraction t in [0, 1] of a shortest path from p to q, at constant speed; of several shortest
/// paths it takes one.
template <SmoothTopology T>
[[nodiscard]] Point<T> geodesic(Point<T> const& p, Point<T> const& q, double t) noexcept {
  auto v = T::log(p, q);
  for (double& x : v) {
    x *= t;
  }
  return T::exp(p, v);
}

namespace detail {

template <class T>
inline constexpr bool is_steppable = SmoothTopology<T> || requires {
  requires Topology<T> && T::dimension == 0;
};
template <class... Factors>
inline constexpr bool is_steppable<Product<Factors...>> = (is_steppable<Factors> && ...);

/// Returns the length of the path from p to q: their distance, with discrete factors left out.
template <class T>
[[nodiscard]] double way(Point<T> const& p, Point<T> const& q) noexcept {
  if constexpr (SmoothTopology<T>) {
    return T::distance(p, q);
  } else {
    return 0;
  }
}
template <class... Factors>
requires(!SmoothTopology<Product<Factors...>>)
    [[nodiscard]] double way(Point<Product<Factors...>> const& p, Point<Product<Factors...>> const& q) noexcept {
  using Space = Product<Factors...>;
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    LocalArray<double, sizeof...(I)> const ways{way(Space::template part<I>(p), Space::template part<I>(q))...};
    return std::sqrt(dot(ways, ways));
  }
  (std::index_sequence_for<Factors...>{});
}

/// Returns the point at a fraction t of the path; discrete factors are at q.
template <class T>
[[nodiscard]] Point<T> on_way(Point<T> const& p, Point<T> const& q, double t) noexcept {
  if constexpr (SmoothTopology<T>) {
    return geodesic(p, q, t);
  } else {
    return q;
  }
}
template <class... Factors>
requires(!SmoothTopology<Product<Factors...>>)
    [[nodiscard]] Point<Product<Factors...>> on_way(Point<Product<Factors...>> const& p,
                                                    Point<Product<Factors...>> const& q, double t) noexcept {
  using Space = Product<Factors...>;
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return Space::at(on_way(Space::template part<I>(p), Space::template part<I>(q), t)...);
  }
  (std::index_sequence_for<Factors...>{});
}

}  // namespace detail

/// A topology with steps from any point towards any other: smooth ones, discrete ones (of dimension 0), and their
/// products.
template <class T>
concept Steppable = Topology<T> && detail::is_steppable<T>;

/// Returns the point that a step of at most `length` (not negative) from p towards q leads to: on a shortest path, or q
/// itself if that is no further. Discrete factors switch to q at once and add nothing to the length. Real time.
template <Steppable T>
[[nodiscard]] Point<T> step_towards(Point<T> const& p, Point<T> const& q, double length) noexcept {
  double const whole = detail::way(p, q);
  return whole > length ? detail::on_way(p, q, length / whole) : q;
}

/// Returns `count` points of a random walk, a model of a drifting context. It begins at `start`, and each step has this
/// length in a new random direction (shorter if it stops at an end). ArgumentError for a length that is not finite.
template <SmoothTopology T>
[[nodiscard]] std::vector<Point<T>> geodesic_walk(Point<T> const& start, double length, Index count, Random& random) {
  if (!is_finite(length)) [[unlikely]] {
    fail("geodesic_walk: expected a finite step length, got ", length);
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
