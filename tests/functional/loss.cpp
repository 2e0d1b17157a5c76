#include <wmanifold/functional/loss.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::Index;

namespace {

/// Compares the gradient with central differences of the loss itself.
template <class L, class Targets>
double worst_difference(L const& loss, std::vector<double> prediction, Targets const& targets, Index b) {
  std::vector<double> gradient(prediction.size());
  loss(std::span<double const>(prediction), targets, b, std::span<double>(gradient));
  double worst = 0;
  for (std::size_t o = 0; o < prediction.size(); ++o) {
    double const h = 1e-5;
    double const at = prediction[o];
    prediction[o] = at + h;
    double const above = loss(std::span<double const>(prediction), targets, b, std::span<double>{});
    prediction[o] = at - h;
    double const below = loss(std::span<double const>(prediction), targets, b, std::span<double>{});
    prediction[o] = at;
    worst = support::larger(worst, std::abs(gradient[o] - (above - below) / (2 * h)));
  }
  return worst;
}

}  // namespace

static_assert(wm::Loss<wm::MeanSquaredError, float> && wm::Loss<wm::MeanSquaredError, double>);
static_assert(wm::Loss<wm::CrossEntropy, float> && wm::Loss<wm::CrossEntropy, double>);
static_assert(!wm::Loss<int, float>);

TEST_CASE_TEMPLATE("the squared error is the mean over outputs", R, float, double) {
  wm::Matrix<R> const targets{{1, -2, 3}, {0, 0, 4}};
  std::vector<R> const prediction{2, 2, 2};
  std::vector<R> gradient(3);
  R const value =
      wm::MeanSquaredError{}(std::span<R const>(prediction), wm::ConstMatrixRef<R>(targets), 1, std::span<R>(gradient));
  auto const close = [](R x) { return doctest::Approx(static_cast<double>(x)).epsilon(1e-6); };
  CHECK(value == close(R{12} / R{3}));
  CHECK(gradient[0] == close(R{4} / R{3}));
  CHECK(gradient[2] == close(R{-4} / R{3}));
}

TEST_CASE("the gradient of the squared error agrees with central differences") {
  auto const targets = support::matrix<double>(3, 7, 1);
  wm::ConstMatrixRef<double> const view(targets);
  for (Index b = 0; b < 3; ++b) {
    CHECK(worst_difference(wm::MeanSquaredError{}, support::normals<double>(7, 2), view, b) < 1e-9);
  }
}

TEST_CASE_TEMPLATE("cross-entropy is minus the log of the label's share", R, float, double) {
  std::vector<int> const labels{2, 0};
  std::vector<R> const logits{R{0.5}, R{-1}, R{2}};
  double const sum = std::exp(0.5) + std::exp(-1.0) + std::exp(2.0);
  for (Index b = 0; b < 2; ++b) {
    std::vector<R> gradient(3);
    R const value =
        wm::CrossEntropy{}(std::span<R const>(logits), std::span<int const>(labels), b, std::span<R>(gradient));
    auto const label = static_cast<std::size_t>(labels[static_cast<std::size_t>(b)]);
    double const epsilon = 8 * static_cast<double>(std::numeric_limits<R>::epsilon());
    CHECK(std::abs(value + std::log(std::exp(static_cast<double>(logits[label])) / sum)) < 3 * epsilon);
    for (std::size_t o = 0; o < 3; ++o) {
      double const share = std::exp(static_cast<double>(logits[o])) / sum;
      CHECK(std::abs(gradient[o] - (share - (o == label ? 1 : 0))) < epsilon);
    }
  }
}

TEST_CASE("the gradient of cross-entropy agrees with central differences") {
  std::vector<int> const labels{0, 4, 6};
  for (Index b = 0; b < 3; ++b) {
    CHECK(worst_difference(wm::CrossEntropy{}, support::normals<double>(7, 3), std::span<int const>(labels), b) < 1e-9);
  }
}

TEST_CASE_TEMPLATE("cross-entropy is stable for large logits", R, float, double) {
  std::vector<int> const labels{0, 1, 2};
  std::vector<R> const logits{R{1e4}, R{-1e4}, R{1e4}};
  std::vector<R> gradient(3);
  auto const at = [&](Index b) {
    return static_cast<double>(
        wm::CrossEntropy{}(std::span<R const>(logits), std::span<int const>(labels), b, std::span<R>(gradient)));
  };
  CHECK(at(0) == doctest::Approx(std::log(2.0)).epsilon(1e-6));
  CHECK(gradient == std::vector<R>{R{-0.5}, R{0}, R{0.5}});
  CHECK(at(1) == doctest::Approx(2e4 + std::log(2.0)).epsilon(1e-6));
  CHECK(gradient == std::vector<R>{R{0.5}, R{-1}, R{0.5}});
  std::vector<R> const one{R{-1e4}};
  CHECK(wm::CrossEntropy{}(std::span<R const>(one), std::span<int const>(labels), 0, std::span<R>{}) == 0);
}

TEST_CASE("NaN and infinities stay so, and never become a loss") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<int> const labels{1};
  for (auto const& logits : std::vector<std::vector<double>>{
           {nan, 1, 2}, {0, nan, 2}, {0, 1, nan}, {inf, 1, 2}, {inf, inf, 0}, {0, -inf, 0}, {-inf, -inf, -inf}}) {
    CHECK(!std::isfinite(
        wm::CrossEntropy{}(std::span<double const>(logits), std::span<int const>(labels), 0, std::span<double>{})));
  }
}

TEST_CASE("a hit is the largest logit") {
  std::vector<int> const labels{2, 1};
  std::vector<double> const logits{-1, 0, 3};
  CHECK(wm::CrossEntropy::is_hit(std::span<double const>(logits), std::span<int const>(labels), 0));
  CHECK(!wm::CrossEntropy::is_hit(std::span<double const>(logits), std::span<int const>(labels), 1));
}

TEST_CASE("labels that do not fit are refused with the expected and the actual value") {
  wm::CrossEntropy const loss;
  auto const refuses = [&](std::vector<int> const& labels, Index samples, char const* message) {
    CHECK_THROWS_WITH_AS(loss.check(labels, samples, 3), doctest::Contains(message), wm::ArgumentError);
  };
  refuses({0, -1}, 2, "expected a class in [0, 2], got -1 for sample 1");
  refuses({3, 0}, 2, "expected a class in [0, 2], got 3 for sample 0");
  refuses({0, 1}, 3, "expected 3 labels, one per sample, got 2");
  refuses({}, 1, "expected 1 labels, one per sample, got 0");
  CHECK_NOTHROW(loss.check(std::vector<int>{0, 2}, 2, 3));
}

TEST_CASE("targets that do not fit are refused with the expected and the actual value") {
  wm::MeanSquaredError const loss;
  auto const refuses = [&](wm::Matrix<double> const& targets, char const* message) {
    CHECK_THROWS_WITH_AS(loss.check<double>(targets, 2, 3), doctest::Contains(message), wm::ArgumentError);
  };
  refuses(wm::Matrix<double>::Zero(0, 3), "targets: expected at least one sample, got an empty batch");
  refuses(wm::Matrix<double>::Zero(2, 4), "targets: expected 3 columns, got 4");
  refuses(wm::Matrix<double>::Zero(1, 3), "targets: expected 2 rows, got 1");
  wm::Matrix<double> targets = wm::Matrix<double>::Zero(2, 3);
  targets(1, 2) = std::numeric_limits<double>::quiet_NaN();
  refuses(targets, "targets: expected finite numbers, got nan in row 1, column 2");
  targets(1, 2) = -std::numeric_limits<double>::infinity();
  refuses(targets, "got -inf in row 1, column 2");
}
