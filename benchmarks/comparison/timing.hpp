#pragma once

#include "case.hpp"

#include <functional>
#include <vector>

namespace comparison {

/// Runs the cases of a heat in turns, a burst of some 10 ms each, round after round until `seconds` are over. Returns
/// for each case the seconds of a call, one number a round. Reports elapsed seconds to `done`.
[[nodiscard]] std::vector<std::vector<double>> time_in_turns(Heat const& heat, double seconds,
                                                             std::function<void(double)> const& done);

[[nodiscard]] double median(std::vector<double> values);

}  // namespace comparison
