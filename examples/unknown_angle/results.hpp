#pragma once

#include "experiment.hpp"

#include <filesystem>
#include <span>
#include <string>

namespace demo {

/// Returns the results as text: accuracy at the angles found, and their errors. Means over seeds and, for more than
/// one, standard deviations as of a population.
[[nodiscard]] std::string tables_of(std::span<Outcome const> outcomes, bool utf8);

[[nodiscard]] std::string json_of(std::span<Outcome const> outcomes, Settings const& settings);

/// Draws accuracy over the number of images, and the objective around the circle (of the first seed).
void write_plots(std::filesystem::path const& accuracy, std::filesystem::path const& objective,
                 std::span<Outcome const> outcomes);

}  // namespace demo
