#pragma once

#include "summary.hpp"

#include <string>

namespace demo {

/// The results as text, a table per study, at most `width` columns wide (0: as wide as it likes).
[[nodiscard]] std::string table_of(std::span<Summary const> summaries, int width, bool utf8);

}  // namespace demo
