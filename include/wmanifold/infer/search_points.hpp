#pragma once

#include <wmanifold/core/stable_sort.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <algorithm>
#include <limits>
#include <numeric>

namespace wmanifold::detail {

/// The points of a global search, and their neighbourhoods.
template <Topology T>
class SearchPoints {
 public:
  SearchPoints(Index count, Seed seed) : points_(low_discrepancy_points<T>(0, count, seed)) {
    std::size_t const size = points_.size();
    neighbours_.resize(size);
    if (size == 1) {
      spacing_ = spread_ = 1;
      return;
    }
    std::vector<double> nearest(size, std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        double const d = T::distance(points_[i], points_[j]);
        spread_ += 2 * d * d;
        nearest[i] = std::min(nearest[i], d);
        nearest[j] = std::min(nearest[j], d);
      }
    }
    spread_ = std::sqrt(spread_ / static_cast<double>(size * (size - 1)));
    spacing_ = 1.5 * *std::max_element(nearest.begin(), nearest.end());
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (T::distance(points_[i], points_[j]) <= spacing_) {
          neighbours_[i].push_back(j);
          neighbours_[j].push_back(i);
        }
      }
    }
  }

  [[nodiscard]] std::span<Point<T> const> points() const noexcept { return points_; }
  /// Distance within which every point has neighbours. The search does not separate points that are closer.
  [[nodiscard]] double spacing() const noexcept { return spacing_; }
  /// Root mean square distance between two points.
  [[nodiscard]] double spread() const noexcept { return spread_; }

  /// The points whose finite values no neighbour undercuts, the least first, equal values in order. `values` has one
  /// per point.
  [[nodiscard]] std::vector<std::size_t> local_minima(std::span<double const> values) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (is_finite(values[i]) && std::none_of(neighbours_[i].begin(), neighbours_[i].end(), [&](std::size_t j) {
            return values[j] < values[i] || (values[j] == values[i] && j < i);
          })) {
        found.push_back(i);
      }
    }
    sort(found, values);
    return found;
  }

  /// Adds points to `chosen`, up to `most`: those of the least finite values without a chosen neighbour.
  void add_lowest_elsewhere(std::span<double const> values, std::size_t most, std::vector<std::size_t>& chosen) const {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    sort(order, values);
    for (auto i = order.begin(); i != order.end() && chosen.size() < most; ++i) {
      if (is_finite(values[*i]) && std::none_of(chosen.begin(), chosen.end(), [&](std::size_t j) {
            return T::distance(points_[*i], points_[j]) <= spacing_;
          })) {
        chosen.push_back(*i);
      }
    }
  }

 private:
  /// Sorts by value, and keeps the order of equal values.
  static void sort(std::vector<std::size_t>& numbers, std::span<double const> values) {
    stable_sort(numbers, [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  }

  std::vector<Point<T>> points_;
  std::vector<std::vector<std::size_t>> neighbours_;
  double spacing_ = 0;
  double spread_ = 0;
};

}  // namespace wmanifold::detail
