#pragma once

#include <wmanifold/topology/topology.hpp>

#include <algorithm>
#include <limits>
#include <numeric>

namespace wmanifold {

/// The contexts of a batch: one point per sample, or points that runs of consecutive samples share.
template <Topology T>
class Contexts {
 public:
  /// Contexts with one point per sample.
  Contexts(std::vector<Point<T>> points) : points_(std::move(points)) {}

  /// Returns contexts where `sizes[g]` consecutive samples share point g. ArgumentError for sizes below 1, or other
  /// than one per point.
  [[nodiscard]] static Contexts grouped(std::vector<Point<T>> points, std::vector<Index> const& sizes) {
    require_count("contexts", "group sizes (one per point)", std::ssize(points), std::ssize(sizes));
    Contexts contexts(std::move(points));
    Index end = 0;
    for (Index const size : sizes) {
      if (size < 1) [[unlikely]] {
        fail("contexts: expected groups of at least one sample, got one of ", size);
      }
      if (size > std::numeric_limits<Index>::max() - end) [[unlikely]] {
        fail("contexts: expected group sizes with a sum in range, got one of ", size, " after ", end, " samples");
      }
      contexts.ends_.push_back(end += size);
    }
    return contexts;
  }

  /// Returns contexts where `samples_each` consecutive samples share each point. ArgumentError for a size below 1.
  [[nodiscard]] static Contexts grouped(std::vector<Point<T>> points, Index samples_each) {
    std::vector<Index> const sizes(points.size(), samples_each);
    return grouped(std::move(points), sizes);
  }

  /// Returns contexts with one point for all `samples`.
  [[nodiscard]] static Contexts constant(Point<T> const& point, Index samples) { return grouped({point}, samples); }

  /// Returns contexts from one point per sample; runs of equal points become groups.
  [[nodiscard]] static Contexts runs(std::vector<Point<T>> const& per_sample) {
    std::vector<Point<T>> points;
    std::vector<Index> sizes;
    for (auto const& point : per_sample) {
      if (!points.empty() && points.back() == point) {
        ++sizes.back();
      } else {
        points.push_back(point);
        sizes.push_back(1);
      }
    }
    return grouped(std::move(points), sizes);
  }

  /// Returns the number of groups, or of samples where there is a point per sample.
  [[nodiscard]] Index groups() const noexcept { return static_cast<Index>(points_.size()); }
  /// Returns the number of samples.
  [[nodiscard]] Index samples() const noexcept { return ends_.empty() ? groups() : ends_.back(); }
  /// Returns whether there is a point per sample.
  [[nodiscard]] bool per_sample() const noexcept { return ends_.empty(); }

  /// Returns the points, one per group.
  [[nodiscard]] std::span<Point<T> const> points() const noexcept { return points_; }

  /// Returns the end (exclusive) of each group; empty if there is a point per sample.
  [[nodiscard]] std::span<Index const> ends() const noexcept { return ends_; }

  /// Calls body(point, begin, end) for each group's samples [begin, end), or for each sample if there are no groups.
  template <class Body>
  void for_each(Body const& body) const {
    Index begin = 0;
    for (std::size_t g = 0; g < points_.size(); ++g) {
      Index const end = ends_.empty() ? begin + 1 : ends_[g];
      body(points_[g], begin, end);
      begin = end;
    }
  }

  /// Returns the same groups, each at f of its point.
  template <class F>
  [[nodiscard]] Contexts mapped(F const& f) const {
    Contexts result = *this;
    for (auto& point : result.points_) {
      point = f(point);
    }
    return result;
  }

  /// Returns the contexts of samples [first, first + count). ArgumentError for a range that is not within the samples.
  [[nodiscard]] Contexts slice(Index first, Index count) const {
    if (first < 0 || count < 0 || first > samples() || count > samples() - first) [[unlikely]] {
      fail("contexts: expected a range within ", samples(), " samples, got ", count, " from sample ", first);
    }
    if (per_sample()) {
      return Contexts(std::vector<Point<T>>(points_.begin() + first, points_.begin() + first + count));
    }
    std::vector<Point<T>> points;
    std::vector<Index> sizes;
    Index begin = 0;
    for (Index g = 0; g < groups(); ++g) {
      Index const end = ends_[static_cast<std::size_t>(g)];
      Index const size = std::min(end, first + count) - std::max(begin, first);
      if (size > 0) {
        points.push_back(points_[static_cast<std::size_t>(g)]);
        sizes.push_back(size);
      }
      begin = end;
    }
    return grouped(std::move(points), sizes);
  }

 private:
  std::vector<Point<T>> points_;
  std::vector<Index> ends_;
};

}  // namespace wmanifold
