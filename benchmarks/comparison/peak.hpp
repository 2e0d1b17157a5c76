#pragma once

#include "case.hpp"

#include <string>

namespace comparison {

/// Measures fused multiply-adds in registers on this many threads: the processor's peak.
[[nodiscard]] Case fma_loop(int threads);

/// Names the SIMD architecture that this program is compiled for.
[[nodiscard]] std::string architecture();

}  // namespace comparison
