#pragma once

#include "experiment.hpp"

#include <vector>

namespace demo {

/// Carries out all runs, `threads` of them at a time on one thread each; outcomes in the order of the runs. Progress is
/// reported on standard error. An exception of a run is rethrown here.
[[nodiscard]] std::vector<Outcome> carry_out_all(std::span<Run const> runs, DataSet const& data,
                                                 Settings const& settings, unsigned threads);

}  // namespace demo
