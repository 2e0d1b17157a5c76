#include "peak.hpp"

#include <wmanifold/core/parallel.hpp>
#include <wmanifold/core/simd.hpp>

#include <array>

namespace comparison {
namespace {

namespace wm = wmanifold;
using V = wm::simd::Batch<wm::HostTarget, float>;

constexpr int chains = 12;  // more than latency x units of any processor here, and within 16 registers
constexpr int length = 4096;

void chain() {
  std::array<V, chains> sums;
  float start = 1;
  keep(&start);  // the value may differ from call to call, so each call has to compute
  sums.fill(V(start));
  V const factor(0.999F);
  V const addend(0.001F);
  for (int i = 0; i < length; ++i) {
    for (V& sum : sums) {
      sum = wm::simd::fma(sum, factor, addend);
    }
  }
  keep(&sums);
}

void chains_on(int threads, std::size_t calls) {
#ifdef _OPENMP
  if (threads > 1) {
#pragma omp parallel num_threads(threads)
    for (std::size_t i = 0; i < calls; ++i) {
      chain();
    }
    return;
  }
#endif
  for (std::size_t i = 0; i < calls; ++i) {
    chain();
  }
}

}  // namespace

Case fma_loop(int threads) {
  double const flops = 2.0 * chains * length * static_cast<double>(V::size) * threads;
  return {.name = threads == 1 ? "fma-peak" : "fma-peak-2-threads",
          .contender = name::fma,
          .flops = flops,
          .threads = threads,
          .run = [threads](std::size_t calls) { chains_on(threads, calls); }};
}

void use_threads([[maybe_unused]] int count) {
#ifdef _OPENMP
  omp_set_num_threads(count);
#endif
}

std::string architecture() { return wm::HostTarget::SimdArch::name(); }

}  // namespace comparison
