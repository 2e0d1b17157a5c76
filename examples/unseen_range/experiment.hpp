#pragma once

#include "idx.hpp"
#include "studies.hpp"

#include <optional>

namespace demo {

/// Settings shared by all runs.
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

/// The price of a step: its stiffness, or none for plain descent, which counts the numbers of the parameters.
using Price = std::optional<double>;

/// The length of steps: a rate or a budget of movement. The first step has `size`, the last 0.
struct Length {
  bool is_budget = false;
  double size = 0.1;
};

/// One training. These members decide everything in it.
struct Run {
  Study const* study = nullptr;
  Shape const* shape = nullptr;
  Price price;
  Length length;
  std::uint64_t seed = 0;
};

struct Outcome {
  double validation = 0;  ///< loss on untrained images at trained contexts
  double inside = 0;      ///< % of test images at trained contexts
  double asked = 0;       ///< % of test images at the contexts asked for
  double first = 0;       ///< reach of the first steps
  double reach = 0;       ///< reach of all of them
};

/// Trains and tests. A run that diverged has an infinite validation loss. The reach of steps is the movement of the
/// network at the far end along the movement of the one in the middle of the trained range: <dM(far), dM(middle)> /
/// |dM(middle)|^2.
[[nodiscard]] Outcome carry_out(Run const& run, DataSet const& data, Settings const& settings);

}  // namespace demo
