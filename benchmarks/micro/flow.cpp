// Times a training step, on one thread and on more, and the part of each rule in it.

#include "model.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/flow/adam.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/flow/rule.hpp>

namespace wm = wmanifold;

namespace {

constexpr double rate = 1e-6;  // the model stays as it is, however long the benchmark runs

/// A whole step of the heavy ball: forward, loss, backward, update.
template <wm::Real R, class Basis>
void step(benchmark::State& state, wm::Index width, wm::Index batch, wm::Index each, int threads) {
  bench::use_threads(threads);
  auto model = micro::model_of<R, Basis>(width);
  micro::Batch<R, typename Basis::Topology> const data(batch, width, each);
  wm::GradientFlow flow{model, wm::MeanSquaredError{}, {.rate = rate, .momentum = 0.9}};
  for (auto _ : state) {
    benchmark::DoNotOptimize(flow.step(data.inputs, data.contexts, data.targets));
  }
  bench::use_threads(1);
  auto const work = micro::work_of(model, data.contexts);
  micro::count<R>(state, {.multiply_adds = work.forward + work.backward, .threads = threads});
}

/// The update alone, along a given gradient: metric, moments, parameters.
template <wm::Real R, class Basis, class Rule>
void descend(benchmark::State& state, Rule const& rule, wm::RuleOptions const& options) {
  auto model = micro::model_of<R, Basis>(state.range(0));
  wm::GradientFlow flow{model, wm::MeanSquaredError{}, rule, options};
  auto gradient = model.parameters().zeros_like();
  wm::Random random{wm::Seed{1}};
  for (R& number : gradient.numbers()) {
    number = static_cast<R>(0.01 * random.normal());
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(flow.descend(gradient));
  }
  // The gradient is read, parameters and moments are read and written.
  micro::count<R>(
      state, {.bytes = (3 + 2.0 * Rule::moments) * static_cast<double>(std::span(gradient.numbers()).size_bytes())});
}

template <wm::Real R, class Basis, class Rule>
void add_rule(std::string const& name, Rule const& rule, wm::RuleOptions const& options) {
  micro::add(micro::named<R>("flow/descend/rule:" + name, Basis::size),
             [=](benchmark::State& state) { descend<R, Basis>(state, rule, options); })
      ->ArgName("width")
      ->RangeMultiplier(4)
      ->Range(16, 256);
}

template <wm::Real R, class Basis>
void add_rules() {
  add_rule<R, Basis>("heavy_ball", wm::HeavyBall{0.9}, {.rate = rate});
  add_rule<R, Basis>("heavy_ball_euclidean", wm::HeavyBall{0.9}, {.rate = rate, .geometry = wm::Geometry::euclidean});
  add_rule<R, Basis>("heavy_ball_budget", wm::HeavyBall{0.9}, {.movement = rate});
  add_rule<R, Basis>("nesterov", wm::Nesterov{0.9}, {.rate = rate});
  add_rule<R, Basis>("adam", wm::Adam{}, {.rate = rate});
  add_rule<R, Basis>("adam_each", wm::Adam{.second_moment = wm::SecondMoment::each}, {.rate = rate});
  add_rule<R, Basis>("adamw", wm::Adam{.decay = 0.01}, {.rate = rate});
}

template <wm::Real R, int order>
void add_steps() {
  using Basis = micro::Circle<order>;
  auto const name = micro::named<R>("flow/step", Basis::size);
  auto* const of = micro::add(
      name, [](benchmark::State& state) { step<R, Basis>(state, state.range(0), state.range(1), state.range(2), 1); });
  micro::sweep_batches(of, order == 1);
}

template <wm::Real R>
void add_threads() {
  using Basis = micro::Circle<1>;
  auto* const of = micro::add(micro::named<R>("flow/step_threads", Basis::size), [](benchmark::State& state) {
    step<R, Basis>(state, state.range(0), 256, state.range(1), static_cast<int>(state.range(2)));
  });
  of->ArgNames({"width", "each", "threads"})->UseRealTime();
  int const most = bench::processors();
  for (wm::Index const width : {64, 128, 256, 512}) {
    for (wm::Index const each : {1, 32}) {
      for (int threads = 1; threads < most; threads *= 2) {
        of->Args({width, each, threads});
      }
      of->Args({width, each, most});
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  using Quadratic = wm::Bernstein<wm::Interval, 2>;  // its metric is not diagonal
  micro::for_reals([]<class R>() {
    micro::for_numbers<1, 2, 4, 8, 16>([]<int order>() { add_steps<R, order>(); });
    add_threads<R>();
    add_rules<R, micro::Circle<1>>();
  });
  add_rules<float, micro::Circle<4>>();
  add_rule<float, Quadratic>("heavy_ball_bernstein", wm::HeavyBall{0.9}, {.rate = rate});
  add_rule<float, Quadratic>("adam_bernstein", wm::Adam{}, {.rate = rate});
  return micro::run(argc, argv);
}
