#include "agreement.hpp"

#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace comparison {
namespace {

double largest(std::vector<double> const& numbers) {
  double top = 0;
  for (double const x : numbers) {
    top = std::max(top, std::abs(x));
  }
  return top;
}

/// Returns the largest difference: infinite where one number is a NaN.
template <class Tested>
double distance(Tested const& tested, std::vector<double> const& reference) {
  double worst = tested.size() == reference.size() ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < std::min(tested.size(), reference.size()); ++i) {
    double const difference = std::abs(static_cast<double>(tested[i]) - reference[i]);
    worst = difference >= worst ? difference : std::isnan(difference) ? std::numeric_limits<double>::infinity() : worst;
  }
  return worst;
}

}  // namespace

Course course_of(Training const& training, Problem const& problem) {
  Course course;
  for (int i = 0; i < 3; ++i) {
    course.losses.push_back(training.steps(1));
  }
  course.moves = training.parameters();
  for (std::size_t l = 0; l < course.moves.size(); ++l) {
    std::transform(course.moves[l].begin(), course.moves[l].end(), problem.parameters[l].begin(),
                   course.moves[l].begin(), std::minus<>{});
  }
  return course;
}

std::string disagreement(Course const& tested, Course const& reference, Problem const& problem) {
  for (std::size_t i = 0; i < reference.losses.size(); ++i) {
    if (!(std::abs(tested.losses[i] - reference.losses[i]) <= 1e-4 * std::abs(reference.losses[i]))) {
      return demo::joined("expected the loss ", reference.losses[i], " (in double) in step ", i + 1, ", got ",
                          tested.losses[i]);
    }
  }
  for (std::size_t l = 0; l < reference.moves.size(); ++l) {
    double const rounding = 4 * std::numeric_limits<float>::epsilon() * largest(problem.parameters[l]);
    double const allowed = 1e-3 * largest(reference.moves[l]) + rounding;
    double const difference = distance(tested.moves[l], reference.moves[l]);
    if (!(difference <= allowed)) {
      return demo::joined("expected the change of layer ", l, " within ", allowed, ", got a difference of ",
                          difference);
    }
  }
  return {};
}

std::string disagreement(std::vector<float> const& tested, std::vector<double> const& reference) {
  double const difference = distance(tested, reference);
  double const allowed = 1e-4 * largest(reference);
  return difference <= allowed
             ? std::string{}
             : demo::joined("expected outputs within ", allowed, ", got a difference of ", difference);
}

}  // namespace comparison
