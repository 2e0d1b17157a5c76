#pragma once

#include "contest.hpp"

#include <string>

namespace demo {

/// Returns the results as text: a table per study, shape and way.
[[nodiscard]] std::string table_of(std::span<Row const> rows, bool utf8);

[[nodiscard]] std::string json_of(std::span<Row const> rows, Settings const& settings);

}  // namespace demo
