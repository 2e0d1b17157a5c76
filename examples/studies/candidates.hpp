#pragma once

#include "study.hpp"

#include <algorithm>

namespace demo {

/// Returns whether a contender is a candidate in this setting. Shorter reaches need a rehearsal, and some candidates
/// need more contexts than the setting has.
[[nodiscard]] inline bool is_candidate(Contender const& candidate, Setting const& setting) {
  return (candidate.reach == 1 || setting.rehearsal) && (!setting.contexts || candidate.contexts <= *setting.contexts);
}

/// Candidates are compared by their mean validation score over `seeds_to_choose` seeds. Under the short budget all are
/// trained, under the long one the best `finalists` of the short one.
inline constexpr unsigned seeds_to_choose = 3;
inline constexpr std::size_t finalists = 3;

/// Returns candidates, best first, by score(candidate).
template <class Candidate, class Score>
[[nodiscard]] std::vector<Candidate> ranked(std::vector<Candidate> const& candidates, bool is_higher_better,
                                            Score const& score) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t n = 0; n < candidates.size(); ++n) {
    order.emplace_back(is_higher_better ? -score(candidates[n]) : score(candidates[n]), n);
  }
  std::sort(order.begin(), order.end());
  std::vector<Candidate> found;
  for (auto const& [_, n] : order) {
    found.push_back(candidates[n]);
  }
  return found;
}

}  // namespace demo
