#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/layer/layer_list.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;
using wm::Index, wm::Interval;

namespace {

using Curve = wm::BasicManifold<double, wm::Bernstein<Interval, 3>, wm::LayerList>;

auto model_of(double price) {
  Curve curve(wm::zeros, {}, wm::LayerList{wm::Dense<>(3, 4), wm::Tanh{}, wm::SharedDense<>(4, 2)});
  support::randomise(curve, 1);
  auto model = wm::warped<4>(curve, price);
  auto const theta = support::normals<double>(4, 9);
  std::copy(theta.begin(), theta.end(), model.theta().begin());
  return model;
}
using Model = decltype(model_of(0));

wm::Parameters<double> step_of(Model const& model, std::uint64_t seed) {
  auto step = model.parameters().zeros_like();
  wm::Random random(wm::Seed{seed});
  for (Index k = 0; k < step.rows(); ++k) {
    for (double& x : step.row(k)) {
      x = random.normal();
    }
  }
  for (double& x : step.shared()) {
    x = random.normal();
  }
  return step;
}

double product(wm::Parameters<double> const& a, wm::Parameters<double> const& b) {
  double sum = 0;
  for (std::size_t n = 0; n < a.numbers().size(); ++n) {
    sum += a.numbers()[n] * b.numbers()[n];
  }
  return sum;
}

}  // namespace

TEST_CASE("the movement of a warped manifold is that of its networks") {
  auto const model = model_of(0);
  wm::MovementMetric const metric(model);
  auto const quadrature = Interval::quadrature(60);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    auto const step = step_of(model, seed);
    auto ahead = model;
    auto behind = model;
    for (std::size_t n = 0; n < step.numbers().size(); ++n) {
      ahead.parameters().numbers()[n] += 1e-5 * step.numbers()[n];
      behind.parameters().numbers()[n] -= 1e-5 * step.numbers()[n];
    }
    double square = 0;
    for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
      auto const a = ahead.at(quadrature.nodes[i]);
      auto const b = behind.at(quadrature.nodes[i]);
      for (std::size_t n = 0; n < a.parameters().size(); ++n) {
        square += quadrature.weights[i] * std::pow((a.parameters()[n] - b.parameters()[n]) / 2e-5, 2);
      }
    }
    CHECK(metric.movement(model, step) == doctest::Approx(std::sqrt(square)).epsilon(1e-8));
    auto const other = step_of(model, seed + 10);
    CHECK(metric.inner(model, step, other) == doctest::Approx(metric.inner(model, other, step)).epsilon(1e-12));
  }
}

TEST_CASE("the metric takes its rise back to the gradient, also with a frozen layer and a price") {
  for (double const price : {0.0, 0.5}) {
    for (bool const frozen : {false, true}) {
      auto model = model_of(price);
      if (frozen) {
        model.freeze(1);
      }
      wm::MovementMetric const metric(model);
      wm::Random random(wm::Seed{4});
      auto const points = wm::uniform_points<Interval>(9, random);
      auto gradient = model.parameters().zeros_like();
      wm::Workspace<double> work;
      auto const x = support::matrix<double>(9, 3, 5);
      model.forward(x, points, work);
      model.backward(x, points, support::matrix<double>(9, 2, 6), work, gradient);
      auto const zero = gradient.zeros_like();
      auto rise = zero;
      metric.rise(model, gradient, rise);
      model.rest(rise);
      auto const quadrature = Interval::quadrature(40);
      for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        auto step = step_of(model, seed);
        model.rest(step);
        double warps = 0;  // E (du)(du') and a little of theta itself
        for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
          auto const q = model.warp()(quadrature.nodes[i][0]).in_theta;
          double a = 0;
          double b = 0;
          for (std::size_t j = 0; j < 4; ++j) {
            a += q[j] * Model::theta_in(rise)[j];
            b += q[j] * Model::theta_in(step)[j];
          }
          warps += quadrature.weights[i] * a * b;
        }
        for (std::size_t j = 0; j < 4; ++j) {
          warps += 1e-3 * Model::theta_in(rise)[j] * Model::theta_in(step)[j];
        }
        CHECK(metric.inner(model, rise, step) + price * warps ==
              doctest::Approx(product(gradient, step)).epsilon(1e-9));
      }
    }
  }
}

TEST_CASE("a warp learns where the task changes fast") {
  // A field of weights that a line follows only where s is bent: w(s) = s^3.
  auto const train = [](auto& model) {
    wm::GradientFlow flow(model, wm::MeanSquaredError{}, {.rate = 0.2, .momentum = 0.5});
    auto const quadrature = Interval::quadrature(20);
    wm::Matrix<double> const x = wm::Matrix<double>::Ones(static_cast<Index>(quadrature.nodes.size()), 1);
    wm::Matrix<double> y = x;
    for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
      y(static_cast<Index>(i), 0) = std::pow(quadrature.nodes[i][0], 3);
    }
    double loss = 0;
    for (int i = 0; i < 300; ++i) {
      loss = flow.step(x, quadrature.nodes, y, quadrature.weights).loss;
    }
    return loss;
  };
  using LineModel = wm::BasicManifold<double, wm::Line, wm::Dense<1, 1>>;
  LineModel line(wm::zeros);
  line.bias(1, 0)[0] = 0.5;
  auto bent = wm::warped<3>(line);
  double const straight = train(line);
  CHECK(straight > 5e-3);  // the projection's error: 9 / 700
  CHECK(train(bent) < 1e-3 * straight);
  CHECK(bent.warp()(0.5).u < 0.25);
}
