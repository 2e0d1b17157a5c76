// Times the preparation of data: gathering of samples, an epoch's mini-batches, standardisation.

#include "micro.hpp"

#include <wmanifold/data/gather.hpp>
#include <wmanifold/data/mini_batches.hpp>
#include <wmanifold/data/standardisation.hpp>

namespace wm = wmanifold;

namespace {

constexpr wm::Index samples = 4096;
constexpr wm::Index batch = 256;

/// A batch of samples at random places.
template <wm::Real R>
void gather(benchmark::State& state) {
  wm::Random random{wm::Seed{1}};
  auto const all = micro::normal_batch<R>(samples, state.range(0), random);
  auto const batches = wm::MiniBatches(samples, batch, wm::Seed{2}).epoch(0);
  std::size_t i = 0;
  for (auto _ : state) {
    auto const some = wm::gather(all, batches[i++ % batches.size()]);
    benchmark::DoNotOptimize(some.data());
  }
  micro::count<R>(state, {.bytes = 2.0 * batch * static_cast<double>(state.range(0)) * sizeof(R)});
}

void epoch(benchmark::State& state) {
  wm::MiniBatches const batches(state.range(0), 64, wm::Seed{2});
  wm::Index number = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(batches.epoch(number++).data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

template <wm::Real R>
void fit(benchmark::State& state) {
  wm::Random random{wm::Seed{1}};
  auto const all = micro::normal_batch<R>(samples, state.range(0), random);
  for (auto _ : state) {
    wm::Standardisation const own(all);
    benchmark::DoNotOptimize(own.mean().data());
  }
  micro::count<R>(state, {.bytes = static_cast<double>(all.size()) * sizeof(R)});
}

template <wm::Real R>
void apply(benchmark::State& state) {
  wm::Random random{wm::Seed{1}};
  auto const some = micro::normal_batch<R>(batch, state.range(0), random);
  wm::Standardisation const own(some);
  for (auto _ : state) {
    auto const result = own.apply(some);
    benchmark::DoNotOptimize(result.data());
  }
  micro::count<R>(state, {.bytes = 2 * static_cast<double>(some.size()) * sizeof(R)});
}

}  // namespace

int main(int argc, char** argv) {
  micro::add("data/epoch", epoch)->ArgName("samples")->RangeMultiplier(8)->Range(512, 1 << 18);
  micro::for_reals([]<class R>() {
    auto const sweep = [](char const* what, auto const& body) {
      micro::add(micro::named<R>(std::string("data/") + what), body)
          ->ArgName("width")
          ->RangeMultiplier(4)
          ->Range(16, 1024);
    };
    sweep("gather", gather<R>);
    sweep("standardisation_fit", fit<R>);
    sweep("standardisation_apply", apply<R>);
  });
  return micro::run(argc, argv);
}
