#pragma once

#include "contenders.hpp"

namespace demo {

/// Seconds: the median, and what 99 of 100 take at most.
struct Duration {
  double median = 0;
  double most = 0;
};

/// A block of samples while the knobs rest and while they move with every block, in turns in one process.
struct BlockTimes {
  int block = 0;
  Duration resting;
  Duration moving;
  /// What a move costs: forming the network, and one more sample.
  double form = 0;
  double sample = 0;

  [[nodiscard]] double seconds() const noexcept { return block / static_cast<double>(sample_rate); }
  [[nodiscard]] double move() const noexcept { return form + sample; }
  /// Of the moving knobs to the resting ones and a move, by medians.
  [[nodiscard]] double ratio() const noexcept { return moving.median / (resting.median + move()); }
};

[[nodiscard]] BlockTimes time_blocks(Manifold const& model, int block, int turns);

}  // namespace demo
