#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/functional/loss_functional.hpp>
#include <wmanifold/layer/layer_list.hpp>
#include <wmanifold/manifold/warped.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;
using wm::Index, wm::Interval;

namespace {

using Curve = wm::BasicManifold<double, wm::Bernstein<Interval, 3>, wm::LayerList>;

Curve curve() {
  Curve curve(wm::zeros, {},
              wm::LayerList{wm::Dense<>(3, 4), wm::Tanh{}, wm::SharedDense<>(4, 3), wm::Silu{}, wm::Dense<>(3, 2)});
  support::randomise(curve, 1);
  auto const numbers = support::normals<double>(static_cast<Index>(curve.parameters().shared().size()), 7);
  std::copy(numbers.begin(), numbers.end(), curve.parameters().shared().begin());
  return curve;
}

}  // namespace

TEST_CASE("a warp that bends nothing leaves the manifold as it is") {
  auto const plain = curve();
  auto const model = wm::warped<4>(plain);
  static_assert(wm::WeightManifold<std::remove_const_t<decltype(model)>>);
  for (double const s : {0.0, 0.3, 1.0}) {
    auto const a = plain.at(Interval::at(s));
    auto const b = model.at(Interval::at(s));
    for (std::size_t n = 0; n < a.parameters().size(); ++n) {
      CHECK(b.parameters()[n] == doctest::Approx(a.parameters()[n]).epsilon(1e-13));
    }
  }
}

TEST_CASE("gradients of a warped manifold are slopes, those of its warp too") {
  auto model = wm::warped<4>(curve());
  auto const theta = support::normals<double>(4, 9);
  std::copy(theta.begin(), theta.end(), model.theta().begin());
  wm::Random random(wm::Seed{2});
  auto const x = support::matrix<double>(7, 3, 4);
  auto const targets = support::matrix<double>(7, 2, 5);
  auto points = wm::uniform_points<Interval>(3, random);
  std::vector<Index> const sizes{2, 4, 1};
  auto const contexts = wm::Contexts<Interval>::grouped(points, sizes);
  wm::LossFunctional const functional(wm::MeanSquaredError{});
  wm::Workspace<double> work;
  wm::Workspace<double> other;
  auto gradient = model.parameters().zeros_like();
  auto const found = functional.gradient(model, x, contexts, targets, work, gradient, {.contexts = true});
  auto const numbers = model.parameters().numbers();
  for (std::size_t n = 0; n < numbers.size(); ++n) {
    double const at = numbers[n];
    numbers[n] = at + 1e-5;
    double const above = functional.value(model, x, contexts, targets, other);
    numbers[n] = at - 1e-5;
    double const below = functional.value(model, x, contexts, targets, other);
    numbers[n] = at;
    CHECK(gradient.numbers()[n] == doctest::Approx((above - below) / 2e-5).epsilon(1e-8));
  }
  auto const moved = [&](double h) {
    auto at = points;
    at[1] = Interval::exp(at[1], {h});
    return functional.value(model, x, wm::Contexts<Interval>::grouped(at, sizes), targets, other);
  };
  CHECK(found.views.contexts.middleRows(2, 4).sum() ==
        doctest::Approx((moved(1e-5) - moved(-1e-5)) / 2e-5).epsilon(1e-8));
}

TEST_CASE("a warp over low-rank layers, or with a price that means nothing, is refused") {
  Curve const low(wm::zeros, {}, wm::LayerList{wm::Dense<>(3, 4), wm::LowRankDense<>(4, 2, 1)});
  CHECK_THROWS_WITH_AS((void)wm::warped<3>(low), doctest::Contains("got dense layer 1, which is low-rank"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS((void)wm::warped<3>(curve(), -1), doctest::Contains("expected a price of at least 0, got -1"),
                       wm::ArgumentError);
}
