#pragma once

#include "data.hpp"

#include <string>

namespace demo {

/// Energies of an error and of what it is held against.
struct Energies {
  double error = 0;
  double signal = 0;
  /// The error-to-signal ratio. The signal's mean does not count as signal; an error's does count as error.
  [[nodiscard]] double ratio() const noexcept { return error / signal; }
  Energies& operator+=(Energies const& other) noexcept {
    error += other.error;
    signal += other.signal;
    return *this;
  }
};

[[nodiscard]] Energies compare(std::span<float const> y, std::span<float const> target);

/// The largest sample, in dB of full level; "-inf" is minus infinity here.
[[nodiscard]] double peak_db(std::span<float const> y);

/// Error-to-signal ratios at the settings of recordings.
[[nodiscard]] std::vector<double> ratios(Contender const& contender, Recordings const& data, unsigned threads);

/// A knob or both going up and down ten times a second, and what the circuit makes of a signal meanwhile.
struct Sweep {
  std::string name;
  KnobPath path;
  std::vector<float> x;
  std::vector<float> moving;
  /// The same with the knobs at rest, at settings that the sweep goes through, equal times apart.
  std::vector<Recordings::Take> resting;
};
[[nodiscard]] std::vector<Sweep> record_sweeps(std::vector<float> const& x, unsigned threads);
/// Both knobs, between 0.1 and 0.9.
[[nodiscard]] KnobPath sweep_of_both();

/// A contender under a sweep.
struct Swept {
  std::string name;
  double moving = 0;   ///< its ratio with the knobs moving, the network every 8 samples
  double coarse = 0;   ///< the same, every 32 samples
  double resting = 0;  ///< with the knobs at rest, over the settings that the sweep goes through
};
[[nodiscard]] Swept follow(Contender const& contender, Sweep const& sweep);

/// What the moving of knobs adds by itself.
struct Residual {
  double silence = 0;  ///< peak of the output, dB, for silence, both knobs swept from end to end
  double sine = 0;     ///< peak of the difference, dB, to the network formed anew for each sample of the same sweep
  double sine_8 = 0;   ///< the same, the network moving every 8 samples instead of 32
};
[[nodiscard]] Residual residual(Contender const& contender);

}  // namespace demo
