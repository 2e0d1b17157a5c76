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

/// A knob or both going up and down ten times a second.
struct Sweep {
  std::string name;
  KnobPath path;
};
[[nodiscard]] std::vector<Sweep> sweeps();

/// A contender under a sweep.
struct Swept {
  double moving = 0;  ///< its ratio, against the circuit with its knobs moving
  double resting = 0;  ///< with the knobs at rest: the mean over the settings that the sweep goes through
};
[[nodiscard]] Swept follow(Contender const& contender, std::span<float const> x, Sweep const& sweep, unsigned threads);

/// What the moving of knobs adds by itself.
struct Residual {
  double silence = 0;  ///< peak of the output, dB, for silence, both knobs swept from end to end
  double sine = 0;     ///< peak of the difference, dB, to the network formed anew for each sample of the same sweep
  double sine_rms = 0;
};
[[nodiscard]] Residual residual(Contender const& contender);

}  // namespace demo
