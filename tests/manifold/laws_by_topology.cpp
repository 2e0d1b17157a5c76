#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bernstein_bezier.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/hyperspherical_harmonics.hpp>
#include <wmanifold/basis/laplacian_eigenvectors.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/manifold/custom.hpp>
#include <wmanifold/testing/manifold_laws.hpp>

#include <doctest/doctest.h>

#include <support/manifolds.hpp>

namespace wm = wmanifold;
using support::check, support::listed;
using wm::Bernstein, wm::Constant, wm::Fourier, wm::Index, wm::Interval, wm::Legendre, wm::S1, wm::S2,
    wm::SphericalHarmonics, wm::Tensor, wm::Torus;

TEST_CASE_TEMPLATE("the laws hold over every topology, for every activation, in double", B, Bernstein<Interval, 2>,
                   Legendre<Interval, 3>, Fourier<S1, 1>, Fourier<Torus<2>, 1>, SphericalHarmonics<S2, 2>,
                   Tensor<Bernstein<Interval, 1>, Fourier<S1, 1>>, wm::CatmullRom<S1, 4>, wm::CatmullRom<S1, 7>,
                   Tensor<wm::CatmullRom<S1, 5>, Fourier<S1, 1>>, Constant<>) {
  check(listed<double, B>({"tanh", "gelu", "identity"}));
  check(listed<double, B>({"sigmoid", "softplus", "tanh"}));
  check(listed<double, B>({"silu", "elu", "identity"}));
  check(listed<double, B>({"identity", "relu", "softplus"}));
}

TEST_CASE_TEMPLATE("the laws hold over simplices, rotations, lines without a direction and discrete contexts", B,
                   wm::BernsteinBezier<wm::Simplex<2>, 2>, wm::HypersphericalHarmonics<wm::SO3, 2>, Fourier<wm::RP1, 1>,
                   wm::Tensor<wm::LaplacianEigenvectors<wm::Finite<5, wm::cycle_graph<5>()>, 3>, wm::Ellipse>,
                   wm::OnePerContext<wm::Finite<4>>) {
  check(listed<double, B>({"tanh", "gelu", "identity"}));
  check(listed<float, B>({"tanh", "sigmoid", "identity"}));
}

TEST_CASE("gradients in discrete contexts are refused; those of products with a smooth factor are that factor's") {
  using R = double;
  auto const x = support::matrix<R>(4, 3, 1);
  auto const y = support::matrix<R>(4, 2, 2);
  wm::LossFunctional<wm::MeanSquaredError> const functional;
  wm::Workspace<R> work;
  auto const gradient_at = [&](auto& model, auto const& s) {
    using Space = typename std::remove_cvref_t<decltype(model)>::Topology;
    auto block = model.parameters().zeros_like();
    auto const gradient =
        functional.gradient(model, x, wm::Contexts<Space>::constant(s, 4), y, work, block, {.contexts = true});
    return wm::Matrix<double>(gradient.views.contexts);
  };
  auto discrete = listed<R, wm::OnePerContext<wm::Finite<4>>>({"tanh", "tanh", "identity"});
  support::randomise(discrete, 3);
  CHECK_THROWS_WITH_AS(
      gradient_at(discrete, wm::Finite<4>::at(2)),
      "wmanifold: backward: expected no request for gradients of contexts on finite4, got one; leave it "
      "out, as discrete contexts have no derivatives",
      wm::ArgumentError);

  auto const written = wm::custom_manifold<R, wm::Finite<4>>(
      [](auto const& s, auto const& p, auto const& to) {
        to.weight(0, 0, 0) = p[0] * s[0];
        to.bias(0, 1) = p[0];
      },
      {0.5}, {}, wm::Dense<3, 2>{});
  CHECK_THROWS_WITH_AS(gradient_at(written, wm::Finite<4>::at(2)),
                       doctest::Contains("on finite4, got one; leave it out"), wm::ArgumentError);

  using Mixed = wm::Product<wm::Finite<3>, S1>;
  auto mixed = listed<R, wm::Tensor<wm::OnePerContext<wm::Finite<3>>, wm::Ellipse>>({"tanh", "tanh", "identity"});
  support::randomise(mixed, 4);
  auto const at = [](double angle) { return Mixed::at(wm::Finite<3>::at(1), S1::radians(angle)); };
  auto const slopes = gradient_at(mixed, at(0.5));
  CHECK(slopes.col(0).cwiseAbs().maxCoeff() == 0);
  auto const loss = [&](double angle) {
    return functional.value(mixed, x, wm::Contexts<Mixed>::constant(at(angle), 4), y, work);
  };
  CHECK(slopes.col(1).sum() == doctest::Approx((loss(0.5 + 1e-5) - loss(0.5 - 1e-5)) / 2e-5).epsilon(1e-6));
}
