#pragma once

#include <wmanifold/topology/geodesic.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <algorithm>
#include <utility>

namespace wmanifold::testing {

/// The dot product of vectors of the ambient space, with one number per coordinate.
using wmanifold::detail::dot;

/// Euclidean length.
template <std::size_t n>
[[nodiscard]] double norm(std::array<double, n> const& a) noexcept {
  return std::sqrt(dot(a, a));
}
/// a + scale * b.
template <std::size_t n>
[[nodiscard]] std::array<double, n> sum(std::array<double, n> a, double scale,
                                        std::array<double, n> const& b) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    a[i] += scale * b[i];
  }
  return a;
}
/// scale * b.
template <std::size_t n>
[[nodiscard]] std::array<double, n> scaled(double scale, std::array<double, n> const& b) noexcept {
  return sum({}, scale, b);
}
/// Largest absolute value; NaN if there is one.
template <std::size_t n>
[[nodiscard]] double largest(std::array<double, n> const& a) noexcept {
  double result = 0;
  for (double const x : a) {
    if (is_nan(x)) {
      return x;
    }
    result = std::max(result, std::abs(x));
  }
  return result;
}
/// A vector of normal random numbers.
template <std::size_t n>
[[nodiscard]] std::array<double, n> normal_vector(Random& random) {
  std::array<double, n> v{};
  for (double& x : v) {
    x = random.normal();
  }
  return v;
}

/// The points at which laws are checked. Special points lie at seams, poles, ends and corners: the images of the unit
/// cube's corners, of the middles of its sides, and of its centre. The others are their close neighbours (none on
/// discrete topologies), and random points.
template <Topology T>
class Probes {
 public:
  /// Draws the random points from the seed.
  explicit Probes(Seed seed) {
    constexpr double places[] = {0, 0.5, 1};
    constexpr int most = 27;
    int count = 1;
    for (std::size_t d = 0; d < CubePoint<T>{}.size() && count < most; ++d) {
      count *= 3;
    }
    Random random{seed};
    for (int i = 0; i < count; ++i) {
      CubePoint<T> u{};
      int digits = i;
      for (double& x : u) {
        // A cube with too many corners is sampled.
        x = places[u.size() <= 3 ? digits % 3 : random.below(3)];
        digits /= 3;
      }
      special_.push_back(T::from_cube(u));
    }
    if constexpr (SmoothTopology<T>) {
      for (auto const& p : special_) {
        for (auto const& e : tangent_frame(p)) {
          for (double const step : {-1e-9, 1e-9}) {
            auto const q = T::exp(p, scaled(step, e));
            close_pairs_.emplace_back(p, q);
            points_.push_back(q);
          }
        }
      }
    }
    random_ = uniform_points<T>(24, random);
    points_.insert(points_.end(), special_.begin(), special_.end());
    points_.insert(points_.end(), random_.begin(), random_.end());
    for (auto const& p : points_) {
      diameter_ = std::max({diameter_, T::distance(p, special_.front()), T::distance(p, random_.front())});
    }
  }

  /// Special points.
  [[nodiscard]] std::vector<Point<T>> const& special() const noexcept { return special_; }
  /// Random points.
  [[nodiscard]] std::vector<Point<T>> const& random() const noexcept { return random_; }
  /// All points: neighbours of special ones, special ones, random ones.
  [[nodiscard]] std::vector<Point<T>> const& points() const noexcept { return points_; }

  /// About the largest distance on T: the unit of lengths and of tolerances.
  [[nodiscard]] double diameter() const noexcept { return diameter_; }

  /// Returns whether v leads from p along a shortest geodesic: not past the end of an interval, nor beyond half of a
  /// circle.
  [[nodiscard]] bool walks(Point<T> const& p, Coordinates<T> const& v) const noexcept requires SmoothTopology<T> {
    return std::abs(T::distance(p, T::exp(p, v)) - norm(v)) <= 1e-9 * diameter_ + 1e-4 * norm(v);
  }

  /// Calls body(p, q) for pairs of special points, of close neighbours, of any point with a random one, of random
  /// points, and of a point with its images under symmetries (on a sphere, its opposite).
  template <class Body>
  void each_pair(Body const& body) const {
    for (auto const& p : special_) {
      for (auto const& q : special_) {
        body(p, q);
      }
    }
    if constexpr (requires(Point<T> p) { T::symmetries(p); }) {
      for (auto const& p : points_) {
        for (auto const& q : T::symmetries(p)) {
          body(p, q);
        }
      }
    }
    for (auto const& [p, q] : close_pairs_) {
      body(p, q);
      body(q, p);
    }
    for (auto const& p : points_) {
      body(p, random_.front());
      body(random_.back(), p);
    }
    for (auto const& p : random_) {
      for (auto const& q : random_) {
        body(p, q);
      }
    }
  }

 private:
  std::vector<Point<T>> special_;
  std::vector<std::pair<Point<T>, Point<T>>> close_pairs_;
  std::vector<Point<T>> random_;
  std::vector<Point<T>> points_;
  double diameter_ = 0;
};

}  // namespace wmanifold::testing
