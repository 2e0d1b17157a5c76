#pragma once

#include "case.hpp"

#include <string>

namespace comparison {

/// Nothing but fused multiply-adds in registers, on so many threads: what the processor can do at most.
[[nodiscard]] Case fma_loop(int threads);

/// From now on at most so many, by all that is built on OpenMP: this library, oneDNN, BLIS, LibTorch.
void use_threads(int count);

/// The SIMD architecture that this program is compiled for.
[[nodiscard]] std::string architecture();

}  // namespace comparison
