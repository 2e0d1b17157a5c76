#include <wmanifold/functional/custom_loss.hpp>
#include <wmanifold/functional/pinball.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

auto const mean_squared = wm::custom_loss([](auto const& prediction, auto const& target) {
  auto sum = 0.0 * prediction[0];
  for (std::size_t o = 0; o < prediction.size(); ++o) {
    auto const error = prediction[o] - target[o];
    sum += error * error;
  }
  return sum / static_cast<double>(prediction.size());
});

auto const cross_entropy = wm::custom_class_loss([](auto const& logits, int label) {
  using std::exp, std::log;
  auto sum = 0.0 * logits[0];
  for (auto const& logit : logits) {
    sum += exp(logit);
  }
  return log(sum) - logits[static_cast<std::size_t>(label)];
});

auto const pinball = wm::custom_loss([](auto const& s, auto const& prediction, auto const& target) {
  using std::max;
  auto sum = 0.0 * prediction[0];
  for (std::size_t o = 0; o < prediction.size(); ++o) {
    auto const error = target[o] - prediction[o];
    sum += max(s[0] * error, (s[0] - 1) * error);
  }
  return sum / static_cast<double>(prediction.size());
});

static_assert(wm::Loss<decltype(mean_squared), double> && wm::Loss<decltype(cross_entropy), double>);
static_assert(!wm::ContextLoss<decltype(mean_squared), double, wm::Interval>);
static_assert(wm::ContextLoss<decltype(pinball), double, wm::Interval> && !wm::Loss<decltype(pinball), double>);

/// Checks that values and gradients of both losses agree, and that a value does not need the gradient.
template <class A, class B, class T>
void same(A const& ours, B const& theirs, wm::Matrix<double> const& predictions, T const& targets) {
  auto const width = static_cast<std::size_t>(predictions.cols());
  auto const s = wm::Interval::at(0.3);
  std::vector<double> of_ours(width);
  std::vector<double> of_theirs(width);
  for (Index b = 0; b < predictions.rows(); ++b) {
    std::span<double const> const row(predictions.row(b).data(), width);
    double const value = wm::loss_at<wm::HostTarget>(ours, s, row, targets, b, std::span(of_ours));
    CHECK(
        value ==
        doctest::Approx(wm::loss_at<wm::HostTarget>(theirs, s, row, targets, b, std::span(of_theirs))).epsilon(1e-13));
    // To a few roundings: the compiler may fuse the sums differently with and without a gradient.
    CHECK(value ==
          doctest::Approx(wm::loss_at<wm::HostTarget>(ours, s, row, targets, b, std::span<double>{})).epsilon(1e-15));
    for (std::size_t o = 0; o < width; ++o) {
      CHECK(of_ours[o] == doctest::Approx(of_theirs[o]).epsilon(1e-13));
    }
  }
}

}  // namespace

TEST_CASE("losses written as lambdas equal the library's, gradients too, for any number of outputs") {
  for (Index const outputs : {1, 3, 4, 5, 11}) {
    wm::Matrix<double> const predictions = support::matrix<double>(6, outputs, 1);
    wm::Matrix<double> const rows = support::matrix<double>(6, outputs, 2);
    wm::ConstMatrixRef<double> const targets = rows;
    auto const labels = support::labels(6, outputs, 3);
    same(mean_squared, wm::MeanSquaredError{}, predictions, targets);
    same(pinball, wm::Pinball{}, predictions, targets);
    same(cross_entropy, wm::CrossEntropy{}, predictions, std::span<int const>(labels));
  }
}

TEST_CASE("targets of a custom loss may have any width, but must be finite and one per sample") {
  wm::Matrix<double> const wide = support::matrix<double>(6, 9, 2);
  wm::ConstMatrixRef<double> targets = wide;
  mean_squared.check(targets, 6, 2);
  CHECK_THROWS_WITH_AS(mean_squared.check(targets, 5, 2), doctest::Contains("targets: expected 5 rows, got 6"),
                       wm::ArgumentError);
  std::vector<int> const labels{0, 1, 2};
  CHECK_THROWS_WITH_AS(cross_entropy.check(std::span<int const>(labels), 3, 2), doctest::Contains("got 2 for sample 2"),
                       wm::ArgumentError);
}
