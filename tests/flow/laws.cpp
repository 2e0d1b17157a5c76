#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bernstein_bezier.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/testing/flow_laws.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/laws.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

template <class R, class B>
void check() {
  wm::BasicManifold<R, B, wm::LayerList> model(wm::zeros, {}, wm::LayerList({3, 5, 2}, {"tanh", "identity"}));
  support::randomise(model, 1);
  auto const inputs = support::matrix<R>(9, 3, 2);
  auto const labels = support::labels(9, 2, 3);
  using Flow = wm::GradientFlow<decltype(model), wm::CrossEntropy>;
  support::check_laws(wm::testing::flow_laws<Flow>(model, wm::CrossEntropy{}, inputs, labels, wm::Seed{4}));
  model.freeze(0);
  support::check_laws(wm::testing::flow_laws<Flow>(model, wm::CrossEntropy{}, inputs, labels, wm::Seed{5}));

  wm::BasicManifold<R, B, wm::LayerList> placed(
      wm::he_normal, wm::Seed{6}, {},
      wm::LayerList{wm::LowRankDense<>(3, 5, 2), wm::Tanh{}, wm::SharedDense<>(5, 4), wm::Tanh{},
                    wm::LowRankDense<>(4, 2, 1)});
  support::check_laws(wm::testing::flow_laws<Flow>(placed, wm::CrossEntropy{}, inputs, labels, wm::Seed{7}));
  placed.freeze(2);
  support::check_laws(wm::testing::flow_laws<Flow>(placed, wm::CrossEntropy{}, inputs, labels, wm::Seed{8}));
}

}  // namespace

TEST_CASE("steps are steepest and budgets met, in every metric") {
  check<double, wm::Line>();
  check<double, wm::Fourier<wm::S1, 2>>();
  check<double, wm::Tensor<wm::Line, wm::Ellipse>>();
  check<double, wm::Tensor<wm::OnePerContext<wm::Finite<2>>, wm::Line>>();
  check<double, wm::BernsteinBezier<wm::Simplex<2>, 2>>();
  check<float, wm::Line>();
}
