#pragma once

#include "text.hpp"

namespace comparison {

/// "31.42 ms", "94.1 ns"; `micro` is the sign of microseconds.
[[nodiscard]] inline std::string time_of(double seconds, char const* micro = "µs") {
  return seconds < 1e-6   ? demo::fixed(seconds * 1e9, 1) + " ns"
         : seconds < 1e-3 ? demo::joined(demo::fixed(seconds * 1e6, 2), ' ', micro)
                          : demo::fixed(seconds * 1e3, 2) + " ms";
}

}  // namespace comparison
