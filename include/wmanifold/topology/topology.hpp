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

/// To three numbers a std::array, as users write it in topologies of their own: those are not filled in loops.
template <int n>
using FewNumbers = std::conditional_t<(n < 4), std::array<double, static_cast<std::size_t>(n)>,
                                      LocalArray<double, static_cast<std::size_t>(n)>>;

}  // namespace detail

/// The numbers that name a point of topology T, or a tangent vector at one.
template <class T>
using Coordinates = detail::FewNumbers<T::coordinates>;

namespace detail {

/// The inner product of tangent vectors at one point.
template <std::size_t n>
[[nodiscard]] double dot(std::array<double, n> const& a, std::array<double, n> const& b) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

}  // namespace detail

/// How many numbers of the unit cube it takes to name a point: `T::cube_dimension` where the topology says so (discrete
/// ones, whose dimension is 0), else its dimension.
template <class T>
[[nodiscard]] constexpr int cube_dimension_of() noexcept {
  if constexpr (requires { T::cube_dimension; }) {
    return T::cube_dimension;
  } else {
    return T::dimension;
  }
}

/// A point of the unit cube that is mapped on T.
template <class T>
using CubePoint = detail::FewNumbers<cube_dimension_of<T>()>;

/// A point of a topology, checked when it is made, so that what takes points need not check. Always in double:
/// a context is a handful of numbers a sample, and a seam deserves them.
template <class T>
class Point {
  static constexpr auto size = static_cast<std::size_t>(T::coordinates);

 public:
  using Topology = T;

  /// Throws ArgumentError, with the topology, the value and what is allowed, for numbers that name no point.
  explicit Point(std::array<double, size> const& coordinates) : coordinates_(T::canonical(coordinates)) {}

  /// From a run-time number of coordinates, which must be T::coordinates.
  explicit Point(std::span<double const> coordinates) : Point(sized(coordinates)) {}

  /// For numbers that are canonical by construction; not checked.
  [[nodiscard]] static Point unchecked(Coordinates<T> const& coordinates) noexcept {
    return Point(coordinates, Trusted{});
  }

  [[nodiscard]] Coordinates<T> const& coordinates() const noexcept { return coordinates_; }
  [[nodiscard]] double operator[](std::size_t i) const noexcept { return coordinates_[i]; }

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

/// Nodes and weights: sum_i weights[i] f(nodes[i]) is the mean of f over T. The weights sum to 1.
template <class T>
struct Quadrature {
  std::vector<Point<T>> nodes;
  std::vector<double> weights;
};

/// Which coordinates run between two ends, where the space stops: `T::has_ends` where the topology says so, else none.
/// What is learned next to an end can only be extrapolated to it, not closed in on from both sides.
template <class T>
[[nodiscard]] constexpr std::array<bool, static_cast<std::size_t>(T::coordinates)> ends_of() noexcept {
  if constexpr (requires { T::has_ends; }) {
    return T::has_ends;
  } else {
    return {};
  }
}

/// What a space of contexts owes; all else is derived from it.
///
/// - `dimension`, and `coordinates`, the numbers that name a point;
/// - `canonical(c)`: the same point within the fundamental domain, or ArgumentError;
/// - `from_cube(u)`: a map of the unit cube that carries the uniform measure to T's probability measure mu;
/// - `distance`;
/// - `quadrature(degree)`: exact for polynomials (on circles: trigonometric ones) up to that degree, a factor.
///
/// Beside these, where it is so, for the laws to hold them against each other:
///
/// - `other_names(p)`: an array of other coordinates of the same point (an angle and a turn more, a quaternion and its
///   opposite);
/// - `symmetries(p)`: an array of where p is carried by maps of T on itself, one an entry, that keep distances and mu
///   (a turn, a reflection).
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

/// A topology in which one moves in directions: all but discrete ones. What takes geodesics, or derivatives with regard
/// to contexts, needs
///
/// - `exp` (from a point along a tangent vector; where the space ends, no further);
/// - `log` (the tangent vector of a shortest way): exp(p, log(p, q)) = q and |log(p, q)| = distance(p, q) for all p and
///   q. Where several ways are shortest, as between opposite points of a sphere, it is that of one of them;
/// - `tangent` (the part of an ambient vector that is tangent at a point).
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
