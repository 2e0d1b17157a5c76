#include "experiment.hpp"

#include "signal.hpp"

#include <algorithm>

namespace demo {
namespace {

/// Seeds of the signals. Networks have seeds of their own.
constexpr wm::Seed training_seed{101};
constexpr wm::Seed validation_seed{102};
constexpr wm::Seed test_seed{103};
constexpr wm::Seed sweep_seed{104};

Recordings training_data(Plan const& plan) {
  return record(training_signal(plan.settings.signal, training_seed), grid(trained_positions), plan.threads);
}

double mean_of(std::span<double const> values) {
  double sum = 0;
  for (double const value : values) {
    sum += value / static_cast<double>(values.size());
  }
  return sum;
}

/// Returns the values of a map at every second position from `first` on, for both knobs.
std::vector<double> every_second(std::span<double const> map, int first) {
  std::vector<double> all;
  for (int drive = first; drive < map_positions; drive += 2) {
    for (int tone = first; tone < map_positions; tone += 2) {
      all.push_back(map[static_cast<std::size_t>(drive * map_positions + tone)]);
    }
  }
  return all;
}

}  // namespace

double Outcome::at_trained() const { return mean_of(every_second(map, 0)); }
double Outcome::held_out() const { return mean_of(every_second(map, 1)); }
double Outcome::worst_held_out() const {
  auto const all = every_second(map, 1);
  return *std::max_element(all.begin(), all.end());
}
double Outcome::in_corners() const {
  auto const all = every_second(map, 1);
  std::size_t const side = trained_positions - 1;
  return mean_of(std::array{all.front(), all[side - 1], all[side * (side - 1)], all.back()});
}

std::vector<Outcome> carry_out(Plan const& plan) {
  std::vector<Outcome> outcomes;
  for (std::uint64_t seed = 1; seed <= plan.seeds; ++seed) {
    for (Kind const kind : {Kind::film, Kind::manifold, Kind::concatenated}) {  // the longest first
      outcomes.push_back({kind, seed, {}, {}, {}, {}});
    }
  }
  {
    Recordings const data = training_data(plan);
    Progress progress(joined("Training ", outcomes.size(), " networks"),
                      static_cast<double>(outcomes.size()) * static_cast<double>(plan.settings.steps));
    side_by_side(outcomes.size(), plan.threads, [&](std::size_t i) {
      Outcome& outcome = outcomes[i];
      outcome.trained =
          train(outcome.kind, default_rate(outcome.kind), wm::Seed{outcome.seed}, data, plan.settings, progress);
    });
  }
  std::stable_sort(outcomes.begin(), outcomes.end(), [](Outcome const& a, Outcome const& b) {
    return std::pair(a.seed, a.kind) < std::pair(b.seed, b.kind);
  });
  auto const data = record(test_signal(plan.test_signal, test_seed), grid(map_positions), plan.threads);
  auto const sweeps = record_sweeps(test_signal(plan.test_signal, sweep_seed), plan.threads);
  Progress progress("Measuring", static_cast<double>(outcomes.size()));
  side_by_side(outcomes.size(), plan.threads, [&](std::size_t i) {
    Outcome& outcome = outcomes[i];
    Contender const& contender = outcome.trained.contender;
    outcome.map = ratios(contender, data, 1);
    for (Sweep const& sweep : sweeps) {
      outcome.swept.push_back(follow(contender, sweep));
    }
    outcome.residual = residual(contender);
    progress.advance(1);
  });
  return outcomes;
}

std::vector<Tuned> tune(Plan const& plan, std::span<double const> rates) {
  std::vector<Tuned> all;
  for (Kind const kind : all_kinds) {
    for (double const rate : rates) {
      all.push_back({kind, rate, 0});
    }
  }
  wm::Random random(validation_seed);
  std::vector<Setting> settings(16);
  for (Setting& setting : settings) {
    setting = {random.uniform(), random.uniform()};
  }
  Recordings const data = training_data(plan);
  auto const validation = record(test_signal(plan.test_signal, validation_seed), settings, plan.threads);
  Progress progress("Tuning", static_cast<double>(all.size()) * static_cast<double>(plan.settings.steps));
  side_by_side(all.size(), plan.threads, [&](std::size_t i) {
    auto const trained = train(all[i].kind, all[i].rate, wm::Seed{0}, data, plan.settings, progress);
    all[i].ratio = mean_of(ratios(trained.contender, validation, 1));
  });
  return all;
}

double simulation_error() {
  auto const x = test_signal(1, test_seed);
  constexpr std::array ends{0.0, 1.0};
  double most = 0;
  for (double const drive : ends) {
    auto const coarse = simulate(x, drive, ends);
    auto const fine = simulate(x, drive, ends, 128);
    for (std::size_t i = 0; i < ends.size(); ++i) {
      most = std::max(most, compare(coarse[i], fine[i]).ratio());
    }
  }
  return most;
}

}  // namespace demo
