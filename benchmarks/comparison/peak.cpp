#include "peak.hpp"

#include "common/fma_loop.hpp"

namespace comparison {

using Loop = bench::FmaLoop<float>;

Case fma_loop(int threads) {
  return {.name = threads == 1 ? "fma-peak" : "fma-peak-2-threads",
          .contender = name::fma,
          .flops = 2 * Loop::multiply_adds * threads,
          .threads = threads,
          .run = [threads](std::size_t calls) { Loop::run(threads, calls); }};
}

std::string architecture() { return wmanifold::HostTarget::SimdArch::name(); }

}  // namespace comparison
