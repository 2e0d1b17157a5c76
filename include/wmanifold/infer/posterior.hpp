#pragma once

#include <wmanifold/core/symmetric.hpp>
#include <wmanifold/infer/descent.hpp>
#include <wmanifold/infer/search_points.hpp>
#include <wmanifold/topology/geodesic.hpp>

#include <numbers>
#include <optional>

namespace wmanifold::detail {

/// A summary of a posterior exp(-weight L(s)) mu(ds): the mean square distance from a point, and the mass E exp(-weight
/// (L(s) - least L)), at most 1.
struct Spread {
  double square = 0;
  double mass = 1;
};

/// The posterior about `centre` as a sum over the points of a search; nothing if it is too narrow for that. `values`
/// are L at the points, `least` is its minimum.
template <Topology T>
[[nodiscard]] std::optional<Spread> wide_posterior(SearchPoints<T> const& search, std::span<double const> values,
                                                   double least, double weight, Point<T> const& centre) {
  double sum = 0;
  double squares = 0;
  double second = 0;
  double largest = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    double const w = std::exp(-weight * (values[i] - least));
    largest = std::max(largest, w);
    double const d = T::distance(centre, search.points()[i]);
    sum += w;
    squares += w * w;
    second += w * d * d;
  }
  // The number of points that count is sum^2 / squares. A normal posterior whose deviation is the points' distance has
  // 2 sqrt(pi) = 3.5 in each direction. From there on the sum is as good as an integral, unless the minimum is narrow
  // and lies between points.
  double const enough = std::pow(3.5, T::dimension);
  bool const is_wide = largest > 0.6 && sum * sum > enough * squares;
  return is_wide ? std::optional(Spread{second / sum, sum / static_cast<double>(values.size())}) : std::nullopt;
}

/// The volume of a space in its own unit of distance (S1: 2 pi), for an even measure: the factor by which the map from
/// the unit cube, which preserves the uniform measure, enlarges volumes at one point.
template <SmoothTopology T>
[[nodiscard]] double volume_of() {
  constexpr auto n = static_cast<std::size_t>(T::dimension);
  static_assert(cube_dimension_of<T>() == T::dimension);
  constexpr double step = 1e-6;
  CubePoint<T> u{};
  for (std::size_t i = 0; i < n; ++i) {
    u[i] = 0.41 + 0.17 * std::sin(static_cast<double>(i));
  }
  auto const p = T::from_cube(u);
  std::array<Coordinates<T>, n> sides{};
  for (std::size_t i = 0; i < n; ++i) {
    auto beside = u;
    beside[i] += step;
    sides[i] = T::log(p, T::from_cube(beside));
  }
  SmallMatrix squares = SmallMatrix::NullaryExpr(T::dimension, T::dimension, [&](Index i, Index j) {
    return dot(sides[static_cast<std::size_t>(i)], sides[static_cast<std::size_t>(j)]) / (step * step);
  });
  diagonalise(squares);
  double square = 1;
  for (Index i = 0; i < T::dimension; ++i) {
    square *= squares(i, i);
  }
  return std::sqrt(square);
}

/// A minimum and the candidates that determine its curvature.
template <SmoothTopology T>
struct Curved {
  Candidate<T> minimum;
  LocalArray<Coordinates<T>, static_cast<std::size_t>(T::dimension)> frame;  ///< of its tangent space
  std::vector<Candidate<T>> beside;  ///< per direction of the frame: before and behind the minimum

  Curved(Candidate<T> const& at, double step) : minimum(at), frame(tangent_frame(at.point)) {
    for (auto direction : frame) {
      for (double const sign : {-1.0, 1.0}) {
        Coordinates<T> v = direction;
        for (double& x : v) {
          x *= sign * step;
        }
        beside.push_back({at.group, T::exp(at.point, v)});
      }
    }
  }

  /// Laplace's approximation of the posterior around this minimum: its variance, at most `most` in each direction, and
  /// the integral of exp(-weight (L - L_minimum)) in the space's unit of volume. At an end of the space where the
  /// objective falls outwards, the posterior is exponential: E x^2 = 2 / (weight slope)^2, and its integral is the root
  /// of half of that.
  struct Width {
    double variance = 0;
    double integral = 1;
  };
  [[nodiscard]] Width width(double weight, double most, double step) const {
    auto const n = static_cast<Index>(frame.size());
    // The part of the gradient that an end of the space blocks.
    Coordinates<T> blocked = minimum.gradient;
    if (double const steepness = std::sqrt(dot(blocked, blocked)); steepness > 0) {
      Coordinates<T> v = blocked;
      for (double& x : v) {
        x *= -step / steepness;
      }
      Coordinates<T> const moved = T::log(minimum.point, T::exp(minimum.point, v));
      for (std::size_t c = 0; c < blocked.size(); ++c) {
        blocked[c] += moved[c] * steepness / step;
      }
      if (dot(blocked, blocked) < 1e-12 * steepness * steepness) {  // rounding, which a large weight would amplify
        blocked = {};
      }
    }
    SmallMatrix precision = zero_matrix(n, n);
    for (Index i = 0; i < n; ++i) {
      auto const& before = beside[static_cast<std::size_t>(2 * i)];
      auto const& behind = beside[static_cast<std::size_t>(2 * i + 1)];
      auto const slope_before = gradient_beside(minimum.point, before);
      auto const slope_behind = gradient_beside(minimum.point, behind);
      double const apart = dot(T::log(minimum.point, behind.point), frame[static_cast<std::size_t>(i)]) -
                           dot(T::log(minimum.point, before.point), frame[static_cast<std::size_t>(i)]);
      for (Index j = 0; j < n; ++j) {  // the mean with its transpose
        auto const& direction = frame[static_cast<std::size_t>(j)];
        double const rise = dot(slope_behind, direction) - dot(slope_before, direction);
        double const half = apart > 0 ? weight * rise / apart / 2 : 0;
        precision(i, j) += half;
        precision(j, i) += half;
      }
    }
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < n; ++j) {
        precision(i, j) += weight * weight / 2 * dot(blocked, frame[static_cast<std::size_t>(i)]) *
                           dot(blocked, frame[static_cast<std::size_t>(j)]);
      }
    }
    diagonalise(precision);
    Width width;
    for (Index i = 0; i < n; ++i) {
      double const variance = precision(i, i) * most > 1 ? 1 / precision(i, i) : most;
      width.variance += variance;
      width.integral *= std::sqrt(2 * std::numbers::pi * variance);
    }
    if (weight * weight * dot(blocked, blocked) * most > 1) {  // one direction is exponential
      width.integral /= std::sqrt(4 * std::numbers::pi);
    }
    return width;
  }
};

}  // namespace wmanifold::detail
