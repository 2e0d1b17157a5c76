// Times kernels by themselves: products, activations with their derivatives, softmax.

#include "micro.hpp"

#include <wmanifold/kernel/elementwise/activate.hpp>
#include <wmanifold/kernel/elementwise/softmax.hpp>
#include <wmanifold/kernel/matrix/product.hpp>
#include <wmanifold/network/activation.hpp>

namespace wm = wmanifold;

namespace {

/// A product of square matrices.
template <wm::Real R>
void product(benchmark::State& state) {
  wm::Index const size = state.range(0);
  wm::Random random{wm::Seed{1}};
  auto const a = micro::normal_batch<R>(size, size, random);
  auto const b = micro::normal_batch<R>(size, size, random);
  wm::Matrix<R> c(size, size);
  for (auto _ : state) {
    wm::kernel::multiply<wm::HostTarget, R>(size, size, size, {a.data(), size, 1}, {b.data(), size, 1}, c.data(), size);
    benchmark::DoNotOptimize(c.data());
    benchmark::ClobberMemory();
  }
  auto const n = static_cast<double>(size);
  micro::count<R>(state, {.multiply_adds = n * n * n, .bytes = 3 * n * n * sizeof(R)});
}

/// Values and derivatives, in place; the values stay where the function takes them.
template <wm::Real R, class Activation>
void activate(benchmark::State& state) {
  wm::Index const count = state.range(0);
  wm::Random random{wm::Seed{1}};
  auto values = micro::normal_batch<R>(1, count, random);
  std::vector<R> derivatives(static_cast<std::size_t>(count));
  for (auto _ : state) {
    wm::kernel::activate<wm::HostTarget, R>(Activation{}, count, values.data(), derivatives.data());
    benchmark::DoNotOptimize(derivatives.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * count);
}

template <wm::Real R>
void softmax(benchmark::State& state) {
  wm::Index const count = state.range(0);
  wm::Random random{wm::Seed{1}};
  auto const logits = micro::normal_batch<R>(1, count, random);
  std::vector<R> slopes(static_cast<std::size_t>(count));
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        wm::kernel::softmax_cross_entropy<wm::HostTarget, R>(count, logits.data(), 0, slopes.data()));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * count);
}

template <wm::Real R, class Activation>
void add_activation(std::string const& name) {
  micro::add(micro::named<R>("kernel/activate/function:" + name), activate<R, Activation>)
      ->ArgName("numbers")
      ->RangeMultiplier(16)
      ->Range(16, 4096);
}

}  // namespace

int main(int argc, char** argv) {
  micro::for_reals([]<class R>() {
    micro::add(micro::named<R>("kernel/product"), product<R>)->ArgName("size")->RangeMultiplier(2)->Range(16, 512);
    add_activation<R, wm::Relu>("relu");
    add_activation<R, wm::Elu>("elu");
    add_activation<R, wm::Tanh>("tanh");
    add_activation<R, wm::Sigmoid>("sigmoid");
    add_activation<R, wm::Silu>("silu");
    add_activation<R, wm::Gelu>("gelu");
    add_activation<R, wm::Softplus>("softplus");
    micro::add(micro::named<R>("kernel/softmax"), softmax<R>)->ArgName("classes")->RangeMultiplier(8)->Range(2, 1024);
  });
  return micro::run(argc, argv);
}
