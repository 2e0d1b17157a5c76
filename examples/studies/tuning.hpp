#pragma once

#include "training.hpp"

#include <functional>

namespace demo {

/// Returns the optimiser and rate of a contender with the best validation score after the brief budget, in the study's
/// first setting, with seed 0. Rates are three to a power of ten, and the search goes on as long as they improve.
/// `record_of` carries out a run, or returns its record.
[[nodiscard]] Pace tuned(Study const& study, Contender const& contender,
                         std::function<Record(Run const&)> const& record_of);

}  // namespace demo
