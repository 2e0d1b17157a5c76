#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/flow/movement.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

template <class R>
wm::Parameters<R> random_block(Index rows, Index columns) {
  wm::Parameters<R> block(rows, columns);
  block.matrix() = support::matrix<R>(rows, columns, 1);
  return block;
}

}  // namespace

TEST_CASE_TEMPLATE("movement is the root of the mean square over contexts", B, wm::Line, wm::Bernstein<wm::Interval, 4>,
                   wm::Legendre<wm::Interval, 3>, wm::Fourier<wm::S1, 2>, wm::Fourier<wm::Torus<2>, 1>,
                   wm::SphericalHarmonics<wm::S2, 2>, wm::Tensor<wm::Line, wm::Ellipse>) {
  B const basis;
  auto const step = random_block<double>(B::size, 300);
  auto const quadrature = B::Topology::quadrature(2 * B::degree);
  wm::SmallMatrix const columns = step.matrix().transpose();
  double square = 0;
  for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
    auto const phi = wm::values_at(basis, quadrature.nodes[i]);
    Eigen::VectorXd const moved = columns * Eigen::Map<Eigen::VectorXd const>(phi.data(), B::size);
    square += quadrature.weights[i] * moved.squaredNorm();
  }
  wm::Metric const metric(basis);
  CHECK(wm::movement(metric, step) == doctest::Approx(std::sqrt(square)).epsilon(1e-13));
  wm::Parameters<float> rounded(B::size, 300);
  rounded.matrix() = step.matrix().template cast<float>();
  CHECK(wm::movement(metric, rounded) == doctest::Approx(std::sqrt(square)).epsilon(1e-6));
}

TEST_CASE("a step of one unit in the constant function moves every weight by one") {
  wm::Parameters<double> step(3, 25);
  std::fill(step.row(0).begin(), step.row(0).end(), 1.0);
  CHECK(wm::movement(wm::Metric(wm::Ellipse{}), step) == 5);
  step.set_zero();
  CHECK(wm::movement(wm::Metric(wm::Ellipse{}), step) == 0);
}

TEST_CASE_TEMPLATE("the metric takes the natural gradient back to the gradient", R, float, double) {
  wm::Metric const metric(wm::Bernstein<wm::Interval, 3>{});
  auto const gradient = random_block<R>(4, 37);
  auto const natural = wm::natural_gradient(metric, gradient);
  wm::SmallMatrix const back = metric.gram() * natural.matrix().template cast<double>();
  CHECK(back.isApprox(gradient.matrix().template cast<double>(), std::same_as<R, double> ? 1e-13 : 1e-5));
  for (Index k = 0; k < 4; ++k) {
    for (Index n = natural.columns(); n < natural.stride(); ++n) {
      CHECK(natural.data()[k * natural.stride() + n] == 0);
    }
  }
}

TEST_CASE("blocks with other than K rows are refused") {
  wm::Metric const metric(wm::Ellipse{});
  auto const block = random_block<double>(2, 5);
  CHECK_THROWS_WITH_AS((void)wm::movement(metric, block), doctest::Contains("step: expected 3 rows, got 2"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS((void)wm::natural_gradient(metric, block), doctest::Contains("gradient: expected 3 rows, got 2"),
                       wm::ArgumentError);
}
