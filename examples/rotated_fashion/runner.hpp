#pragma once

#include "experiment.hpp"

#include <vector>

namespace demo {

/// Carries out all runs, `threads` of them at a time on one thread each. Returns outcomes in the order of the runs.
/// Reports progress on standard error. Rethrows exceptions of runs.
[[nodiscard]] std::vector<Outcome> carry_out_all(std::span<Run const> runs, DataSet const& data,
                                                 Settings const& settings, unsigned threads);

}  // namespace demo
