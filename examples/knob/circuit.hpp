#pragma once

#include <functional>
#include <span>
#include <vector>

namespace demo {

inline constexpr int sample_rate = 48'000;

/// The positions of both knobs, from 0 to 1.
struct Setting {
  double drive = 0;
  double tone = 0;
};

/// A setting as a function of time in seconds: knobs that move.
using KnobPath = std::function<Setting(double)>;

/// The effect of the knobs: 0 to 36 dB of gain, a corner from 1 to 8 kHz.
[[nodiscard]] double gain_of(double drive);
[[nodiscard]] double corner_of(double tone);

/// A distortion pedal: an amplifier (drive), a diode clipper, a low-pass filter (tone). Sample n of the result belongs
/// to sample n of `x` (1 stands for 1 V).
///
/// The clipper is a resistor from the amplifier to the output and, from there to ground, a capacitor and two diodes in
/// antiparallel (Yeh, Abel, Smith 2007). With u the amplified input and v the output,
///
///     dv/dt = (u - v) / (R C) - (2 I / C) sinh(v / V),
///
/// R = 2.2 kOhm, C = 33 nF, I = 2.52 nA, V = 45.3 mV (1N4148): a corner of 2.2 kHz while the diodes are off, and a
/// tenth of a microsecond where they conduct. The filter is dw/dt = 2 pi f (v - w). So the output depends on the
/// signal's past, over some tenths of a millisecond, and -x gives -y.
///
/// BDF2 solves it with `oversampling` steps per sample: it is implicit, of second order, and damps stiff parts. Short
/// windowed sincs interpolate the input and limit the output to 20 kHz. They reach `circuit_reach` samples to either
/// side.
[[nodiscard]] std::vector<float> simulate(std::span<float const> x, KnobPath const& knobs, int oversampling = 8);
/// The same with resting knobs, for each of several tones.
[[nodiscard]] std::vector<std::vector<float>> simulate(std::span<float const> x, double drive,
                                                       std::span<double const> tones, int oversampling = 8);

inline constexpr int circuit_reach = 14;

}  // namespace demo
