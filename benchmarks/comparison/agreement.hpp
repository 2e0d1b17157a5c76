#pragma once

#include "training.hpp"

#include <string>
#include <vector>

namespace comparison {

/// The result of a few steps: the loss of each, and the movement of all parameters.
struct Course {
  std::vector<double> losses;
  std::vector<std::vector<double>> moves;  ///< in the order of Problem's parameters
};

/// Takes three steps with momentum from the problem's parameters.
[[nodiscard]] Course course_of(Training const& training, Problem const& problem);

/// Compares two results. Losses must agree to 1e-4, moves to 1e-3 of the largest of their layer (and to the rounding of
/// the parameters that moved). Returns an empty text, or the disagreement.
[[nodiscard]] std::string disagreement(Course const& tested, Course const& reference, Problem const& problem);

/// Compares two lists of numbers: they must agree to 1e-4 of the largest. Returns an empty text, or the disagreement.
[[nodiscard]] std::string disagreement(std::vector<float> const& tested, std::vector<double> const& reference);

}  // namespace comparison
