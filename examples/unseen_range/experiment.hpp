#pragma once

#include "idx.hpp"
#include "studies.hpp"

#include <optional>

namespace demo {

/// What is the same in all runs.
struct Settings {
  std::size_t epochs = 10;
  std::size_t training_images = 10'000;
  std::size_t validation_images = 5'000;
  std::size_t test_images = 10'000;
  std::size_t batch = 64;
  std::size_t width = 64;
  double momentum = 0.9;
  double deviation = 1;  ///< of the noise at s = 1, in units of a pixel's range
};

/// What makes a step short: a stiffness of its price, or none: the numbers of the parameters (plain descent).
using Price = std::optional<double>;

/// How long steps are: under a rate or under a budget of movement. The first is `size`, the last 0.
struct Length {
  bool is_budget = false;
  double size = 0.1;
};

/// One training: everything in it follows from these.
struct Run {
  Study const* study = nullptr;
  Shape const* shape = nullptr;
  Price price;
  Length length;
  std::uint64_t seed = 0;
};

struct Outcome {
  double validation = 0;  ///< loss on images that were not trained on, at contexts that were
  double inside = 0;      ///< % of test images at contexts that were trained on
  double asked = 0;       ///< % of test images at contexts that are asked for
  double first = 0;       ///< reach of the first steps
  double reach = 0;       ///< reach of all of them
};

/// Trains and tests. A run that diverged has an infinite validation loss. The reach of steps
/// is how far they took the network at the far end along the way of the one in the middle of the trained range:
/// <dM(far), dM(middle)> / |dM(middle)|^2.
[[nodiscard]] Outcome carry_out(Run const& run, DataSet const& data, Settings const& settings);

}  // namespace demo
