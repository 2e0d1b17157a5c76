#include <wmanifold/flow/movement.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

template <class R, class Basis>
using Linear = wm::BasicManifold<R, Basis, wm::Dense<24, 10>, wm::Tanh, wm::Dense<10, 5>>;

/// Every kind of layer at once.
template <class Basis>
using Mixed = wm::BasicManifold<double, Basis, wm::Dense<3, 4>, wm::Tanh, wm::LowRankDense<2, 4, 5>, wm::Silu,
                                wm::SharedDense<5, 3>, wm::Tanh, wm::LowRankDense<1, 3, 2>>;

template <class Block>
void randomise(Block& block, wm::Seed seed) {
  wm::Random random(seed);
  auto const fill = [&](auto numbers) {
    for (auto& x : numbers) {
      x = static_cast<std::remove_reference_t<decltype(x)>>(random.normal());
    }
  };
  for (Index k = 0; k < block.rows(); ++k) {
    fill(block.row(k));
  }
  fill(block.shared());
}

/// Returns sqrt(E_s || dM(s) ||^2) from networks at the nodes of a quadrature, without Gram matrices.
template <class Model>
double movement_by_networks(Model const& model, typename Model::Basis const& basis, wm::Parameters<double> const& step,
                            double h) {
  auto ahead = model;
  auto behind = model;
  for (std::size_t n = 0; n < step.numbers().size(); ++n) {
    ahead.parameters().numbers()[n] += h * step.numbers()[n];
    behind.parameters().numbers()[n] -= h * step.numbers()[n];
  }
  auto const quadrature = wm::quadrature_of(basis, 2 * Model::Basis::degree);
  double square = 0;
  for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
    auto const a = ahead.at(quadrature.nodes[i]);
    auto const b = behind.at(quadrature.nodes[i]);
    double here = 0;
    for (std::size_t n = 0; n < a.parameters().size(); ++n) {
      double const d = (a.parameters()[n] - b.parameters()[n]) / (2 * h);
      here += d * d;
    }
    square += quadrature.weights[i] * here;
  }
  return std::sqrt(square);
}

}  // namespace

TEST_CASE_TEMPLATE("movement is the root of the mean square over contexts", B, wm::Line, wm::Bernstein<wm::Interval, 4>,
                   wm::Legendre<wm::Interval, 3>, wm::Fourier<wm::S1, 2>, wm::Fourier<wm::Torus<2>, 1>,
                   wm::SphericalHarmonics<wm::S2, 2>, wm::Tensor<wm::Line, wm::Ellipse>, wm::CatmullRom<wm::S1, 5>) {
  Linear<double, B> const model(wm::zeros);
  wm::MovementMetric const metric(model);
  auto step = model.parameters().zeros_like();
  randomise(step, wm::Seed{1});
  double const expected = movement_by_networks(model, B{}, step, 0.5);  // linear: the difference has no error
  CHECK(metric.movement(model, step) == doctest::Approx(expected).epsilon(1e-13));
  Linear<float, B> const in_float(wm::zeros);
  auto rounded = in_float.parameters().zeros_like();
  rounded.matrix() = step.matrix().template cast<float>();
  CHECK(wm::MovementMetric(in_float).movement(in_float, rounded) == doctest::Approx(expected).epsilon(1e-6));
}

TEST_CASE("a step of one unit in the constant function moves every weight by one") {
  Linear<double, wm::Ellipse> const model(wm::zeros);
  auto step = model.parameters().zeros_like();
  CHECK(wm::MovementMetric(model).movement(model, step) == 0);
  std::fill(step.row(0).begin(), step.row(0).end(), 1.0);
  CHECK(wm::MovementMetric(model).movement(model, step) == std::sqrt(305.0));
}

TEST_CASE_TEMPLATE("dense and shared layers move as their networks do", B, wm::Bernstein<wm::Interval, 2>, wm::Ellipse,
                   wm::Fourier<wm::Torus<2>, 1>) {
  wm::BasicManifold<double, B, wm::Dense<3, 4>, wm::Tanh, wm::SharedDense<4, 5>, wm::Silu, wm::Dense<5, 2>> model(
      wm::zeros);
  wm::MovementMetric const metric(model);
  auto step = model.parameters().zeros_like();
  randomise(step, wm::Seed{3});
  CHECK(metric.movement(model, step) == doctest::Approx(movement_by_networks(model, B{}, step, 0.5)).epsilon(1e-12));
}

TEST_CASE_TEMPLATE("for all layers and models, rows move by G and shared parts by themselves", B,
                   wm::Bernstein<wm::Interval, 2>, wm::Ellipse, wm::Fourier<wm::Torus<2>, 1>) {
  Mixed<B> model(wm::zeros);
  randomise(model.parameters(), wm::Seed{2});
  wm::MovementMetric const metric(model);
  auto step = model.parameters().zeros_like();
  auto other = step;
  randomise(step, wm::Seed{3});
  randomise(other, wm::Seed{13});
  Eigen::Map<Eigen::VectorXd const> const a(step.shared().data(), std::ssize(step.shared()));
  Eigen::Map<Eigen::VectorXd const> const b(other.shared().data(), std::ssize(other.shared()));
  wm::SmallMatrix const gram = wm::gram_matrix(B{});
  double const expected = (gram * step.matrix()).cwiseProduct(other.matrix()).sum() + a.dot(b);
  CHECK(metric.inner(model, step, other) == doctest::Approx(expected).epsilon(1e-12));
  CHECK(wm::MovementMetric(Mixed<B>(wm::zeros)).inner(model, step, other) == metric.inner(model, step, other));
  CHECK(metric.movement(model, step) == doctest::Approx(std::sqrt(metric.inner(model, step, step))).epsilon(1e-12));
}

TEST_CASE_TEMPLATE("the metric maps its preconditioned gradient back to the gradient", B,
                   wm::Bernstein<wm::Interval, 3>, wm::Ellipse) {
  Mixed<B> model(wm::zeros);
  randomise(model.parameters(), wm::Seed{2});
  wm::MovementMetric const metric(model);
  auto const zero = model.parameters().zeros_like();
  auto gradient = zero;
  randomise(gradient, wm::Seed{4});
  auto preconditioned = zero;
  metric.precondition(model, gradient, preconditioned);
  for (std::uint64_t i = 0; i < 5; ++i) {
    auto step = zero;
    randomise(step, wm::Seed{20 + i});
    double product = 0;
    for (std::size_t n = 0; n < step.numbers().size(); ++n) {
      product += step.numbers()[n] * gradient.numbers()[n];
    }
    CHECK(metric.inner(model, preconditioned, step) == doctest::Approx(product).epsilon(1e-11));
  }
}

TEST_CASE("whitened coordinates: gradients there have the movement of the preconditioned ones, and steps come back") {
  Linear<double, wm::Bernstein<wm::Interval, 3>> const model(wm::zeros);
  wm::MovementMetric const metric(model);
  auto gradient = model.parameters().zeros_like();
  randomise(gradient, wm::Seed{7});
  auto whitened = gradient;
  auto back = gradient;
  auto preconditioned = gradient;
  metric.whiten(gradient, whitened);
  metric.unwhiten(whitened, back);
  metric.precondition(model, gradient, preconditioned);
  CHECK(back.matrix().isApprox(preconditioned.matrix(), 1e-12));
  CHECK(whitened.matrix().norm() == doctest::Approx(metric.movement(model, preconditioned)).epsilon(1e-12));
}
