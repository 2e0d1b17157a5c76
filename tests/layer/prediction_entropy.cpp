#include <wmanifold/layer/prediction_entropy.hpp>

#include <support/batches.hpp>
#include <support/doctest.hpp>

#include <limits>

namespace wm = wmanifold;

namespace {

template <class R>
R entropy(std::vector<R> const& logits, std::span<R> slope = {}) {
  return wm::PredictionEntropy{}(std::span<R const>(logits), wm::NoTargets{}, 0, slope);
}

}  // namespace

static_assert(wm::Loss<wm::PredictionEntropy, float> && wm::Loss<wm::PredictionEntropy, double>);

TEST_CASE("the entropy of a prediction is -sum p log p of its softmax") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto logits = support::normals<double>(7, seed);
    double sum = 0;
    for (double& z : logits) {
      z *= static_cast<double>(seed) / 3;
      sum += std::exp(z);
    }
    double expected = 0;
    for (double const z : logits) {
      expected -= std::exp(z) / sum * (z - std::log(sum));
    }
    CHECK(entropy(logits) == doctest::Approx(expected).epsilon(1e-12));
    for (double& z : logits) {
      z += 1000;  // the softmax does not see it
    }
    CHECK(entropy(logits) == doctest::Approx(expected).epsilon(1e-10));
  }
  CHECK(entropy(std::vector<double>(5, -3.0)) == doctest::Approx(std::log(5)));
  CHECK(entropy(std::vector<double>{2}) == 0);
}

TEST_CASE("its slope is what perturbation finds") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto logits = support::normals<double>(6, seed);
    std::vector<double> slope(6);
    double const value = entropy<double>(logits, slope);
    CHECK(value == entropy(logits));
    double sum = 0;
    for (std::size_t o = 0; o < 6; ++o) {
      double const z = logits[o];
      logits[o] = z + 1e-5;
      double const above = entropy(logits);
      logits[o] = z - 1e-5;
      double const below = entropy(logits);
      logits[o] = z;
      CHECK(slope[o] == doctest::Approx((above - below) / 2e-5).epsilon(1e-7));
      sum += slope[o];
    }
    CHECK(std::abs(sum) < 1e-14);
  }
}

TEST_CASE("decided predictions: nothing cancels, nothing overflows") {
  // Two classes a distance d apart: d e^-d + e^-d, to first order.
  CHECK(entropy(std::vector<float>{0, -30}) == doctest::Approx(31 * std::exp(-30.0)).epsilon(1e-5));
  CHECK(entropy(std::vector<double>{0, -200}) == doctest::Approx(201 * std::exp(-200.0)).epsilon(1e-10));
  float const huge = std::numeric_limits<float>::max();
  std::vector<float> slope(3);
  CHECK(entropy<float>({huge, -huge, 0}, slope) == 0);
  for (float const s : slope) {
    CHECK(s == 0);
  }
}
