#include <wmanifold/functional/prediction_entropy.hpp>

#include <support/batches.hpp>
#include <support/doctest.hpp>

#include <array>
#include <limits>
#include <numbers>

namespace wm = wmanifold;

namespace {

template <class R>
R entropy(std::vector<R> const& logits, std::span<R> slope = {}, double temperature = 1) {
  return wm::PredictionEntropy{temperature}(std::span<R const>(logits), wm::NoTargets{}, 0, slope);
}

}  // namespace

static_assert(wm::Loss<wm::PredictionEntropy, float> && wm::Loss<wm::PredictionEntropy, double>);
static_assert(wm::Loss<wm::FreeEnergy, float> && wm::Loss<wm::FreeEnergy, double>);

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
      z += 1000;  // the softmax does not change
    }
    CHECK(entropy(logits) == doctest::Approx(expected).epsilon(1e-10));
  }
  CHECK(entropy(std::vector<double>(5, -3.0)) == doctest::Approx(std::log(5)));
  CHECK(entropy(std::vector<double>{2}) == 0);
}

TEST_CASE("a temperature divides the logits") {
  auto logits = support::normals<double>(7, 1);
  double const softened = entropy<double>(logits, {}, 2.5);
  for (double& z : logits) {
    z /= 2.5;
  }
  CHECK(softened == doctest::Approx(entropy(logits)).epsilon(1e-14));
  for (double const wrong : {0.0, -1.0, std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH_AS(wm::PredictionEntropy{wrong}.check({}, 1, 1),
                         doctest::Contains("expected a finite temperature of at least 1e-30, got "), wm::ArgumentError);
  }
  CHECK_THROWS_WITH_AS(wm::PredictionEntropy{1e-31}.check({}, 1, 1),
                       doctest::Contains("expected a finite temperature of at least 1e-30, got 1e-31"),
                       wm::ArgumentError);
  std::array const equal{1.0F, 1.0F};
  wm::PredictionEntropy const cold{1e-30};
  CHECK_NOTHROW(cold.check({}, 1, 2));
  CHECK(cold(std::span<float const>(equal), {}, 0, std::span<float>{}) == doctest::Approx(std::numbers::ln2));
}

TEST_CASE_TEMPLATE("slopes agree with perturbation", L, wm::PredictionEntropy, wm::FreeEnergy) {
  L const loss;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto logits = support::normals<double>(6, seed);
    auto const value = [&](std::span<double> slope = {}) {
      return loss(std::span<double const>(logits), wm::NoTargets{}, 0, slope);
    };
    std::vector<double> slope(6);
    CHECK(value(slope) == value());
    for (std::size_t o = 0; o < 6; ++o) {
      double const z = logits[o];
      logits[o] = z + 1e-5;
      double const above = value();
      logits[o] = z - 1e-5;
      double const below = value();
      logits[o] = z;
      CHECK(slope[o] == doctest::Approx((above - below) / 2e-5).epsilon(1e-7));
    }
  }
}

TEST_CASE("free energy is -log sum exp, for logits of any size") {
  auto const energy = [](std::vector<float> const& logits) {
    return wm::FreeEnergy{}(std::span<float const>(logits), wm::NoTargets{}, 0, std::span<float>{});
  };
  CHECK(energy({1, 2}) == doctest::Approx(-std::log(std::exp(1.0) + std::exp(2.0))));
  CHECK(energy({1000, 1000}) == doctest::Approx(-1000 - std::log(2.0)));
  CHECK(energy({-1000, -1e30F}) == doctest::Approx(1000));
}

TEST_CASE("decided predictions: no cancellation, no overflow") {
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
