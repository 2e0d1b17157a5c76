#pragma once

#include "report/comparison.hpp"

#include <filesystem>

namespace demo {

/// Writes a picture of comparisons, one per line: the gain with its 95 % interval. Blue is better, red worse, grey not
/// told apart.
void write_forest(std::filesystem::path const& file, std::string const& title, std::vector<Comparison> const& all);

}  // namespace demo
