#pragma once

#include "data.hpp"

#include <string>

namespace demo {

/// Energies of an error and of the target signal.
struct Energies {
  double error = 0;
  double signal = 0;
  /// Returns the error-to-signal ratio. The signal's mean does not count as signal; an error's mean counts as error.
  [[nodiscard]] double ratio() const noexcept { return error / signal; }
  Energies& operator+=(Energies const& other) noexcept {
    error += other.error;
    signal += other.signal;
    return *this;
  }
};

[[nodiscard]] Energies compare(std::span<float const> y, std::span<float const> target);

/// Returns the largest sample, in dB of full level. Silence gives minus infinity, printed as "-inf".
[[nodiscard]] double peak_db(std::span<float const> y);

/// Returns error-to-signal ratios at the settings of recordings.
[[nodiscard]] std::vector<double> ratios(Contender const& contender, Recordings const& data, unsigned threads);

/// One or both knobs going up and down ten times a second, and the circuit's output meanwhile.
struct Sweep {
  std::string name;
  KnobPath path;
  std::vector<float> x;
  std::vector<float> moving;
  /// The circuit's output with resting knobs, at equally spaced moments of the sweep.
  std::vector<Recordings::Take> resting;
};
[[nodiscard]] std::vector<Sweep> record_sweeps(std::vector<float> const& x, unsigned threads);
/// Returns a sweep of both knobs between 0.1 and 0.9.
[[nodiscard]] KnobPath sweep_of_both();

/// A contender under a sweep.
struct Swept {
  std::string name;
  double moving = 0;   ///< its ratio with the knobs moving, the network every 8 samples
  double coarse = 0;   ///< the same, every 32 samples
  double resting = 0;  ///< with resting knobs, over settings of the sweep
};
[[nodiscard]] Swept follow(Contender const& contender, Sweep const& sweep);

/// The noise that moving knobs add.
struct Residual {
  double silence = 0;  ///< peak of the output, dB, for silence, both knobs swept from end to end
  double sine = 0;     ///< peak of the difference, dB, to the network formed anew for each sample of the same sweep
  double sine_8 = 0;   ///< the same, the network moving every 8 samples instead of 32
};
[[nodiscard]] Residual residual(Contender const& contender);

}  // namespace demo
