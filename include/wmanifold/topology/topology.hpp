#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/local_array.hpp>
#include <wmanifold/core/real.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace wmanifold {

namespace detail {

/// An array of n numbers: up to three a std::array, which users write in their own topologies; code does not fill these
/// in loops.
template <int n>
using FewNumbers = std::conditional_t<(n < 4), std::array<double, static_cast<std::size_t>(n)>,
                                      LocalArray<double, static_cast<std::size_t>(n)>>;

}  // namespace detail

/// The coordinates of a point of topology T, or of a tangent vector at one.
template <class T>
using Coordinates = detail::FewNumbers<T::coordinates>;

namespace detail {

/// Returns the inner product of tangent vectors at one point.
template <std::size_t n>
[[nodiscard]] double dot(std::array<double, n> const& a, std::array<double, n> const& b) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

}  // namespace detail

/// Returns the number of coordinates of the unit cube that from_cube maps onto T: `T::cube_dimension` where the
/// topology has it (discrete ones, whose dimension is 0), else the dimension.
template <class T>
[[nodiscard]] constexpr int cube_dimension_of() noexcept {
  if constexpr (requires { T::cube_dimension; }) {
    return T::cube_dimension;
  } else {
    return T::dimension;
  }
}

/// A point of the unit cube that from_cube maps onto T.
template <class T>
using CubePoint = detail::FewNumbers<cube_dimension_of<T>()>;

/// A point of a topology. Its construction checks it, and functions of points need no check. It is always in double: a
/// context is a few numbers per sample, and the seam of a circle would show in single precision.
template <class T>
class Point {
  static constexpr auto size = static_cast<std::size_t>(T::coordinates);

 public:
  /// The topology.
  using Topology = T;

  /// A point with these coordinates. Throws ArgumentError for numbers that name no point, with the topology, the value
  /// and the range allowed.
  explicit Point(std::array<double, size> const& coordinates) : coordinates_(T::canonical(coordinates)) {}

  /// A point from a run-time number of coordinates, which must be T::coordinates. ArgumentError otherwise.
  explicit Point(std::span<double const> coordinates) : Point(sized(coordinates)) {}

  /// Returns the point with coordinates that are canonical by construction, unchecked.
  [[nodiscard]] static Point unchecked(Coordinates<T> const& coordinates) noexcept {
    return Point(coordinates, Trusted{});
  }

  /// Returns the canonical coordinates.
  [[nodiscard]] Coordinates<T> const& coordinates() const noexcept { return coordinates_; }
  /// Returns coordinate i.
  [[nodiscard]] double operator[](std::size_t i) const noexcept { return coordinates_[i]; }

  /// Returns whether two points have the same coordinates.
  friend bool operator==(Point const&, Point const&) = default;

 private:
  struct Trusted {};
  Point(Coordinates<T> const& coordinates, Trusted) noexcept : coordinates_(coordinates) {}

  static Coordinates<T> sized(std::span<double const> from) {
    require_count(T::name().c_str(), "coordinates", T::coordinates, static_cast<Index>(from.size()));
    Coordinates<T> to{};
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = from[i];
    }
    return to;
  }

  Coordinates<T> coordinates_;
};

/// The nodes and weights of a quadrature: sum_i weights[i] f(nodes[i]) is the mean of f over T. The weights sum to 1.
template <class T>
struct Quadrature {
  /// The nodes.
  std::vector<Point<T>> nodes;
  /// The weights, one per node.
  std::vector<double> weights;
};

/// Returns for each coordinate whether it runs between two ends of the space: `T::has_ends` where the topology has it,
/// else none. Values at an end are extrapolated from one side, not interpolated from both.
template <class T>
[[nodiscard]] constexpr std::array<bool, static_cast<std::size_t>(T::coordinates)> ends_of() noexcept {
  if constexpr (requires { T::has_ends; }) {
    return T::has_ends;
  } else {
    return {};
  }
}

/// The requirements on a space of contexts.
///
/// - `dimension`, and `coordinates`, the number of coordinates of a point;
/// - `canonical(c)`: the same point within the fundamental domain, or ArgumentError;
/// - `from_cube(u)`: a map of the unit cube onto T that carries the uniform measure to T's probability measure mu;
/// - `distance`;
/// - `quadrature(degree)`: exact for polynomials (trigonometric ones on circles) of at most that degree in each factor.
///
/// Optional members, which the laws check against the others:
///
/// - `other_names(p)`: an array of other coordinates of the same point (an angle plus a turn, the opposite quaternion);
/// - `symmetries(p)`: an array of images of p, one for each of some maps of T onto itself that preserve distances and
///   mu (a rotation, a reflection).
template <class T>
concept Topology = requires(Point<T> p, Coordinates<T> c, CubePoint<T> u, int degree) {
  { T::dimension } -> std::convertible_to<int>;
  { T::coordinates } -> std::convertible_to<int>;
  { T::name() } -> std::convertible_to<std::string>;
  { T::canonical(c) } -> std::convertible_to<Coordinates<T>>;
  { T::from_cube(u) }
  noexcept->std::same_as<Point<T>>;
  { T::distance(p, p) }
  noexcept->std::same_as<double>;
  { T::quadrature(degree) } -> std::same_as<Quadrature<T>>;
};

/// A topology with tangent directions: every one but discrete ones. Geodesics and derivatives with respect to contexts
/// need
///
/// - `exp`: from a point along a tangent vector, stopping at the ends of the space;
/// - `log`: the tangent vector of a shortest path. exp(p, log(p, q)) = q and |log(p, q)| = distance(p, q) for all p and
///   q. Of several shortest paths, as between opposite points of a sphere, it takes one;
/// - `tangent`: the part of an ambient vector that is tangent at a point.
template <class T>
concept SmoothTopology = Topology<T> && requires(Point<T> p, Coordinates<T> c) {
  { T::exp(p, c) }
  noexcept->std::same_as<Point<T>>;
  { T::log(p, p) }
  noexcept->std::convertible_to<Coordinates<T>>;
  { T::tangent(p, c) }
  noexcept->std::convertible_to<Coordinates<T>>;
};

}  // namespace wmanifold
