#include "tuning.hpp"

#include <array>
#include <cmath>
#include <optional>

namespace demo {
namespace {

/// ..., 0.01, 0.022, 0.046, 0.1, ...
double rate_at(int step) {
  constexpr std::array digits{1.0, 2.2, 4.6};
  int const decade = static_cast<int>(std::floor(step / 3.0));
  return digits[static_cast<std::size_t>(step - 3 * decade)] * std::pow(10.0, decade);
}

}  // namespace

Pace tuned(Study const& study, Contender const& contender, std::function<Record(Run const&)> const& record_of) {
  constexpr int most_steps = 8;  // in either direction
  Material const& material = *study.material;
  std::optional<Pace> best;
  double best_score = 0;
  for (Optimiser const optimiser : contender.optimisers) {
    auto const score_at = [&](int step) {
      Run const run{&study, &study.settings.front(), &contender, {optimiser, rate_at(step)}, Budget::brief, 0};
      Record const record = record_of(run);
      double const score = record.has_failed ? worst_score(material) : record.validation;
      if (!best || is_better(material, score, best_score)) {
        best = run.pace;
        best_score = score;
      }
      return score;
    };
    int const first = optimiser == Optimiser::adam ? -7 : -4;  // 0.0046 and 0.046
    double const middle = score_at(first);
    double before = middle;
    double here = score_at(first + 1);
    bool const is_uphill = is_better(material, here, before);
    for (int step = 2; step <= most_steps && is_better(material, here, before); ++step) {
      before = here;
      here = score_at(first + step);
    }
    if (is_uphill) {
      continue;  // downhill is the other direction
    }
    before = middle;
    here = score_at(first - 1);
    // A failed training means too high a rate.
    for (int step = 2; step <= most_steps && (is_better(material, here, before) || here == worst_score(material));
         ++step) {
      before = here;
      here = score_at(first - step);
    }
  }
  return *best;
}

}  // namespace demo
