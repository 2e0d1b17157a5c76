#include <wmanifold/manifold/lift.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/testing/manifold_laws.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/laws.hpp>

namespace wm = wmanifold;
using support::check_laws;
using wm::Bernstein, wm::Fourier, wm::Index, wm::Interval, wm::Legendre, wm::S1, wm::S2, wm::SphericalHarmonics,
    wm::Tensor, wm::Torus;

namespace {

wm::LayerList layers() { return wm::LayerList({3, 4, 2}, {"tanh", "identity"}); }

template <class From, class To>
void check_rewriting() {
  wm::BasicManifold<double, From, wm::LayerList> model(wm::zeros, {}, layers());
  support::randomise(model, 1);
  model.freeze(1);
  check_laws(wm::testing::rewrite_laws(model, To{}, wm::Seed{2}));
}

}  // namespace

TEST_CASE_TEMPLATE("a lifted network is the network at every context", B, wm::Constant<>, wm::Line,
                   Bernstein<Interval, 3>, Legendre<Interval, 2>, Fourier<S1, 2>, Fourier<Torus<2>, 1>,
                   SphericalHarmonics<S2, 2>, Tensor<wm::Line, wm::Ellipse>, wm::CatmullRom<S1, 6>) {
  wm::BasicNetwork<double, wm::LayerList> network(layers());
  auto const numbers = support::normals<double>(26, 1);
  std::copy(numbers.begin(), numbers.end(), network.parameters().begin());
  check_laws(wm::testing::lift_laws(network, B{}, wm::Seed{2}));
}

TEST_CASE("a lifted network is the centre, and keeps its layers and its type") {
  wm::Network<wm::Dense<3, 4>, wm::Tanh, wm::Dense<4, 2>> network;
  auto const numbers = support::normals<float>(26, 1);
  std::copy(numbers.begin(), numbers.end(), network.parameters().begin());
  wm::Manifold<wm::Ellipse, wm::Dense<3, 4>, wm::Tanh, wm::Dense<4, 2>> const model = wm::lift<wm::Ellipse>(network);
  Eigen::Map<Eigen::RowVectorXf const> const row(numbers.data(), 26);
  CHECK(model.parameters().matrix().row(0) == row);
  CHECK(model.parameters().matrix().bottomRows(2).isZero(0));
  CHECK(model.at(S1::degrees(77)) == network);
}

TEST_CASE("a higher order, a higher degree and other coordinates keep the function") {
  check_rewriting<Fourier<S1, 1>, Fourier<S1, 2>>();
  check_rewriting<Fourier<Torus<2>, 1>, Fourier<Torus<2>, 2>>();
  check_rewriting<Bernstein<Interval, 2>, Bernstein<Interval, 5>>();
  check_rewriting<Bernstein<Interval, 3>, Legendre<Interval, 3>>();
  check_rewriting<Legendre<Interval, 3>, Bernstein<Interval, 4>>();
  check_rewriting<SphericalHarmonics<S2, 1>, SphericalHarmonics<S2, 3>>();
  check_rewriting<wm::Constant<S1>, Fourier<S1, 1>>();
  check_rewriting<Tensor<wm::Line, wm::Ellipse>, Tensor<Legendre<Interval, 2>, Fourier<S1, 2>>>();
}

TEST_CASE("a basis that does not contain the manifold's own is refused") {
  wm::BasicManifold<double, Fourier<S1, 2>, wm::LayerList> model(wm::zeros, {}, layers());
  CHECK_THROWS_WITH_AS((void)wm::rewrite<wm::Ellipse>(model),
                       doctest::Contains("expected a basis that contains fourier2, got fourier1"), wm::ArgumentError);
}
