#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/adam.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <check/traps.hpp>
#include <support/batches.hpp>

// Sanitizers that watch the heap have their own allocation functions.
#ifndef WITHOUT_TRAPS

namespace wm = wmanifold;
using support::allocations_of;
using wm::Index;

namespace {

constexpr Index samples = 24;

template <class R, class B>
using Model = wm::BasicManifold<R, B, wm::LayerList>;

wm::LayerList dense() { return {wm::Dense<>(20, 30), wm::Relu{}, wm::Dense<>(30, 5)}; }
wm::LayerList placed() {
  return {wm::SharedDense<>(20, 30), wm::Tanh{}, wm::LowRankDense<>(30, 40, 3), wm::Tanh{},
          wm::Dense<>(40, 8),        wm::Tanh{}, wm::LowRankDense<>(8, 5, 2)};
}

/// Counts the allocations of steps on contexts per sample and on groups: in the first step of each, and in later ones.
template <class B, class R, class Rule>
void check_steps(wm::LayerList const& layers, Rule const& rule, wm::RuleOptions const& options, bool frozen = false) {
  using Space = typename B::Topology;
  auto const inputs = support::matrix<R>(samples, 20, 1);
  auto const targets = support::matrix<R>(samples, 5, 2);
  wm::Random random(wm::Seed{3});
  wm::Contexts<Space> const single(wm::uniform_points<Space>(samples, random));
  auto const grouped = wm::Contexts<Space>::grouped(wm::uniform_points<Space>(3, random), 8);
  Model<R, B> model(wm::he_normal.spread(0.1), wm::Seed{1}, {}, layers);
  if (frozen) {
    model.freeze(0);
  }
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, rule, options);
  auto const step_on_both = [&] {
    flow.step(inputs, single, targets);
    flow.step(inputs, grouped, targets);
  };
  CAPTURE(rule.name());
  CHECK(allocations_of(step_on_both) > 0);
  for (int i = 0; i < 3; ++i) {
    CHECK(allocations_of(step_on_both) == 0);
  }
}

}  // namespace

TEST_CASE("allocations are counted, of every kind") {
  // Calls the functions directly, as a compiler may leave out new-expressions.
  CHECK(allocations_of([] { ::operator delete(::operator new(3)); }) == 1);
  CHECK(allocations_of([] { ::operator delete[](::operator new[](3)); }) == 1);
  CHECK(allocations_of([] { ::operator delete (::operator new (3, std::align_val_t{64}), std::align_val_t{64}); }) ==
        1);
  CHECK(allocations_of([] { ::operator delete(::operator new(3, std::nothrow), std::nothrow); }) == 1);
#ifdef __GLIBC__
  double sum = 0;
  CHECK(allocations_of([&] { sum = wm::SmallMatrix::Ones(samples, samples).eval().sum(); }) == 1);
  CHECK(sum == samples * samples);
#endif
  CHECK(allocations_of([] {}) == 0);
}

TEST_CASE("no step allocates after the first, in a basis of local support, wherever the contexts are") {
  using Basis = wm::CatmullRom<wm::S1, 16>;
  auto const inputs = support::matrix<float>(samples, 20, 1);
  auto const targets = support::matrix<float>(samples, 5, 2);
  wm::Random random(wm::Seed{3});
  std::vector<wm::Contexts<wm::S1>> batches{std::vector(samples, wm::S1::degrees(10))};  // four of the rows
  for (int i = 0; i < 5; ++i) {
    batches.emplace_back(wm::uniform_points<wm::S1>(samples, random));
  }
  Model<float, Basis> model(wm::he_normal, wm::Seed{1}, {}, dense());
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, wm::HeavyBall{0.9}, {.rate = 0.01});
  flow.step(inputs, batches[0], targets);
  for (auto const& batch : batches) {
    CHECK(allocations_of([&] { flow.step(inputs, batch, targets); }) == 0);
  }

  for (auto const mixing : {wm::Mixing::by_groups, wm::Mixing::automatic}) {
    std::vector<wm::Contexts<wm::S1>> shared;
    for (int i = 0; i < 5; ++i) {
      auto points = wm::uniform_points<wm::S1>(8, random);
      shared.push_back(wm::Contexts<wm::S1>::grouped(i == 0 ? std::vector(8, points[0]) : std::move(points), 3));
    }
    wm::GradientFlow by_groups(model, wm::MeanSquaredError{}, wm::HeavyBall{0.9}, {.rate = 0.01});
    by_groups.workspace().mixing = mixing;
    by_groups.step(inputs, shared[0], targets);
    for (auto const& batch : shared) {
      CHECK(allocations_of([&] { by_groups.step(inputs, batch, targets); }) == 0);
      CHECK(!by_groups.workspace().coefficients.spans.empty());
    }
  }

  // Of five rows four meet, but one at a knot: a batch has spans or not.
  using Few = wm::CatmullRom<wm::S1, 5>;
  Model<float, Few> few(wm::he_normal, wm::Seed{1}, {}, dense());
  wm::GradientFlow other(few, wm::MeanSquaredError{}, wm::HeavyBall{0.9}, {.rate = 0.01});
  other.step(inputs, batches[1], targets);
  wm::Contexts<wm::S1> const knots(std::vector(samples, wm::S1::degrees(72)));
  CHECK(allocations_of([&] { other.step(inputs, knots, targets); }) == 0);
}

TEST_CASE_TEMPLATE("no step allocates after the first, under every rule", R, float, double) {
  wm::RuleOptions const at_rate{.rate = 0.01};
  for (wm::RuleOptions const& options :
       {at_rate, wm::RuleOptions{.movement = 0.01}, wm::RuleOptions{.rate = 0.01, .clip = 1e-3},
        wm::RuleOptions{.rate = 0.01, .geometry = wm::Geometry::euclidean}}) {
    check_steps<wm::Ellipse, R>(dense(), wm::HeavyBall{0.9}, options);
    check_steps<wm::Ellipse, R>(dense(), wm::Nesterov{}, options);
    check_steps<wm::Ellipse, R>(dense(), wm::Adam{.decay = 0.1}, options);
    check_steps<wm::Ellipse, R>(dense(), wm::Adam{.second_moment = wm::SecondMoment::each}, options);
  }
  check_steps<wm::Ellipse, R>(dense(), wm::Adam{.decay = 0.1}, at_rate, true);
  check_steps<wm::Ellipse, R>(dense(), wm::HeavyBall{0.9}, at_rate, true);
}

TEST_CASE_TEMPLATE("no step with shared and low-rank layers allocates after the first", R, float, double) {
  for (wm::RuleOptions const& options : {wm::RuleOptions{.rate = 0.01}, wm::RuleOptions{.movement = 0.01},
                                         wm::RuleOptions{.rate = 0.01, .clip = 1e-3}}) {
    check_steps<wm::Ellipse, R>(placed(), wm::HeavyBall{0.9}, options);
    check_steps<wm::Bernstein<wm::Interval, 2>, R>(placed(), wm::HeavyBall{0.9}, options);
    check_steps<wm::Ellipse, R>(placed(), wm::Nesterov{}, options);
    check_steps<wm::Ellipse, R>(placed(), wm::Adam{.decay = 0.1}, options);
    check_steps<wm::Ellipse, R>(placed(), wm::HeavyBall{0.9}, options, true);
  }
  wm::LayerList const large{wm::LowRankDense<>(20, 300, 4), wm::Tanh{}, wm::LowRankDense<>(300, 5, 4)};
  check_steps<wm::Ellipse, R>(large, wm::HeavyBall{0.9}, {.rate = 0.01});
}

TEST_CASE_TEMPLATE("no step of a plain network allocates, for any batch size seen before", R, float, double) {
  Model<R, wm::Constant<>> model(wm::he_normal, wm::Seed{1}, {}, dense());
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, {.rate = 0.01, .momentum = 0.9});
  auto const inputs = support::matrix<R>(samples, 20, 1);
  auto const targets = support::matrix<R>(samples, 5, 2);
  auto const epoch = [&] {
    flow.step(inputs, targets);
    flow.step(inputs.topRows(7), targets.topRows(7));
  };
  CHECK(allocations_of(epoch) > 0);
  CHECK(allocations_of(epoch) == 0);
}

TEST_CASE("a step without memory, wherever it runs out, changes nothing, and is the same when taken again") {
  auto const inputs = support::matrix<double>(samples, 20, 1);
  auto const targets = support::matrix<double>(samples, 5, 2);
  wm::Random random(wm::Seed{3});
  wm::Contexts<wm::S1> const contexts(wm::uniform_points<wm::S1>(samples, random));
  int failures = 0;
  auto const tried = [&](long granted) {  // the parameters after a step that may fail once at first
    Model<double, wm::Ellipse> model(wm::he_normal.spread(0.1), wm::Seed{1}, {}, placed());
    auto const before = model.parameters();
    wm::GradientFlow flow(model, wm::MeanSquaredError{}, wm::Adam{}, {.rate = 0.01, .clip = 0.1});
    auto const state = flow.state();
    try {
      support::short_of_memory(support::Shortage::lasting, granted, [&] { flow.step(inputs, contexts, targets); });
    } catch (std::bad_alloc const&) {
      ++failures;
      CHECK(model.parameters() == before);
      CHECK(flow.state() == state);
      flow.step(inputs, contexts, targets);
    }
    return model.parameters();
  };
  auto const expected = tried(1 << 20);
  CHECK(failures == 0);
  for (long granted = 0; granted == failures; ++granted) {
    CHECK(tried(granted) == expected);
  }
  CHECK(failures > 10);
}

#endif
