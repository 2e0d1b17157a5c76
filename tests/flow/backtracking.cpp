#include <wmanifold/flow/backtracking.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/flow/integrate.hpp>
#include <wmanifold/functional/custom_loss.hpp>
#include <wmanifold/functional/objective.hpp>
#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <limits>
#include <new>

namespace wm = wmanifold;
using wm::Index, wm::Interval;

namespace {

template <class Basis>
using Model = wm::BasicManifold<double, Basis, wm::LayerList>;
using Cubic = Model<wm::Bernstein<Interval, 3>>;

Cubic cubic() {
  Cubic model(wm::zeros, {}, wm::LayerList({3, 5, 2}, {"tanh", "identity"}));
  support::randomise(model, 1);
  return model;
}

struct Data {
  wm::Matrix<double> x = support::matrix<double>(12, 3, 2);
  wm::Matrix<double> y = support::matrix<double>(12, 2, 3);

  template <class M, class Reduce = wm::Mean>
  auto objective(M const& model, double decay = 0, Reduce reduce = {}) const {
    wm::Random random(wm::Seed{4});
    return wm::Objective(model, wm::LossFunctional(wm::MeanSquaredError{}, reduce), x,
                         wm::Contexts<Interval>(wm::uniform_points<Interval>(12, random)), y, std::vector<double>{},
                         std::optional(wm::Prior(model, decay, decay)));
  }
};

/// A loss that is infinite beyond a wall, and falls towards it.
auto const wall = wm::custom_loss([](auto const& prediction, auto const& target) {
  using std::log;
  return log(1 - prediction[0]) + 0.0 * target[0];
});

/// An objective whose values at trial points are high.
struct Uphill {
  decltype(Data{}.objective(std::declval<Cubic const&>())) objective;
  template <class T>
  double gradient(Cubic const& model, wm::Parameters<double>& gradient) {
    return objective.template gradient<T>(model, gradient);
  }
  template <class T>
  double value(Cubic const&) {
    return 1e9;
  }
};

/// An objective that has no memory for a value.
struct Failing {
  decltype(Data{}.objective(std::declval<Cubic const&>())) objective;
  template <class T>
  double gradient(Cubic const& model, wm::Parameters<double>& gradient) {
    return objective.template gradient<T>(model, gradient);
  }
  template <class T>
  [[noreturn]] double value(Cubic const&) {
    throw std::bad_alloc();
  }
};

}  // namespace

TEST_CASE("a backtracking step never raises the objective, and reports its result") {
  Data const data;
  for (double const first : {1e-3, 1.0, 1e6}) {
    for (double const stiffness : {0.0, 1.0}) {
      auto model = cubic();
      auto objective = data.objective(model, 1e-3);
      wm::Backtracking search(model, {.first_rate = first, .stiffness = stiffness});
      double before = objective.value(model);
      for (int i = 0; i < 30; ++i) {
        auto const start = model.parameters();
        auto const report = search.step(objective);
        CHECK(report.before == doctest::Approx(before).epsilon(1e-12));
        CHECK(report.after < report.before);
        CHECK(report.after == doctest::Approx(objective.value(model)).epsilon(1e-12));
        auto moved = model.parameters();
        moved.matrix() -= start.matrix();
        CHECK(report.movement == doctest::Approx(wm::MovementMetric(model).movement(model, moved)).epsilon(1e-9));
        before = report.after;
      }
    }
  }
}

TEST_CASE("at a minimum no step is taken") {
  auto model = cubic();
  Data data;
  model.parameters().set_zero();
  data.y.setZero();
  auto objective = data.objective(model);
  wm::Backtracking search(model);
  auto const report = search.step(objective);
  CHECK(report.rate == 0);
  CHECK(report.movement == 0);
  CHECK(report.after == report.before);
  CHECK(model.parameters().matrix().norm() == 0);
}

TEST_CASE("the worst context falls too") {
  Data const data;
  auto model = cubic();
  auto objective = data.objective(model, 0, wm::Cvar(0.25));
  wm::Backtracking search(model);
  double const start = objective.value(model);
  for (int i = 0; i < 100; ++i) {
    auto const report = search.step(objective);
    CHECK(report.after <= report.before);
  }
  CHECK(objective.value(model) < 0.5 * start);
}

TEST_CASE("a step to an infinite objective is too long; an infinite objective at the start is an error") {
  Model<wm::Line> model(wm::zeros, {}, wm::LayerList{wm::Dense<>(1, 1)});
  wm::Matrix<double> const ones = wm::Matrix<double>::Ones(3, 1);
  wm::Contexts<Interval> const contexts = wm::Contexts<Interval>::constant(Interval::at(0.5), 3);
  wm::Objective objective(model, wall, ones, contexts, ones);
  wm::Backtracking search(model, {.first_rate = 100});
  for (int i = 0; i < 5; ++i) {
    auto const report = search.step(objective);
    CHECK(report.after <= report.before);
    CHECK(std::isfinite(report.after));
  }
  model.bias(0, 0)[0] = model.bias(1, 0)[0] = 10;
  auto const before = model;
  CHECK_THROWS_AS(search.step(objective), wm::NumericalError);
  CHECK(model == before);
  CHECK_THROWS_AS(wm::integrate(model, objective, 1), wm::NumericalError);
  CHECK(model == before);
}

TEST_CASE("after a step that found no lower objective, the next one begins at the first rate") {
  auto model = cubic();
  Data const data;
  auto objective = data.objective(model);
  wm::Backtracking search(model, {.first_rate = 1e-3, .most_halvings = 20});
  Uphill uphill{objective};
  CHECK(search.step(uphill).rate == 0);
  CHECK(search.step(objective).rate == 1e-3);
}

TEST_CASE("an error at a trial point leaves the model unchanged") {
  auto model = cubic();
  auto const before = model.parameters();
  Failing failing{Data{}.objective(model)};
  wm::Backtracking flow(model);
  CHECK_THROWS_AS(flow.step(failing), std::bad_alloc);
  CHECK(model.parameters() == before);
}

TEST_CASE("an integration shortens a step to where the objective is NaN, and fails if its steps are fixed") {
  Model<wm::Line> model(wm::zeros, {}, wm::LayerList{wm::Dense<>(1, 1)});
  wm::Matrix<double> const ones = wm::Matrix<double>::Ones(3, 1);
  wm::Contexts<Interval> const contexts = wm::Contexts<Interval>::constant(Interval::at(0.5), 3);
  auto const near = wm::custom_loss([](auto const& prediction, auto const& target) {  // NaN from 2 on
    using std::log;
    auto const error = prediction[0] - target[0];
    return error * error + 0.0 * log(2 - prediction[0]);
  });
  wm::Objective objective(model, near, ones, contexts, ones);
  auto const before = model;
  CHECK_THROWS_AS(wm::integrate(model, objective, 100, {.fixed_steps = 1}), wm::NumericalError);
  CHECK(model == before);
  auto const report = wm::integrate(model, objective, 100, {.first_step = 100});
  CHECK(report.rejected > 0);
  CHECK(report.loss < 1e-6);
}

TEST_CASE("a failed integration leaves the model unchanged") {
  Data const data;
  auto model = cubic();
  auto const before = model;
  auto objective = data.objective(model);
  CHECK_THROWS_WITH_AS(wm::integrate(model, objective, 10, {.relative = 1e-9, .most_steps = 3}),
                       doctest::Contains("integration: expected to reach 10 in 3 steps"), wm::NumericalError);
  CHECK(model == before);
  for (double const bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_WITH_AS(wm::integrate(model, objective, bad),
                         doctest::Contains("expected a positive duration, tolerances and steps of at least 0, got "),
                         wm::ArgumentError);
  }
  CHECK_THROWS_AS(wm::integrate(model, objective, 1, {.relative = 0, .absolute = 0}), wm::ArgumentError);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (double const bad : {-1.0, infinity, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(wm::integrate(model, objective, 1, {.relative = bad}), wm::ArgumentError);
    CHECK_THROWS_AS(wm::integrate(model, objective, 1, {.absolute = bad}), wm::ArgumentError);
    CHECK_THROWS_AS(wm::integrate(model, objective, 1, {.first_step = bad}), wm::ArgumentError);
  }
  CHECK_THROWS_AS(wm::integrate(model, objective, infinity), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::integrate(model, objective, 1, {.most_steps = 0}),
                       doctest::Contains("expected most_steps of at least 1 and of at least fixed_steps, got 0 and 0"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::integrate(model, objective, 1, {.fixed_steps = 11, .most_steps = 10}),
                       doctest::Contains("and of at least fixed_steps, got 10 and 11"), wm::ArgumentError);
  CHECK(model == before);
  CHECK_THROWS_WITH_AS(
      wm::Backtracking(model, {.first_rate = 0}),
      doctest::Contains("backtracking: expected a positive rate, a share in (0, 1) and at least one halving, got 0, "),
      wm::ArgumentError);
  CHECK_THROWS_AS(wm::Backtracking(model, {.sufficient = 1}), wm::ArgumentError);
  CHECK(model == before);
  auto const start = objective.value(model);
  auto const report = wm::integrate(model, objective, 1);
  CHECK(report.loss < start);
  CHECK(report.loss == doctest::Approx(objective.value(model)).epsilon(1e-12));
}
