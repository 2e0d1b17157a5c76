#pragma once

#include "report.hpp"

#include <string>

namespace comparison {

/// Bars: each contender's time over ours, and each target's ratio over what is required. An SVG file of its own.
[[nodiscard]] std::string chart_of(Report const& report);

}  // namespace comparison
