// Times a block of samples while the context rests and while it moves: the median, and the distance of the slowest
// blocks from it.

#include <wmanifold/wmanifold.hpp>

#include <benchmark/benchmark.h>

#include <chrono>

namespace wm = wmanifold;

namespace {

using Knobs = wm::Product<wm::Interval, wm::Interval>;
using Model =
    wm::Manifold<wm::Bernstein<Knobs, 2>, wm::Dense<32, 16>, wm::Tanh, wm::Dense<16, 16>, wm::Tanh, wm::Dense<16, 1>>;

enum class Context { rests, moves };

template <Context context>
void walk(benchmark::State& state) {
  auto const block = static_cast<std::size_t>(state.range(0));
  wm::Random random{wm::Seed{1}};
  auto const targets = wm::uniform_points<Knobs>(64, random);
  auto const model = std::make_shared<Model const>(wm::he_normal.spread(0.3), wm::Seed{2});
  wm::Walker<Model> walker(model, targets[0], {.speed = 1e-3, .every = 32});
  std::vector<float> x(block + 31);
  std::vector<float> y(block);
  for (float& number : x) {
    number = static_cast<float>(random.normal());
  }
  wm::FlushDenormals const guard;
  std::vector<double> seconds;
  seconds.reserve(std::size_t{1} << 22);
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
}
BENCHMARK(walk<Context::rests>)->Arg(32)->Arg(64)->UseManualTime()->Name("walk/rests/block");
BENCHMARK(walk<Context::moves>)->Arg(32)->Arg(64)->UseManualTime()->Name("walk/moves/block");

}  // namespace

BENCHMARK_MAIN();
