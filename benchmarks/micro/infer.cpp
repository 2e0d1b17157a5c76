// Times the inference of a context from samples: by the loss of labels and by the entropy of predictions.

#include "model.hpp"

#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/functional/prediction_entropy.hpp>
#include <wmanifold/infer/context.hpp>

namespace wm = wmanifold;

namespace {

/// The samples of groups with a context each, labelled by the model itself and noise.
template <class M>
struct Seen {
  using R = typename M::Scalar;
  wm::Matrix<R> inputs;
  wm::Matrix<R> targets;
  std::vector<wm::Index> sizes;

  Seen(M const& model, wm::Index samples, wm::Index groups) : sizes(static_cast<std::size_t>(groups), samples) {
    wm::Random random{wm::Seed{3}};
    inputs = micro::normal_batch<R>(samples * groups, model.inputs(), random);
    auto const contexts =
        wm::Contexts<typename M::Topology>::grouped(wm::uniform_points<typename M::Topology>(groups, random), samples);
    targets = model.predict(inputs, contexts);
    targets += R(0.1) * micro::normal_batch<R>(samples * groups, model.outputs(), random);
  }
};

void count_samples(benchmark::State& state, wm::Index samples) {
  state.SetItemsProcessed(state.iterations() * samples);
}

template <wm::Real R, class Basis>
void labelled(benchmark::State& state, wm::Index width, wm::Index samples, wm::Index groups) {
  auto const model = micro::model_of<R, Basis>(width);
  Seen const seen(model, samples, groups);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        wm::infer_contexts(model, wm::MeanSquaredError{}, seen.inputs, seen.targets, seen.sizes).front().objective);
  }
  count_samples(state, samples * groups);
}

template <wm::Real R, class Basis>
void unlabelled(benchmark::State& state, wm::Index width, wm::Index samples) {
  auto const model = micro::model_of<R, Basis>(width);
  Seen const seen(model, samples, 1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(wm::infer_context(model, wm::PredictionEntropy{}, seen.inputs).objective);
  }
  count_samples(state, samples);
}

template <wm::Real R, class Basis>
void add_basis(std::string const& space, bool is_whole) {
  std::string const by_labels = micro::named<R>("infer/labels/space:" + space, Basis::size);
  auto* const of = micro::add(by_labels, [](benchmark::State& state) {
    labelled<R, Basis>(state, state.range(0), state.range(1), state.range(2));
  });
  of->ArgNames({"width", "samples", "groups"})->Args({32, 32, 1})->Unit(benchmark::kMicrosecond);
  if (is_whole) {
    of->ArgsProduct({{32}, {8, 128, 512}, {1}});
    of->ArgsProduct({{16, 64, 128}, {32}, {1}});
    of->ArgsProduct({{32}, {32}, {4, 16}});
  }
}

template <wm::Real R>
void add_entropy() {
  using Basis = micro::Circle<1>;
  micro::add(micro::named<R>("infer/entropy/space:s1", Basis::size),
             [](benchmark::State& state) { unlabelled<R, Basis>(state, 32, state.range(0)); })
      ->ArgName("samples")
      ->RangeMultiplier(4)
      ->Range(8, 512)
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace

int main(int argc, char** argv) {
  add_basis<float, micro::Circle<1>>("s1", true);
  add_basis<float, micro::Circle<4>>("s1", false);
  add_basis<float, wm::CatmullRom<wm::S1, 16>>("s1_local", true);
  add_basis<float, wm::Fourier<wm::Torus<2>, 1>>("torus2", false);
  add_basis<double, micro::Circle<1>>("s1", true);
  add_entropy<float>();
  return micro::run(argc, argv);
}
