#pragma once

#include <wmanifold/version.hpp>

#include <utility>

namespace wmanifold {

/// Calls body(i) for i = 0, ..., Count - 1, unrolled. If the body is always inline, the optimiser sees i as a constant
/// and keeps arrays of batches in registers. The body takes an int and is compiled once.
template <int Count, class Body>
[[gnu::always_inline]] inline constexpr void unroll(Body&& body) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    (body(I), ...);
  }
  (std::make_integer_sequence<int, Count>{});
}

}  // namespace wmanifold
