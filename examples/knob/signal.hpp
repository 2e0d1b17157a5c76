#pragma once

#include <wmanifold/core/random.hpp>

#include <vector>

namespace demo {

/// Signals like a guitar's, in volts, with peaks of at most 1. The seed decides all of them.

/// Returns a training signal: plucked strings and chords, bursts of noise, sweeps, steady tones and silence, at all
/// levels.
[[nodiscard]] std::vector<float> training_signal(double seconds, wmanifold::Seed seed);

/// Returns a test signal: strings and chords of another seed, and sounds that training lacks: muted riffs, a lead with
/// vibrato, two tones that beat, a tone that swells.
[[nodiscard]] std::vector<float> test_signal(double seconds, wmanifold::Seed seed);

/// Returns a phrase to listen to, of some seven seconds.
[[nodiscard]] std::vector<float> phrase(wmanifold::Seed seed);

[[nodiscard]] std::vector<float> sine(double hertz, double volts, double seconds);

}  // namespace demo
