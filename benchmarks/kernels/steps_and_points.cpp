// Times a training step, a prediction at a fixed context, and a move of the context.
//
// Multiply-adds per second (MACs) stand beside each time, for comparison with the machine's peak.

#include <wmanifold/wmanifold.hpp>

#include <benchmark/benchmark.h>

namespace wm = wmanifold;

namespace {

template <class Basis>
using Model = wm::Manifold<Basis, wm::Dense<196, 32>, wm::Relu, wm::Dense<32, 32>, wm::Relu, wm::Dense<32, 10>>;

constexpr wm::Index batch = 96;

struct Batch {
  wm::Matrix<float> inputs{batch, 196};
  std::vector<int> labels = std::vector<int>(batch);

  explicit Batch(wm::Random& random) {
    for (float& x : inputs.reshaped()) {
      x = static_cast<float>(random.normal());
    }
    for (int& label : labels) {
      label = static_cast<int>(random.below(10));
    }
  }
};

void count_multiply_adds(benchmark::State& state, double each) {
  state.counters["MACs"] = benchmark::Counter(each, benchmark::Counter::kIsIterationInvariantRate);
}

/// A step with groups of `range(0)` samples to a context.
template <class Basis>
void training_step(benchmark::State& state) {
  using T = typename Basis::Topology;
  wm::Random random{wm::Seed{1}};
  Batch const data(random);
  Model<Basis> model{wm::he_normal, wm::Seed{2}};
  wm::GradientFlow flow{model, wm::CrossEntropy{}, {.rate = 1e-6, .momentum = 0.9}};
  wm::Index const each = state.range(0);
  auto points = wm::uniform_points<T>(batch / each, random);
  auto const contexts = each == 1 ? wm::Contexts<T>(points) : wm::Contexts<T>::grouped(points, each);
  for (auto _ : state) {
    benchmark::DoNotOptimize(flow.step(data.inputs, contexts, data.labels));
  }
  // Forward, weight gradient, and input gradient of all layers but the first, counted as for a plain network.
  auto const all = static_cast<double>(wm::multiply_adds_of(model.stack()));
  auto const first = static_cast<double>(model.stack().dense(0).weights());
  count_multiply_adds(state, batch * (3 * all - first));
}
BENCHMARK(training_step<wm::Constant<>>)->Arg(1)->Name("step/plain");
BENCHMARK(training_step<wm::Ellipse>)->Arg(1)->Arg(8)->Arg(32)->Name("step/ellipse/samples_per_context");
BENCHMARK(training_step<wm::Fourier<wm::S1, 2>>)->Arg(1)->Arg(8)->Arg(32)->Name("step/fourier2/samples_per_context");

/// One sample at a fixed context: an ordinary network.
template <class Basis>
void prediction(benchmark::State& state) {
  wm::Random random{wm::Seed{1}};
  Batch const data(random);
  Model<Basis> const model{wm::he_normal.spread(0.3), wm::Seed{2}};
  auto const network = model.at(wm::uniform_point<typename Basis::Topology>(random));
  std::array<float, 10> logits{};
  for (auto _ : state) {
    network(std::span<float const>(data.inputs.data(), 196), logits);
    benchmark::DoNotOptimize(logits);
  }
  count_multiply_adds(state, static_cast<double>(wm::multiply_adds_of(model.stack())));
}
BENCHMARK(prediction<wm::Constant<>>)->Name("predict/plain");
BENCHMARK(prediction<wm::Ellipse>)->Name("predict/ellipse");
BENCHMARK(prediction<wm::Fourier<wm::S1, 2>>)->Name("predict/fourier2");

/// A move of the context: forms the network at another point in place.
template <class Basis>
void move(benchmark::State& state) {
  wm::Random random{wm::Seed{1}};
  Model<Basis> const model{wm::he_normal.spread(0.3), wm::Seed{2}};
  auto const points = wm::uniform_points<typename Basis::Topology>(64, random);
  auto network = model.at(points[0]);
  std::size_t i = 0;
  for (auto _ : state) {
    model.at(points[i++ % points.size()], network);
    benchmark::DoNotOptimize(network.parameters().data());
  }
  count_multiply_adds(state, static_cast<double>(Model<Basis>::basis_size() * model.parameters().columns()));
}
BENCHMARK(move<wm::Ellipse>)->Name("move/ellipse");
BENCHMARK(move<wm::Fourier<wm::S1, 2>>)->Name("move/fourier2");

}  // namespace

BENCHMARK_MAIN();
