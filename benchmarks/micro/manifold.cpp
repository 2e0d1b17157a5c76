// Times a manifold: forming a network at a context, samples with their own contexts, forward and backward passes.

#include "model.hpp"

namespace wm = wmanifold;

namespace {

template <class M>
double bytes_of_row(M const& model) {
  return static_cast<double>(model.parameters().columns()) * sizeof(typename M::Scalar);
}

/// Forms the network at another context in place.
template <wm::Real R, class Basis>
void at(benchmark::State& state) {
  auto const model = micro::model_of<R, Basis>(state.range(0));
  wm::Random random{wm::Seed{1}};
  auto const points = wm::uniform_points<typename Basis::Topology>(64, random);
  auto network = model.at(points[0]);
  std::size_t i = 0;
  for (auto _ : state) {
    model.at(points[i++ % points.size()], network);
    benchmark::DoNotOptimize(network.parameters().data());
    benchmark::ClobberMemory();
  }
  micro::count<R>(state, {.multiply_adds = static_cast<double>(Basis::size * model.parameters().columns()),
                          .bytes = (Basis::size + 1) * bytes_of_row(model)});
}

/// A sample at a context of its own, without forming a network.
template <wm::Real R, class Basis>
void sample(benchmark::State& state) {
  auto const model = micro::model_of<R, Basis>(state.range(0));
  micro::Batch<R, typename Basis::Topology> const data(64, state.range(0), 1);
  std::vector<R> y(micro::outputs);
  std::vector<R> scratch(static_cast<std::size_t>(model.scratch_size()));
  std::size_t i = 0;
  for (auto _ : state) {
    std::span<R const> const x(data.inputs.row(static_cast<wm::Index>(i)).data(),
                               static_cast<std::size_t>(model.inputs()));
    model(data.contexts.points()[i], x, y, scratch);
    benchmark::DoNotOptimize(y.data());
    benchmark::ClobberMemory();
    i = (i + 1) % 64;
  }
  micro::count<R>(state, {.multiply_adds = static_cast<double>(Basis::size * wm::multiply_adds_of(model.stack())),
                          .bytes = Basis::size * bytes_of_row(model)});
}

template <wm::Real R, class Basis>
void forward(benchmark::State& state) {
  auto const model = micro::model_of<R, Basis>(state.range(0));
  micro::Batch<R, typename Basis::Topology> const data(state.range(1), state.range(0), state.range(2));
  wm::Workspace<R> work;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.forward(data.inputs, data.contexts, work).data());
    benchmark::ClobberMemory();
  }
  micro::count<R>(state, {.multiply_adds = micro::work_of(model, data.contexts).forward});
}

/// The backward pass alone: it changes nothing that the forward pass has kept.
template <wm::Real R, class Basis>
void backward(benchmark::State& state) {
  auto const model = micro::model_of<R, Basis>(state.range(0));
  micro::Batch<R, typename Basis::Topology> const data(state.range(1), state.range(0), state.range(2));
  wm::Workspace<R> work;
  auto gradient = model.parameters().zeros_like();
  model.forward(data.inputs, data.contexts, work);
  for (auto _ : state) {
    model.backward(data.inputs, data.contexts, data.targets, work, gradient);
    benchmark::DoNotOptimize(gradient.data());
    benchmark::ClobberMemory();
  }
  micro::count<R>(state, {.multiply_adds = micro::work_of(model, data.contexts).backward});
}

template <wm::Real R, int order>
void add_order() {
  using Basis = micro::Circle<order>;
  auto const named = [](char const* what) { return micro::named<R>(std::string("manifold/") + what, Basis::size); };
  constexpr bool is_whole = order == 1;
  constexpr wm::Index least = is_whole ? 16 : 64;
  constexpr wm::Index most = is_whole ? 512 : 64;
  micro::add(named("at"), at<R, Basis>)->ArgName("width")->RangeMultiplier(2)->Range(least, most);
  micro::add(named("sample"), sample<R, Basis>)->ArgName("width")->RangeMultiplier(2)->Range(least, most);
  micro::sweep_batches(micro::add(named("forward"), forward<R, Basis>), is_whole);
  micro::sweep_batches(micro::add(named("backward"), backward<R, Basis>), is_whole);
}

}  // namespace

int main(int argc, char** argv) {
  micro::for_reals([]<class R>() { micro::for_numbers<1, 2, 4, 8, 16>([]<int order>() { add_order<R, order>(); }); });
  return micro::run(argc, argv);
}
