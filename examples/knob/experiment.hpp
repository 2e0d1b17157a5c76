#pragma once

#include "measure.hpp"
#include "timing.hpp"
#include "training.hpp"

#include <cstdint>

namespace demo {

inline constexpr int trained_positions = 7;                      ///< of each knob
inline constexpr int map_positions = 2 * trained_positions - 1;  ///< trained positions and the middles between them

struct Plan {
  Settings settings;
  std::uint64_t seeds = 1;
  double test_signal = 3;  ///< seconds
  unsigned threads = 2;
};

/// One contender from one seed.
struct Outcome {
  Kind kind{};
  std::uint64_t seed = 0;
  Trained trained;
  std::vector<double> map;  ///< ratios at grid(map_positions), on the test signal
  std::vector<Swept> swept;
  Residual residual;

  /// Mean ratios at the trained positions, at the middles of their cells, and at those of the cells in the corners.
  [[nodiscard]] double at_trained() const;
  [[nodiscard]] double held_out() const;
  [[nodiscard]] double worst_held_out() const;
  [[nodiscard]] double in_corners() const;
};

/// Trains all contenders from all seeds, seed by seed, side by side.
[[nodiscard]] std::vector<Outcome> carry_out(Plan const& plan);

/// The validation ratio of a contender at a rate.
struct Tuned {
  Kind kind{};
  double rate = 0;
  double ratio = 0;
};
[[nodiscard]] std::vector<Tuned> tune(Plan const& plan, std::span<double const> rates);

/// Returns the simulation's largest error over the corners of the knob square, against one of 16 times as many steps.
[[nodiscard]] double simulation_error();

}  // namespace demo
