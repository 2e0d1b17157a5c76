#pragma once

#include "training.hpp"

#include <string>
#include <vector>

namespace comparison {

/// What a few steps come to: the loss of each, and how far all parameters have moved.
struct Course {
  std::vector<double> losses;
  std::vector<std::vector<double>> moves;  ///< as Problem has the parameters
};

/// Three steps from the problem's parameters, momentum and all.
[[nodiscard]] Course course_of(Training const& training, Problem const& problem);

/// Empty where losses agree to 1e-4 and moves to 1e-3 of the largest of their layer (and to the rounding of the
/// parameters that moved); otherwise what does not.
[[nodiscard]] std::string disagreement(Course const& tested, Course const& reference, Problem const& problem);

/// Empty where numbers agree to 1e-4 of the largest; otherwise what does not.
[[nodiscard]] std::string disagreement(std::vector<float> const& tested, std::vector<double> const& reference);

}  // namespace comparison
