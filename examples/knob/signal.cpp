#include "signal.hpp"

#include "circuit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

namespace demo {
namespace {

namespace wm = wmanifold;
using Samples = std::vector<double>;

constexpr double turn = 2 * std::numbers::pi;

std::size_t samples_of(double seconds) { return static_cast<std::size_t>(seconds * sample_rate); }

/// Filters by one pole, in place.
void low_pass(Samples& x, double hertz) {
  double const share = 1 - std::exp(-turn * hertz / sample_rate);
  double state = 0;
  for (double& value : x) {
    state += share * (value - state);
    value = state;
  }
}

void scale_to_peak(Samples& x, double peak) {
  double most = 1e-9;
  for (double const value : x) {
    most = std::max(most, std::abs(value));
  }
  for (double& value : x) {
    value *= peak / most;
  }
}

/// Fades both ends in short ramps, so that clips meet without clicks.
void fade(Samples& x) {
  std::size_t const ramp = std::min<std::size_t>(x.size() / 2, 96);
  for (std::size_t i = 0; i < ramp; ++i) {
    double const share = static_cast<double>(i) / static_cast<double>(ramp);
    x[i] *= share;
    x[x.size() - 1 - i] *= share;
  }
}

/// Adds a plucked string (Karplus and Strong) from sample `start` to `end`; it fades by 60 dB in `decay` seconds.
void pluck(Samples& to, std::size_t start, std::size_t end, double hertz, double decay, double volts,
           wm::Random& random) {
  double const period = sample_rate / hertz;
  auto const whole = static_cast<std::size_t>(period - 0.5);  // the mean of neighbours delays by half a sample
  double const part = period - 0.5 - static_cast<double>(whole);
  double const keep = std::pow(10, -3 / (decay * hertz));
  Samples line(whole + 2);
  for (double& value : line) {
    value = random.uniform(-1, 1);
  }
  low_pass(line, random.uniform(1500, 6000));
  scale_to_peak(line, volts);
  double before = 0;
  double delayed = 0;
  for (std::size_t n = start; n < std::min(end, to.size()); ++n) {
    std::size_t const at = (n - start) % line.size();
    double const older = line[(at + 1) % line.size()];  // whole + 1 samples ago
    double const newer = line[(at + 2) % line.size()];  // whole samples ago
    delayed = part * older + (1 - part) * newer;
    line[at] = keep * (delayed + before) / 2;
    before = delayed;
    to[n] += delayed;
  }
}

double fret(int semitones) { return 82.41 * std::pow(2, semitones / 12.0); }

Samples strings(double seconds, wm::Random& random) {
  Samples x(samples_of(seconds));
  std::size_t start = 0;
  while (start < x.size()) {
    auto const length = samples_of(random.uniform(0.12, 0.6));
    auto const notes = random.uniform() < 0.5 ? wm::Index{1} : 2 + random.below(4);
    int note = static_cast<int>(random.below(30));
    for (wm::Index i = 0; i < notes; ++i) {
      pluck(x, start + static_cast<std::size_t>(i) * samples_of(0.004), start + length, fret(note),
            random.uniform(0.3, 3), 1, random);
      note += 3 + static_cast<int>(random.below(5));
    }
    start += length;
  }
  low_pass(x, 5000);
  return x;
}

Samples riff(double seconds, wm::Random& random) {
  Samples x(samples_of(seconds));
  std::size_t const beat = samples_of(0.11);
  for (std::size_t start = 0; start < x.size(); start += beat) {
    int const note = static_cast<int>(random.below(8));
    bool const is_muted = random.uniform() < 0.65;
    double const decay = is_muted ? 0.15 : 1.5;
    for (int const above : {0, 7, 12}) {
      pluck(x, start, start + (is_muted ? beat : 2 * beat), fret(note + above), decay, 1, random);
    }
    start += is_muted ? 0 : beat;
  }
  low_pass(x, 5000);
  return x;
}

Samples lead(double seconds, wm::Random& random) {
  Samples x(samples_of(seconds));
  double const hertz = fret(14 + static_cast<int>(random.below(20)));
  double phase = 0;
  for (std::size_t n = 0; n < x.size(); ++n) {
    double const t = static_cast<double>(n) / sample_rate;
    phase += turn * hertz * (1 + 0.012 * std::sin(turn * 5.5 * t)) / sample_rate;
    for (int h = 1; h <= 9; ++h) {
      x[n] += std::sin(h * phase) / (h * std::sqrt(h)) * std::exp(-t * (0.8 + 0.7 * h));
    }
  }
  return x;
}

Samples noise(double seconds, wm::Random& random) {
  Samples x(samples_of(seconds));
  double const fall = random.uniform(1, 20);
  for (std::size_t n = 0; n < x.size(); ++n) {
    x[n] = random.normal() * std::exp(-fall * static_cast<double>(n) / sample_rate);
  }
  double const corner = random.uniform(300, 5000);
  low_pass(x, corner);
  low_pass(x, corner);
  return x;
}

Samples sweep(double seconds, double from, double to) {
  Samples x(samples_of(seconds));
  double phase = 0;
  for (std::size_t n = 0; n < x.size(); ++n) {
    x[n] = std::sin(phase);
    phase += turn * from * std::pow(to / from, static_cast<double>(n) / static_cast<double>(x.size())) / sample_rate;
  }
  return x;
}

Samples tones(double seconds, double first, double second, double swell) {
  Samples x(samples_of(seconds));
  for (std::size_t n = 0; n < x.size(); ++n) {
    double const t = static_cast<double>(n) / sample_rate;
    x[n] = (std::sin(turn * first * t) + std::sin(turn * second * t)) * (1 + swell * std::sin(turn * 3 * t));
  }
  return x;
}

void append(std::vector<float>& all, Samples x, double peak) {
  scale_to_peak(x, peak);
  fade(x);
  for (double const value : x) {
    all.push_back(static_cast<float>(value));
  }
}

/// Returns a random level, at most 30 dB below full level.
double level(wm::Random& random) { return std::pow(10, -1.5 * random.uniform() * random.uniform()); }

}  // namespace

std::vector<float> training_signal(double seconds, wm::Seed seed) {
  wm::Random random(seed);
  std::vector<float> all;
  while (all.size() < samples_of(seconds)) {
    double const length = random.uniform(0.2, 0.6);
    double const kind = random.uniform();
    if (kind < 0.55) {
      append(all, strings(2 * length, random), level(random));
    } else if (kind < 0.7) {
      append(all, noise(length, random), level(random));
    } else if (kind < 0.85) {
      bool const goes_up = random.uniform() < 0.5;
      append(all, goes_up ? sweep(length, 40, 6000) : sweep(length, 6000, 40), level(random));
    } else if (kind < 0.95) {
      append(all, tones(length, random.uniform(60, 1500), random.uniform(60, 1500), 0), level(random));
    } else {
      all.insert(all.end(), samples_of(length / 2), 0.0F);
    }
  }
  all.resize(samples_of(seconds));
  return all;
}

std::vector<float> test_signal(double seconds, wm::Seed seed) {
  wm::Random random(seed);
  std::vector<float> all;
  double const part = seconds / 5;
  append(all, strings(part, random), 0.9);
  append(all, riff(part, random), 0.8);
  append(all, lead(part, random), 0.6);
  append(all, strings(part, random), 0.25);
  append(all, tones(part / 2, 220 + random.uniform(0, 40), 330 + random.uniform(0, 40), 0), 0.5);
  append(all, tones(part / 2, 140 + random.uniform(0, 40), 1000 + random.uniform(0, 900), 0.9), 0.7);
  all.resize(samples_of(seconds));
  return all;
}

std::vector<float> phrase(wm::Seed seed) {
  wm::Random random(seed);
  std::vector<float> all;
  append(all, riff(2.6, random), 0.8);
  append(all, strings(2.4, random), 0.7);
  append(all, lead(2, random), 0.6);
  return all;
}

std::vector<float> sine(double hertz, double volts, double seconds) {
  std::vector<float> x(samples_of(seconds));
  for (std::size_t n = 0; n < x.size(); ++n) {
    x[n] = static_cast<float>(volts * std::sin(turn * hertz * static_cast<double>(n) / sample_rate));
  }
  return x;
}

}  // namespace demo
