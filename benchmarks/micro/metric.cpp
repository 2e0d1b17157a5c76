// Times the K x K matrices of a basis: metric, energy, the price of a step.

#include "micro.hpp"

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/metric/energy.hpp>
#include <wmanifold/metric/metric.hpp>
#include <wmanifold/metric/step_price.hpp>

namespace wm = wmanifold;

namespace {

template <wm::DifferentiableBasis Basis>
void add_basis(std::string const& name) {
  std::string const size = "/basis:" + name + "/K:" + std::to_string(Basis::size);
  micro::add("metric/inverse" + size, [](benchmark::State& state) {
    auto const gram = wm::gram_matrix(Basis{});
    for (auto _ : state) {
      wm::Metric const metric(gram);
      benchmark::DoNotOptimize(metric.inverse().data());
    }
  });
  micro::add("metric/energy" + size, [](benchmark::State& state) {
    for (auto _ : state) {
      benchmark::DoNotOptimize(wm::energy_matrix(Basis{}));
    }
  });
  micro::add("metric/step_price" + size, [](benchmark::State& state) {
    for (auto _ : state) {
      benchmark::DoNotOptimize(wm::step_price(Basis{}, wm::default_stiffness));
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  using Knobs = wm::Product<wm::Interval, wm::Interval>;
  micro::for_numbers<1, 2, 4, 8>([]<int n>() {
    add_basis<wm::Fourier<wm::S1, n>>("fourier");
    add_basis<wm::Legendre<wm::Interval, 2 * n>>("legendre");
  });
  micro::for_numbers<1, 2, 4>([]<int n>() { add_basis<wm::Legendre<Knobs, n>>("legendre_knobs"); });
  return micro::run(argc, argv);
}
