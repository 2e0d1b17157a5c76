#include "noise.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

namespace demo {
namespace {

namespace wm = wmanifold;

/// Normal numbers, in pairs by Box and Muller: sqrt(-2 log u) times cosine and sine of 2 pi v. Compilers turn the
/// polynomials for logarithm, cosine and sine into vector code. Without it noise is slower than the training of a small
/// network.
class NormalPairs {
 public:
  static constexpr std::size_t most = 64;

  void draw(std::size_t count, wm::Random& random) {
    for (std::size_t i = 0; i < count; ++i) {
      radius_[i] = static_cast<float>(1 - random.uniform());  // in (0, 1]
      first_[i] = static_cast<float>(std::numbers::pi * (random.uniform() - 0.5));
    }
    for (std::size_t i = 0; i < count; ++i) {
      radius_[i] = -2 * logarithm(radius_[i]);
      float const half = first_[i];  // half of the angle, in [-pi / 2, pi / 2): small enough for Taylor's series
      float const s = sine(half);
      first_[i] = 1 - 2 * s * s;
      second_[i] = 2 * s * cosine(half);
    }
  }

  [[nodiscard]] float radius(std::size_t i) const noexcept { return std::sqrt(std::max(0.0F, radius_[i])); }
  [[nodiscard]] float first(std::size_t i) const noexcept { return first_[i]; }
  [[nodiscard]] float second(std::size_t i) const noexcept { return second_[i]; }

 private:
  /// Logarithm of positive normal numbers: their exponent, and the polynomial of Cephes' logf for a mantissa around 1.
  static float logarithm(float x) noexcept {
    auto const bits = std::bit_cast<std::int32_t>(x);
    std::int32_t const exponent = (bits - 0x3F3504F3) >> 23;  // the bits of sqrt(1/2)
    float const t = std::bit_cast<float>(bits - exponent * (1 << 23)) - 1;
    float p = 7.0376836292e-2F;
    for (float const c : {-1.1514610310e-1F, 1.1676998740e-1F, -1.2420140846e-1F, 1.4249322787e-1F, -1.6668057665e-1F,
                          2.0000714765e-1F, -2.4999993993e-1F, 3.3333331174e-1F}) {
      p = p * t + c;
    }
    return static_cast<float>(exponent) * std::numbers::ln2_v<float> + (t + t * t * (p * t - 0.5F));
  }
  static float sine(float x) noexcept {
    float const t = x * x;
    float p = -1.0F / 39916800;
    for (float const c : {1.0F / 362880, -1.0F / 5040, 1.0F / 120, -1.0F / 6, 1.0F}) {
      p = p * t + c;
    }
    return p * x;
  }
  static float cosine(float x) noexcept {
    float const t = x * x;
    float p = 1.0F / 479001600;
    for (float const c : {-1.0F / 3628800, 1.0F / 40320, -1.0F / 720, 1.0F / 24, -1.0F / 2, 1.0F}) {
      p = p * t + c;
    }
    return p;
  }

  std::array<float, most> radius_;
  std::array<float, most> first_;
  std::array<float, most> second_;
};

}  // namespace

void add_noise(std::span<float const> image, double sigma, wm::Random& random, std::span<float> out) {
  wm::require_count("noise: out", "pixels", std::ssize(image), std::ssize(out));
  if (!(sigma >= 0 && std::isfinite(sigma))) [[unlikely]] {
    wm::fail("noise: expected a finite sigma >= 0, got ", sigma);
  }
  auto const deviation = static_cast<float>(sigma);
  NormalPairs pairs;
  for (std::size_t begin = 0; begin < image.size(); begin += 2 * NormalPairs::most) {
    std::size_t const count = std::min(2 * NormalPairs::most, image.size() - begin);
    pairs.draw((count + 1) / 2, random);
    float const* const from = image.data() + begin;
    float* const to = out.data() + begin;
    for (std::size_t i = 0; i < count / 2; ++i) {
      float const radius = deviation * pairs.radius(i);
      to[2 * i] = from[2 * i] + radius * pairs.first(i);
      to[2 * i + 1] = from[2 * i + 1] + radius * pairs.second(i);
    }
    if (count % 2 != 0) {
      to[count - 1] = from[count - 1] + deviation * pairs.radius(count / 2) * pairs.first(count / 2);
    }
  }
}

}  // namespace demo
