#pragma once

#include "report/comparison.hpp"

#include <filesystem>

namespace demo {

/// A picture of comparisons, a row each: what is gained, with its 95 % interval. Blue is better, red worse, grey not
/// told apart.
void write_forest(std::filesystem::path const& file, std::string const& title, std::vector<Comparison> const& all);

}  // namespace demo
