#pragma once

#include "summary.hpp"

#include <string>

namespace demo {

/// Returns the results as text, a table per study, at most `width` columns wide (0: no limit).
[[nodiscard]] std::string table_of(std::span<Summary const> summaries, int width, bool utf8);

}  // namespace demo
