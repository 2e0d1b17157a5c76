#pragma once

#include "contenders.hpp"

namespace demo {

/// Seconds: the median and the 99th percentile.
struct Duration {
  double median = 0;
  double most = 0;
};

/// Times of a block of samples with resting knobs and with knobs that move with every block, in turns in one process.
struct BlockTimes {
  int block = 0;
  Duration resting;
  Duration moving;
  /// Cost of a move: forming the network, and one more sample.
  double form = 0;
  double sample = 0;

  [[nodiscard]] double seconds() const noexcept { return block / static_cast<double>(sample_rate); }
  [[nodiscard]] double move() const noexcept { return form + sample; }
  /// Returns the ratio of a block with moving knobs to a resting one plus a move, by medians.
  [[nodiscard]] double ratio() const noexcept { return moving.median / (resting.median + move()); }
};

[[nodiscard]] BlockTimes time_blocks(Manifold const& model, int block, int turns);

}  // namespace demo
