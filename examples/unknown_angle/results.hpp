#pragma once

#include "experiment.hpp"

#include <filesystem>
#include <span>
#include <string>

namespace demo {

/// The results as text: what angles found are worth, and how far off they are. Means over seeds and, where there are
/// more than one, standard deviations as of a population.
[[nodiscard]] std::string tables_of(std::span<Outcome const> outcomes, bool utf8);

[[nodiscard]] std::string json_of(std::span<Outcome const> outcomes, Settings const& settings);

/// Accuracy over the number of images, and what is descended around the circle (of the first seed).
void write_plots(std::filesystem::path const& accuracy, std::filesystem::path const& objective,
                 std::span<Outcome const> outcomes);

}  // namespace demo
