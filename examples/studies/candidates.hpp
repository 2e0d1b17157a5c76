#pragma once

#include "study.hpp"

namespace demo {

/// Is it a candidate in this setting? How far to reach is no question where nothing is rehearsed, and some want more
/// contexts than there are.
[[nodiscard]] inline bool is_candidate(Contender const& candidate, Setting const& setting) {
  return (candidate.reach == 1 || setting.rehearsal) && (!setting.contexts || candidate.contexts <= *setting.contexts);
}

}  // namespace demo
