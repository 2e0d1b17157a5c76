#pragma once

#include "report.hpp"

#include <string>

namespace comparison {

/// Returns an SVG file with bars: each contender's time over ours, and each target's ratio over the required
/// one, with a mark at the aim.
[[nodiscard]] std::string chart_of(Report const& report);

}  // namespace comparison
