#pragma once

#include <wmanifold/version.hpp>

#include <type_traits>
#include <utility>

namespace wmanifold {

/// Calls body(std::integral_constant<int, i>) for i = 0, ..., Count - 1, written out: what a body keeps in an array of
/// batches stays in registers.
template <int Count, class Body>
[[gnu::always_inline]] inline constexpr void unroll(Body&& body) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    (body(std::integral_constant<int, I>{}), ...);
  }
  (std::make_integer_sequence<int, Count>{});
}

}  // namespace wmanifold
