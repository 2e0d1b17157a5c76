#include "noise.hpp"

#include <cmath>
#include <numbers>

namespace demo {
namespace {

namespace wm = wmanifold;

struct Pair {
  float first;
  float second;
};

/// Two independent normal numbers of that deviation (Box-Muller, both of the pair, which Random::normal halves).
Pair normal_pair(float sigma, wm::Random& random) {
  auto const chance = static_cast<float>(1 - random.uniform());  // in (0, 1]: 1 - u is 2^-53 at least
  auto const angle = static_cast<float>(2 * std::numbers::pi * random.uniform());
  float const radius = sigma * std::sqrt(-2 * std::log(chance));
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace

void add_noise(std::span<float const> image, double sigma, wm::Random& random, std::span<float> out) {
  wm::require_count("noise: out", "pixels", std::ssize(image), std::ssize(out));
  if (!(sigma >= 0 && std::isfinite(sigma))) [[unlikely]] {
    wm::fail("noise: expected a finite sigma >= 0, got ", sigma);
  }
  auto const deviation = static_cast<float>(sigma);
  std::size_t i = 0;
  for (; i + 1 < image.size(); i += 2) {
    auto const [first, second] = normal_pair(deviation, random);
    out[i] = image[i] + first;
    out[i + 1] = image[i + 1] + second;
  }
  if (i < image.size()) {
    out[i] = image[i] + normal_pair(deviation, random).first;
  }
}

}  // namespace demo
