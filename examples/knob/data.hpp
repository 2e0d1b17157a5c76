#pragma once

#include "contenders.hpp"

namespace demo {

/// One signal through the circuit at several settings.
struct Recordings {
  struct Take {
    Setting knobs;
    std::vector<float> y;  ///< as the network should answer: `latency` samples late
    double power = 0;      ///< mean square
  };
  std::vector<float> x;
  std::vector<float> padded;  ///< x with silence before it
  std::vector<Take> takes;
};

/// The circuit's output as the network should answer it, `latency` samples late.
[[nodiscard]] std::vector<float> late(std::vector<float> y);

[[nodiscard]] Recordings record(std::vector<float> x, std::vector<Setting> const& settings, unsigned threads);

/// `count` x `count` positions, from the first to the last of each knob.
[[nodiscard]] std::vector<Setting> grid(int count);
/// The middles of its cells: as far from all that is trained on as may be.
[[nodiscard]] std::vector<Setting> middles(int count);

/// body(i) for all i in [0, count), on so many threads; each sets OpenMP to one thread. What it throws is thrown.
void side_by_side(std::size_t count, unsigned threads, std::function<void(std::size_t)> const& body);

}  // namespace demo
