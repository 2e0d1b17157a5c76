#include <wmanifold/functional/prior.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/functional/custom_prior.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <wmanifold/testing/probes.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::Index;

namespace {

template <class Basis>
using Model = wm::BasicManifold<double, Basis, wm::LayerList>;

/// Returns E_s ||M(s)||^2 and E_s ||dM/ds||^2 from networks, with speeds by differences along geodesics.
template <class M>
std::pair<double, double> by_networks(M const& model) {
  using Space = typename M::Topology;
  constexpr double h = 1e-5;
  auto const quadrature = wm::quadrature_of(model.basis(), 2 * M::Basis::degree);
  double size = 0;
  double energy = 0;
  for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
    auto const& s = quadrature.nodes[i];
    auto const here = model.at(s);
    for (double const w : here.parameters()) {
      size += quadrature.weights[i] * w * w;
    }
    for (auto const& e : wm::tangent_frame(s)) {
      auto const ahead = model.at(Space::exp(s, wm::testing::scaled(h, e)));
      auto const behind = model.at(Space::exp(s, wm::testing::scaled(-h, e)));
      for (std::size_t n = 0; n < here.parameters().size(); ++n) {
        double const speed = (ahead.parameters()[n] - behind.parameters()[n]) / (2 * h);
        energy += quadrature.weights[i] * speed * speed;
      }
    }
  }
  return {size, energy};
}

/// Checks that the gradient is the slope of the value.
template <class M>
void gradient_is_slope(M const& model, wm::Prior<M> const& prior) {
  auto gradient = model.parameters().zeros_like();
  prior.add_gradient(model, gradient);
  auto moved = model;
  for (std::size_t n = 0; n < gradient.numbers().size(); ++n) {
    double& p = moved.parameters().numbers()[n];
    double const at = p;
    p = at + 1e-4;
    double const above = prior.value(moved);
    p = at - 1e-4;
    double const below = prior.value(moved);
    p = at;
    CHECK(gradient.numbers()[n] == doctest::Approx((above - below) / 2e-4).epsilon(1e-7));
  }
}

}  // namespace

TEST_CASE_TEMPLATE("weight decay and energy agree with the networks along the manifold", B, wm::Line,
                   wm::Bernstein<wm::Interval, 4>, wm::Fourier<wm::S1, 2>, wm::Fourier<wm::Torus<2>, 1>,
                   wm::SphericalHarmonics<wm::S2, 2>, wm::CatmullRom<wm::S1, 4>) {
  Model<B> model(wm::zeros, {}, wm::LayerList({2, 3, 1}, {"tanh", "identity"}));
  support::randomise(model, 1);
  auto const [size, energy] = by_networks(model);
  CHECK(wm::Prior(model, 0.3, 0).value(model) == doctest::Approx(0.15 * size).epsilon(1e-12));
  CHECK(wm::Prior(model, 0, 0.3).value(model) == doctest::Approx(0.15 * energy).epsilon(1e-8));
  gradient_is_slope(model, wm::Prior(model, 0.3, 0.2));
}

TEST_CASE("shared layers have weight decay alone, frozen ones neither") {
  Model<wm::Ellipse> model(wm::zeros, {}, wm::LayerList{wm::Dense<>(2, 3), wm::SharedDense<>(3, 2), wm::Dense<>(2, 1)});
  support::randomise(model, 1);
  std::fill(model.parameters().shared().begin(), model.parameters().shared().end(), 2.0);
  gradient_is_slope(model, wm::Prior(model, 0.3, 0.2));
  auto const [size, energy] = by_networks(model);
  CHECK(wm::Prior(model, 2, 0).value(model) == doctest::Approx(size));
  CHECK(wm::Prior(model, 0, 2).value(model) == doctest::Approx(energy).epsilon(1e-8));
  model.freeze(1);
  CHECK(wm::Prior(model, 2, 0).value(model) == doctest::Approx(size - 8 * 4.0));
  gradient_is_slope(model, wm::Prior(model, 0.3, 0.2));
}

TEST_CASE("a custom manifold has the weight decay of its weights") {
  auto const f = [](auto const& s, auto const& p, auto const& to) {
    using std::exp;
    to.weight(0, 0, 0) = p[0] * exp(p[1] * s[0]);
    to.bias(0, 0) = p[0] * p[0];
  };
  auto const model = wm::custom_manifold<double, wm::Interval>(f, {0.7, -0.4}, {}, wm::Dense<1, 1>{});
  double const integral = 0.49 * (std::exp(-0.8) - 1) / -0.8 + std::pow(0.7, 4);
  CHECK(wm::Prior(model, 2, 0).value(model) == doctest::Approx(integral).epsilon(1e-12));
  gradient_is_slope(model, wm::Prior(model, 0.3, 0));
  CHECK(wm::Prior(model, 0, 0).value(model) == 0);
  CHECK_THROWS_WITH_AS(wm::Prior(model, 0, 1), doctest::Contains("expected no energy for a custom manifold, got 1"),
                       wm::ArgumentError);
}

TEST_CASE("discrete contexts have weight decay, and energy only along a smooth factor") {
  using Speakers = wm::OnePerContext<wm::Finite<3>>;
  Model<Speakers> const model(wm::he_normal, wm::Seed{1}, {}, wm::LayerList{wm::Dense<>(2, 2)});
  CHECK(wm::Prior(model, 2, 0).value(model) ==
        doctest::Approx(model.parameters().matrix().rowwise().squaredNorm().mean()));
  CHECK_THROWS_WITH_AS(
      wm::Prior(model, 0, 1),
      "wmanifold: prior: expected no energy on finite3, got 1; leave it at 0, as discrete contexts have no derivatives",
      wm::ArgumentError);
  Model<wm::Tensor<Speakers, wm::Ellipse>> const turning(wm::he_normal.spread(1), wm::Seed{1}, {},
                                                         wm::LayerList{wm::Dense<>(2, 2)});
  auto const squares = turning.parameters().matrix().rowwise().squaredNorm().eval();
  double const harmonics = squares.sum() - squares(0) - squares(3) - squares(6);
  CHECK(wm::Prior(turning, 0, 2).value(turning) == doctest::Approx(harmonics / 6));
}

TEST_CASE("a strength without meaning is refused") {
  Model<wm::Line> const model(wm::zeros, {}, wm::LayerList{wm::Dense<>(1, 1)});
  for (double const bad : {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_WITH_AS(wm::Prior(model, bad, 0), doctest::Contains("expected a strength of at least 0, got"),
                         wm::ArgumentError);
    CHECK_THROWS_WITH_AS(wm::Prior(model, 0, bad), doctest::Contains("expected a strength of at least 0, got"),
                         wm::ArgumentError);
  }
}
