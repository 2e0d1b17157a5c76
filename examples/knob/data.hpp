#pragma once

#include "contenders.hpp"

namespace demo {

/// One signal through the circuit at several settings.
struct Recordings {
  struct Take {
    Setting knobs;
    std::vector<float> y;  ///< expected output of the network: `latency` samples late
    double power = 0;      ///< mean square
  };
  std::vector<float> x;
  std::vector<float> padded;  ///< x with silence before it
  std::vector<Take> takes;
};

/// Returns the circuit's output delayed by `latency` samples, as the network should give it.
[[nodiscard]] std::vector<float> late(std::vector<float> y);

[[nodiscard]] Recordings record(std::vector<float> x, std::vector<Setting> const& settings, unsigned threads);

/// Returns `count` x `count` positions, from the first to the last of each knob.
[[nodiscard]] std::vector<Setting> grid(int count);
/// Returns the middles of the grid's cells, the positions farthest from all trained ones.
[[nodiscard]] std::vector<Setting> middles(int count);

/// Calls body(i) for all i in [0, count) on this many threads. Each sets OpenMP to one thread. Rethrows exceptions.
void side_by_side(std::size_t count, unsigned threads, std::function<void(std::size_t)> const& body);

}  // namespace demo
