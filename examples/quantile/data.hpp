#pragma once

#include <wmanifold/wmanifold.hpp>

namespace demo {

namespace wm = wmanifold;

/// Targets spread around a wave, more to the right than to the left and more upwards than downwards: y = sin(pi x) +
/// (0.3 + 0.2 x) z, where z is Gumbel noise, P(z < t) = exp(-exp(-t)). So every quantile is known.
[[nodiscard]] double known_quantile(double x, double level);

struct Samples {
  wm::Matrix<float> inputs;   ///< x, uniform in [-1, 1]
  wm::Matrix<float> targets;  ///< y
};

[[nodiscard]] Samples draw_samples(wm::Index count, wm::Random& random);

}  // namespace demo
