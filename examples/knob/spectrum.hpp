#pragma once

#include <span>
#include <vector>

namespace demo {

/// Powers in dB over time and frequency: 0 dB is a sine of full level.
struct Spectrogram {
  int frames = 0;
  int bins = 0;              ///< from 0 to half the sample rate
  std::vector<float> level;  ///< frame by frame
};

/// Returns the powers under Hann windows of `size` samples (a power of two), `hop` apart.
[[nodiscard]] Spectrogram spectrogram_of(std::span<float const> x, int size, int hop);

}  // namespace demo
