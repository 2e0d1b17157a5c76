#pragma once

#include "study.hpp"

#include <algorithm>

namespace demo {

/// Is it a candidate in this setting? How far to reach is no question where nothing is rehearsed, and some want more
/// contexts than there are.
[[nodiscard]] inline bool is_candidate(Contender const& candidate, Setting const& setting) {
  return (candidate.reach == 1 || setting.rehearsal) && (!setting.contexts || candidate.contexts <= *setting.contexts);
}

/// Candidates are chosen by the mean of their validation over so many seeds. Under the short budget all are trained,
/// under the long one so many of the best under the short one.
inline constexpr unsigned seeds_to_choose = 3;
inline constexpr std::size_t finalists = 3;

/// The best first, by score(candidate).
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
