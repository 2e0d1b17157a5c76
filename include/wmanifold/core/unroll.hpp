#pragma once

#include <wmanifold/version.hpp>

#include <utility>

namespace wmanifold {

/// Calls body(i) for i = 0, ..., Count - 1, written out. Where the body is always inline, i is a constant to the
/// optimiser, and what it keeps in an array of batches stays in registers; a body of an int is compiled once.
template <int Count, class Body>
[[gnu::always_inline]] inline constexpr void unroll(Body&& body) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    (body(I), ...);
  }
  (std::make_integer_sequence<int, Count>{});
}

}  // namespace wmanifold
