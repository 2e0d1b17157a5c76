#pragma once

#include <wmanifold/core/random.hpp>

#include <vector>

namespace demo {

/// Signals as a guitar might give them, in volts, peaks of at most 1. All follow from the seed.

/// For training: plucked strings and chords, bursts of noise, sweeps, steady tones and silence, at all levels.
[[nodiscard]] std::vector<float> training_signal(double seconds, wmanifold::Seed seed);

/// For tests: strings and chords of another seed, and kinds of sound that training has not seen: muted riffs, a lead
/// with vibrato, two tones that beat, a tone that swells.
[[nodiscard]] std::vector<float> test_signal(double seconds, wmanifold::Seed seed);

/// A phrase to listen to, of some seven seconds.
[[nodiscard]] std::vector<float> phrase(wmanifold::Seed seed);

[[nodiscard]] std::vector<float> sine(double hertz, double volts, double seconds);

}  // namespace demo
