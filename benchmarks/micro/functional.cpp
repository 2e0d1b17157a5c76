// Times losses of samples, reductions of losses, priors, and a whole loss functional with its gradient.

#include "model.hpp"

#include <wmanifold/functional/custom_loss.hpp>
#include <wmanifold/functional/loss_functional.hpp>
#include <wmanifold/functional/pinball.hpp>
#include <wmanifold/functional/prior.hpp>

namespace wm = wmanifold;

namespace {

constexpr wm::Index samples = 64;

/// Losses and derivatives of a few samples, with `range(0)` outputs each.
template <wm::Real R, class Loss, class Targets>
void losses(benchmark::State& state, Loss const& loss, Targets const& targets_of) {
  wm::Random random{wm::Seed{1}};
  auto const predictions = micro::normal_batch<R>(samples, state.range(0), random);
  auto const targets = targets_of(state.range(0), random);
  auto const width = static_cast<std::size_t>(state.range(0));
  std::vector<R> slopes(width);
  auto const s = wm::Point<wm::Interval>::unchecked({0.3});
  for (auto _ : state) {
    for (wm::Index b = 0; b < samples; ++b) {
      std::span<R const> const row(predictions.row(b).data(), width);
      benchmark::DoNotOptimize(wm::loss_at<wm::HostTarget, Loss, R, wm::Interval>(loss, s, row, targets, b, slopes));
      benchmark::ClobberMemory();
    }
  }
  state.SetItemsProcessed(state.iterations() * samples);
}

template <wm::Real R>
void add_losses() {
  auto const rows = [](wm::Index width, wm::Random& random) { return micro::normal_batch<R>(samples, width, random); };
  auto const classes = [](wm::Index width, wm::Random& random) {
    std::vector<int> labels(samples);
    for (int& label : labels) {
      label = static_cast<int>(random.below(width));
    }
    return labels;
  };
  auto const add = [](char const* name, auto const& loss, auto const& targets) {
    micro::add(micro::named<R>(std::string("functional/loss/loss:") + name),
               [=](benchmark::State& state) { losses<R>(state, loss, targets); })
        ->ArgName("outputs")
        ->RangeMultiplier(8)
        ->Range(2, 1024);
  };
  add("mean_squared_error", wm::MeanSquaredError{}, rows);
  add("cross_entropy", wm::CrossEntropy{}, classes);
  add("pinball", wm::Pinball{}, rows);
  add("custom", wm::custom_loss([](auto const& y, auto const& target) {
        auto sum = 0 * y[0];
        for (std::size_t o = 0; o < y.size(); ++o) {
          sum += (y[o] - target[o]) * (y[o] - target[o]);
        }
        return sum;
      }),
      rows);
}

/// The reduction alone, of losses of `range(0)` samples with `range(1)` in each context.
template <class Reduce>
void reduction(benchmark::State& state, Reduce const& reduce) {
  auto const count = static_cast<std::size_t>(state.range(0));
  wm::Random random{wm::Seed{1}};
  std::vector<double> numbers(count);
  for (double& number : numbers) {
    number = random.uniform();
  }
  std::vector<double> shares(count);
  std::vector<wm::Index> ends;
  for (wm::Index end = state.range(1); end <= state.range(0); end += state.range(1)) {
    ends.push_back(end);
  }
  wm::ReductionScratch scratch;
  for (auto _ : state) {
    benchmark::DoNotOptimize(reduce(wm::SampleLosses{numbers, {}, ends, shares}, scratch));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

template <class Reduce>
void add_reduction(std::string const& name, Reduce const& reduce) {
  micro::add("functional/reduction/reduction:" + name, [=](benchmark::State& state) { reduction(state, reduce); })
      ->ArgNames({"samples", "each"})
      ->ArgsProduct({{64, 256, 1024, 4096, 16384}, {1, 32}});
}

/// Value and gradient of a model of width 64 on a batch.
template <wm::Real R, class Reduce>
void gradient(benchmark::State& state, Reduce const& reduce) {
  using Basis = micro::Circle<1>;
  auto const model = micro::model_of<R, Basis>(64);
  micro::Batch<R, wm::S1> const data(state.range(0), 64, state.range(1));
  wm::LossFunctional const functional(wm::MeanSquaredError{}, reduce);
  wm::Workspace<R> work;
  auto slope = model.parameters().zeros_like();
  for (auto _ : state) {
    benchmark::DoNotOptimize(functional.gradient(model, data.inputs, data.contexts, data.targets, work, slope));
  }
  auto const passes = micro::work_of(model, data.contexts);
  micro::count<R>(state, {.multiply_adds = passes.forward + passes.backward});
}

template <wm::Real R, class Reduce>
void add_gradient(std::string const& name, Reduce const& reduce) {
  micro::add(micro::named<R>("functional/gradient/reduction:" + name, 3),
             [=](benchmark::State& state) { gradient<R>(state, reduce); })
      ->ArgNames({"batch", "each"})
      ->ArgsProduct({{64, 256, 1024}, {1, 32}});
}

/// The gradient of weight decay and energy.
template <wm::Real R, int order>
void prior(benchmark::State& state) {
  auto const model = micro::model_of<R, micro::Circle<order>>(state.range(0));
  wm::Prior const prior(model, 0.1, 0.1);
  auto slope = model.parameters().zeros_like();
  for (auto _ : state) {
    prior.add_gradient(model, slope);
    benchmark::ClobberMemory();
  }
  auto const bytes = static_cast<double>(std::span(slope.numbers()).size_bytes());
  micro::count<R>(state, {.bytes = 3 * bytes});  // parameters are read, the gradient is read and written
}

}  // namespace

int main(int argc, char** argv) {
  add_reduction("mean", wm::Mean{});
  add_reduction("cvar", wm::Cvar(0.2));
  add_reduction("worst_context", wm::WorstContext{});
  micro::for_reals([]<class R>() {
    add_losses<R>();
    add_gradient<R>("mean", wm::Mean{});
    add_gradient<R>("cvar", wm::Cvar(0.2));
    add_gradient<R>("worst_context", wm::WorstContext{});
    micro::for_numbers<1, 4>([]<int order>() {
      micro::add(micro::named<R>("functional/prior", 2 * order + 1), prior<R, order>)
          ->ArgName("width")
          ->RangeMultiplier(4)
          ->Range(16, 256);
    });
  });
  return micro::run(argc, argv);
}
