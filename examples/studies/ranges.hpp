#pragma once

#include <wmanifold/core/random.hpp>

#include <vector>

namespace demo {

/// A range from one number to a larger one.
struct Range {
  double from = 0;
  double to = 0;
};

/// Draws uniformly from all of these ranges, at least one.
[[nodiscard]] inline double drawn_from(std::vector<Range> const& ranges, wmanifold::Random& random) {
  double length = 0;
  for (Range const& range : ranges) {
    length += range.to - range.from;
  }
  double at = random.uniform(0, length);
  for (Range const& range : ranges) {
    if (at < range.to - range.from) {
      return range.from + at;
    }
    at -= range.to - range.from;
  }
  return ranges.back().to;
}

}  // namespace demo
