#include "data.hpp"

namespace demo {

double known_quantile(double x, double level) {
  return std::sin(std::numbers::pi * x) + (0.3 + 0.2 * x) * -std::log(-std::log(level));
}

Samples draw_samples(wm::Index count, wm::Random& random) {
  Samples samples{wm::Matrix<float>(count, 1), wm::Matrix<float>(count, 1)};
  for (wm::Index i = 0; i < count; ++i) {
    double const x = random.uniform(-1, 1);
    double const level = std::clamp(random.uniform(), 0x1p-53, 1 - 0x1p-53);  // its quantile is finite
    samples.inputs(i, 0) = static_cast<float>(x);
    samples.targets(i, 0) = static_cast<float>(known_quantile(x, level));
  }
  return samples;
}

}  // namespace demo
