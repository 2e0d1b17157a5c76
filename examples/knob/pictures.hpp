#pragma once

#include "measure.hpp"

#include <filesystem>

namespace demo {

/// Ratios over the knob square, of one contender.
struct ErrorMap {
  std::string title;
  std::vector<double> ratios;  ///< at grid(count): drive by drive, tones within
};

/// Draws maps side by side, on one logarithmic scale. Dots mark the positions of grid(`trained`), rings those of its
/// cells' middles.
[[nodiscard]] std::string svg_of(std::span<ErrorMap const> maps, int count, int trained);

struct Sound {
  std::string title;
  std::span<float const> samples;
};

/// Draws spectrograms below each other, on one scale.
[[nodiscard]] std::string svg_of(std::span<Sound const> sounds);

}  // namespace demo
