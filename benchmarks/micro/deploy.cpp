// Times a walker: blocks of samples while the context rests and while it moves, and the distance of the slowest blocks
// from the median.

#include "micro.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/deploy/flush_denormals.hpp>
#include <wmanifold/deploy/walker.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <chrono>
#include <memory>

namespace wm = wmanifold;

namespace {

using Knobs = wm::Product<wm::Interval, wm::Interval>;

/// A network 32-width-width-1 with two knobs, K = 9.
template <int width>
using Model = wm::Manifold<wm::Bernstein<Knobs, 2>, wm::Dense<32, width>, wm::Tanh, wm::Dense<width, width>, wm::Tanh,
                           wm::Dense<width, 1>>;

enum class Context { rests, moves };

template <int width, Context context>
void walk(benchmark::State& state) {
  auto const block = static_cast<std::size_t>(state.range(0));
  wm::Random random{wm::Seed{1}};
  auto const targets = wm::uniform_points<Knobs>(64, random);
  auto const model = std::make_shared<Model<width> const>(wm::he_normal.spread(0.3), wm::Seed{2});
  wm::Walker<Model<width>> walker(model, targets[0], {.speed = 1e-3, .every = 32});
  auto const signal = micro::normal_batch<float>(1, state.range(0) + 31, random);
  std::span<float const> const x(signal.data(), static_cast<std::size_t>(signal.size()));
  std::vector<float> y(block);
  wm::FlushDenormals const guard;
  std::vector<double> seconds;
  seconds.reserve(std::size_t{1} << 20);
  std::size_t i = 0;
  for (auto _ : state) {
    auto const start = std::chrono::steady_clock::now();
    if constexpr (context == Context::moves) {
      walker.set_target(targets[i++ / 16 % targets.size()]);
    }
    walker.process(x, 1, y);
    benchmark::DoNotOptimize(y.data());
    std::chrono::duration<double> const taken = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(taken.count());
    if (seconds.size() < seconds.capacity()) {
      seconds.push_back(taken.count());
    }
  }
  std::sort(seconds.begin(), seconds.end());
  auto const below = [&](double share) {
    return seconds[static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1))];
  };
  state.counters["p50"] = below(0.5);
  state.counters["p99"] = below(0.99);
  state.counters["p99.9"] = below(0.999);
  state.counters["p99.99"] = below(0.9999);
  state.counters["most"] = seconds.back();
  double const evaluations = static_cast<double>(wm::multiply_adds_of(model->stack())) * static_cast<double>(block);
  micro::count<float>(state, {.multiply_adds = evaluations});  // of the samples; moves are not counted
}

template <int width>
void add_width() {
  auto const sweep = [](std::string const& name, auto const& body) {
    micro::add(name + "/width:" + std::to_string(width), body)
        ->ArgName("block")
        ->RangeMultiplier(2)
        ->Range(16, 512)
        ->UseManualTime();
  };
  sweep("deploy/walker/context:rests", walk<width, Context::rests>);
  sweep("deploy/walker/context:moves", walk<width, Context::moves>);
}

}  // namespace

int main(int argc, char** argv) {
  micro::for_numbers<8, 16, 32, 64>([]<int width>() { add_width<width>(); });
  return micro::run(argc, argv);
}
