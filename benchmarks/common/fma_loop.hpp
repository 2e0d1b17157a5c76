#pragma once

#include "keep.hpp"

#include <wmanifold/core/parallel.hpp>
#include <wmanifold/core/simd.hpp>

#include <array>
#include <cstddef>

namespace bench {

/// Fused multiply-adds in registers, without memory: the processor's peak in R.
template <wmanifold::Real R>
class FmaLoop {
  using V = wmanifold::simd::Batch<wmanifold::HostTarget, R>;
  static constexpr int chains = 12;  // more than latency x units of any processor here, and within 16 registers
  static constexpr int length = 4096;

 public:
  /// Multiply-adds of a call on one thread.
  static constexpr double multiply_adds = static_cast<double>(V::size) * chains * length;

  /// Makes this many calls on each of the threads.
  static void run(int threads, std::size_t calls) {
#ifdef _OPENMP
    if (threads > 1) {
#pragma omp parallel num_threads(threads)
      run_here(calls);
      return;
    }
#endif
    static_cast<void>(threads);
    run_here(calls);
  }

 private:
  static void run_here(std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      call();
    }
  }

  static void call() {
    std::array<V, chains> sums;
    R start = 1;
    keep(&start);  // the value may differ from call to call, so each call has to compute
    sums.fill(V(start));
    V const factor(static_cast<R>(0.999));
    V const addend(static_cast<R>(0.001));
    for (int i = 0; i < length; ++i) {
      for (V& sum : sums) {
        sum = wmanifold::simd::fma(sum, factor, addend);
      }
    }
    keep(&sums);
  }
};

}  // namespace bench
