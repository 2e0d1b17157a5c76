// Times an ordinary network: single samples, blocks of samples, batches.

#include "micro.hpp"

#include <wmanifold/network/network.hpp>

namespace wm = wmanifold;

namespace {

// Networks width-width-width-10.
constexpr wm::Index outputs = 10;

/// Sizes are data.
template <wm::Real R>
using Sized = wm::BasicNetwork<R, wm::Dense<>, wm::Relu, wm::Dense<>, wm::Relu, wm::Dense<>>;
/// Sizes are in the type.
template <wm::Real R, int width>
using Typed = wm::BasicNetwork<R, wm::Dense<width, width>, wm::Relu, wm::Dense<width, width>, wm::Relu,
                               wm::Dense<width, outputs>>;

template <class Network>
void draw(Network& network, wm::Random& random) {
  using R = typename Network::Scalar;
  double const deviation = 1 / std::sqrt(static_cast<double>(network.inputs()));
  for (R& number : network.parameters()) {
    number = static_cast<R>(deviation * random.normal());
  }
}

/// Multiply-adds of the samples, and the parameters that are read once.
template <class Network>
micro::Work work_of(Network const& network, wm::Index samples) {
  return {.multiply_adds = static_cast<double>(samples * wm::multiply_adds_of(network.stack())),
          .bytes = static_cast<double>(network.parameters().size_bytes())};
}

/// One sample after the other, 64 different ones in turn.
template <class Network>
void sample(benchmark::State& state, Network network) {
  using R = typename Network::Scalar;
  wm::Random random{wm::Seed{1}};
  draw(network, random);
  auto const inputs = micro::normal_batch<R>(64, network.inputs(), random);
  std::vector<R> y(static_cast<std::size_t>(network.outputs()));
  std::vector<R> scratch(static_cast<std::size_t>(network.scratch_size()));
  wm::Index i = 0;
  for (auto _ : state) {
    std::span<R const> const x(inputs.row(i++ % 64).data(), static_cast<std::size_t>(network.inputs()));
    network(x, y, scratch);
    benchmark::DoNotOptimize(y.data());
    benchmark::ClobberMemory();
  }
  micro::count<R>(state, work_of(network, 1));
}

/// A window of the network's inputs that slides over a signal.
template <class Network>
void block(benchmark::State& state, Network network, wm::Index samples) {
  using R = typename Network::Scalar;
  wm::Random random{wm::Seed{1}};
  draw(network, random);
  auto const signal = micro::normal_batch<R>(1, samples + network.inputs() - 1, random);
  std::span<R const> const x(signal.data(), static_cast<std::size_t>(signal.size()));
  std::vector<R> y(static_cast<std::size_t>(samples * network.outputs()));
  std::vector<R> scratch(static_cast<std::size_t>(network.block_scratch_size(std::min<wm::Index>(samples, 32))));
  for (auto _ : state) {
    network.process(x, 1, y, scratch);
    benchmark::DoNotOptimize(y.data());
    benchmark::ClobberMemory();
  }
  micro::count<R>(state, work_of(network, samples));
}

template <class Network>
void batch(benchmark::State& state, Network network, wm::Index samples) {
  using R = typename Network::Scalar;
  wm::Random random{wm::Seed{1}};
  draw(network, random);
  auto const inputs = micro::normal_batch<R>(samples, network.inputs(), random);
  wm::Workspace<R> work;
  for (auto _ : state) {
    benchmark::DoNotOptimize(network.predict(inputs, work).data());
    benchmark::ClobberMemory();
  }
  micro::count<R>(state, work_of(network, samples));
}

template <wm::Real R>
Sized<R> sized(wm::Index width) {
  return Sized<R>(wm::Dense<>(width, width), {}, wm::Dense<>(width, width), {}, wm::Dense<>(width, outputs));
}

}  // namespace

int main(int argc, char** argv) {
  micro::for_reals([]<class R>() {
    micro::add(micro::named<R>("network/sample"),
               [](benchmark::State& state) { sample(state, sized<R>(state.range(0))); })
        ->ArgName("width")
        ->RangeMultiplier(2)
        ->Range(8, 512);
    micro::for_numbers<8, 16, 32, 64>([]<int width>() {
      micro::add(micro::named<R>("network/typed_sample") + "/width:" + std::to_string(width),
                 [](benchmark::State& state) { sample(state, Typed<R, width>{}); });
    });
    micro::add(micro::named<R>("network/block"),
               [](benchmark::State& state) { block(state, sized<R>(state.range(0)), state.range(1)); })
        ->ArgNames({"width", "samples"})
        ->ArgsProduct({{16, 32, 128}, {1, 4, 16, 64, 256}});
    micro::add(micro::named<R>("network/batch"),
               [](benchmark::State& state) { batch(state, sized<R>(state.range(0)), state.range(1)); })
        ->ArgNames({"width", "batch"})
        ->ArgsProduct({{16, 32, 128}, {1, 4, 16, 64, 256}});
  });
  return micro::run(argc, argv);
}
