#include <wmanifold/flow/custom_flow.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/flow/custom_flow.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::Index, wm::Interval;

namespace {

auto const line = [](auto const& s, auto const& p, auto const& to) {
  std::size_t const size = to.numbers().size();
  for (std::size_t n = 0; n < size; ++n) {
    to.numbers()[n] = (1 - s[0]) * p[n] + s[0] * p[size + n];
  }
};

/// A gauge: the weights depend on p[0] p[1] and p[2] alone.
auto const gauge = [](auto const& s, auto const& p, auto const& to) {
  using std::sin;
  to.weight(0, 0, 0) = p[0] * p[1] * s[0];
  to.weight(0, 0, 1) = sin(p[2] * s[0]);
  to.bias(0, 0) = p[0] * p[1];
};

template <class F>
auto make(F f, std::vector<double> const& start, wm::CustomMetric metric = {}) {
  return wm::custom_manifold<double, Interval>(f, start, metric, wm::Dense<2, 1>{});
}

struct Batch {
  wm::Matrix<double> x = support::matrix<double>(8, 2, 1);
  wm::Matrix<double> y = support::matrix<double>(8, 1, 2);
  std::vector<wm::Point<Interval>> points = [] {
    wm::Random random(wm::Seed{3});
    return wm::uniform_points<Interval>(8, random);
  }();
};

}  // namespace

TEST_CASE("a written line takes the steps of the library's line, by either solver") {
  wm::BasicManifold<double, wm::Line, wm::Dense<2, 1>> library(wm::zeros);
  support::randomise(library, 1);
  std::vector<double> start(library.parameters().row(0).begin(), library.parameters().row(0).end());
  start.insert(start.end(), library.parameters().row(1).begin(), library.parameters().row(1).end());
  for (auto const solver : {wm::MetricSolver::dense, wm::MetricSolver::conjugate_gradients}) {
    Batch const batch;
    auto expected = library;
    auto written = make(line, start, {.solver = solver});
    auto const agree = [&](auto& a, auto& b) {
      for (int i = 0; i < 20; ++i) {
        auto const theirs = a.step(batch.x, batch.points, batch.y);
        auto const ours = b.step(batch.x, batch.points, batch.y);
        CHECK(ours.loss == doctest::Approx(theirs.loss).epsilon(1e-10));
        CHECK(ours.movement == doctest::Approx(theirs.movement).epsilon(1e-9));
      }
      for (std::size_t n = 0; n < start.size(); ++n) {
        CHECK(written.parameters().row(0)[n] ==
              doctest::Approx(expected.parameters().row(static_cast<Index>(n / 3))[n % 3]).epsilon(1e-9));
      }
    };
    for (wm::FlowOptions const& options :
         {wm::FlowOptions{.rate = 0.1, .momentum = 0.5}, wm::FlowOptions{.rate = 0.1, .weight_decay = 0.1},
          wm::FlowOptions{.rate = 0.1, .clip = 0.01}}) {
      auto with_rows = options;
      with_rows.stiffness = 0;
      wm::GradientFlow a(expected, wm::MeanSquaredError{}, with_rows);
      wm::CustomFlow b(written, wm::MeanSquaredError{}, options);
      agree(a, b);
    }
    wm::GradientFlow a(expected, wm::MeanSquaredError{}, wm::Nesterov{}, {.movement = 0.01, .stiffness = 0});
    wm::CustomFlow b(written, wm::MeanSquaredError{}, wm::Nesterov{}, {.movement = 0.01});
    agree(a, b);
  }
}

TEST_CASE("a singular metric: the preconditioned gradient is the shortest that the metric maps back to the gradient") {
  Batch const batch;
  for (auto const solver : {wm::MetricSolver::dense, wm::MetricSolver::conjugate_gradients}) {
    auto model = make(gauge, {0.7, -1.2, 0.4}, {.degree = 30, .solver = solver});
    wm::MovementMetric const metric(model);
    auto gradient = model.parameters().zeros_like();
    wm::Workspace<double> work;
    wm::LossFunctional(wm::MeanSquaredError{}).gradient(model, batch.x, batch.points, batch.y, work, gradient);
    auto preconditioned = gradient.zeros_like();
    metric.precondition(model, gradient, preconditioned);
    for (std::size_t n = 0; n < 3; ++n) {
      auto step = gradient.zeros_like();
      step.row(0)[n] = 1;
      CHECK(metric.inner(model, preconditioned, step) == doctest::Approx(gradient.row(0)[n]).epsilon(1e-9));
    }
    // No component along the gauge, (p0, -p1, 0), which moves no weight.
    CHECK(std::abs(preconditioned.row(0)[0] * 0.7 + preconditioned.row(0)[1] * 1.2) < 1e-9);
    auto along = gradient.zeros_like();
    along.row(0)[0] = 0.7;
    along.row(0)[1] = 1.2;
    CHECK(metric.movement(model, along) < 1e-9);
  }
}

TEST_CASE("damping adds to the metric") {
  Batch const batch;
  for (auto const solver : {wm::MetricSolver::dense, wm::MetricSolver::conjugate_gradients}) {
    auto model = make(gauge, {0.7, -1.2, 0.4}, {.degree = 30, .solver = solver, .damping = 0.3});
    wm::MovementMetric const metric(model);
    auto gradient = model.parameters().zeros_like();
    gradient.row(0)[0] = 1;
    gradient.row(0)[2] = -2;
    auto preconditioned = gradient.zeros_like();
    metric.precondition(model, gradient, preconditioned);
    for (std::size_t n = 0; n < 3; ++n) {
      auto step = gradient.zeros_like();
      step.row(0)[n] = 1;
      CHECK(metric.inner(model, preconditioned, step) + 0.3 * preconditioned.row(0)[n] ==
            doctest::Approx(gradient.row(0)[n]).epsilon(1e-9));
    }
  }
}

TEST_CASE("a custom manifold under a budget, and what its flow refuses") {
  Batch const batch;
  auto model = make(gauge, {0.7, -1.2, 0.4});
  wm::CustomFlow flow(model, wm::MeanSquaredError{}, {.movement = 0.01});
  double const start = flow.step(batch.x, batch.points, batch.y).loss;
  for (int i = 0; i < 20; ++i) {
    CHECK(flow.step(batch.x, batch.points, batch.y).movement == doctest::Approx(0.01).epsilon(1e-12));
  }
  CHECK(flow.step(batch.x, batch.points, batch.y).loss < start);
  using Flow = wm::CustomFlow<decltype(model), wm::MeanSquaredError>;
  CHECK_THROWS_WITH_AS(Flow(model, {}, {.rate = 0.1, .stiffness = 1}), doctest::Contains("expected no stiffness"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(Flow(model, {}, {.rate = 0.1, .energy = 1}), doctest::Contains("expected no energy"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(Flow(model, {}, {.momentum = 0.1}), doctest::Contains("got neither"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(flow.set_rate(-1), doctest::Contains("expected a rate of at least 0"), wm::ArgumentError);
}

TEST_CASE("a custom manifold: with a zero gradient no budget is spent, and a rate of 0 moves nothing") {
  Batch const batch;
  auto model = make(gauge, {0.7, -1.2, 0.4});
  wm::CustomFlow flow(model, wm::MeanSquaredError{}, {.movement = 0.01, .momentum = 0.9});
  flow.step(batch.x, batch.points, batch.y);
  auto const before = model.parameters();
  CHECK(flow.descend(before.zeros_like()) == 0);
  flow.set_rate(0);
  CHECK(flow.step(batch.x, batch.points, batch.y).movement == 0);
  CHECK(model.parameters() == before);
  CHECK(flow.state().steps == 2);
}

TEST_CASE("a custom manifold's step out of the finite numbers is refused, and a state continues in another flow") {
  for (auto const& options : {wm::FlowOptions{.rate = 0.01, .momentum = 0.9}, wm::FlowOptions{.movement = 0.01}}) {
    Batch const batch;
    auto model = make(gauge, {0.7, -1.2, 0.4});
    wm::CustomFlow flow(model, wm::MeanSquaredError{}, options);
    flow.step(batch.x, batch.points, batch.y);
    auto const before = model.parameters();
    auto const state = flow.state();
    for (double const bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::max()}) {
      auto gradient = before.zeros_like();
      gradient.row(0)[0] = bad;
      CHECK_THROWS_WITH_AS(
          flow.descend(gradient),
          doctest::Contains(std::isfinite(bad) ? "expected a finite movement, got inf; lower the rate"
                                               : "expected a finite gradient, got a NaN or an infinity"),
          wm::NumericalError);
      CHECK(model.parameters() == before);
      CHECK(flow.state() == state);
    }
    auto twin = make(gauge, {0.7, -1.2, 0.4});
    twin.parameters() = before;
    wm::CustomFlow other(twin, wm::MeanSquaredError{}, options);
    other.restore(state);
    CHECK(other.step(batch.x, batch.points, batch.y).movement == flow.step(batch.x, batch.points, batch.y).movement);
    CHECK(twin.parameters() == model.parameters());
    wm::FlowState<double> wrong;
    CHECK_THROWS_WITH_AS(flow.restore(wrong), doctest::Contains("got one of another flow; use the same model and rule"),
                         wm::ArgumentError);
  }
}
