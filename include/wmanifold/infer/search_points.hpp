#pragma once

#include <wmanifold/topology/sampling.hpp>

#include <limits>

namespace wmanifold::detail {

/// Where a global search looks, and how these points lie to each other.
template <Topology T>
class SearchPoints {
 public:
  SearchPoints(Index count, Seed seed) : points_(low_discrepancy_points<T>(0, count, seed)) {
    std::size_t const size = points_.size();
    for (std::size_t i = 0; i < size; ++i) {
      double nearest = std::numeric_limits<double>::infinity();
      for (std::size_t j = 0; j < size; ++j) {
        double const d = T::distance(points_[i], points_[j]);
        spread_ += d * d;
        nearest = j == i ? nearest : std::min(nearest, d);
      }
      spacing_ = size == 1 ? 0 : std::max(spacing_, nearest);
    }
    spread_ = std::sqrt(spread_ / static_cast<double>(size * std::max<std::size_t>(size - 1, 1)));
    spacing_ *= 1.5;
    if (!(spacing_ > 0)) {  // a single point
      spacing_ = spread_ = 1;
    }
    neighbours_.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        if (j != i && T::distance(points_[i], points_[j]) <= spacing_) {
          neighbours_[i].push_back(j);
        }
      }
    }
  }

  [[nodiscard]] std::span<Point<T> const> points() const noexcept { return points_; }
  /// Within this distance every point has neighbours; what lies closer together the search does not tell apart.
  [[nodiscard]] double spacing() const noexcept { return spacing_; }
  /// Root mean square distance between two points.
  [[nodiscard]] double spread() const noexcept { return spread_; }

  /// The finite values (one per point) that no neighbour's is below, the least first; those of equal values in order.
  [[nodiscard]] std::vector<std::size_t> local_minima(std::span<double const> values) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (is_finite(values[i]) && std::none_of(neighbours_[i].begin(), neighbours_[i].end(), [&](std::size_t j) {
            return values[j] < values[i] || (values[j] == values[i] && j < i);
          })) {
        found.push_back(i);
      }
    }
    std::stable_sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return found;
  }

 private:
  std::vector<Point<T>> points_;
  std::vector<std::vector<std::size_t>> neighbours_;
  double spacing_ = 0;
  double spread_ = 0;
};

}  // namespace wmanifold::detail
