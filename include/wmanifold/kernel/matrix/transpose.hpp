#pragma once

#include <wmanifold/core/real.hpp>
#include <wmanifold/core/unroll.hpp>

#include <algorithm>

namespace wmanifold::kernel {

/// Sets to[c * to_stride + r] = from[r * from_stride + c], times scale[c * to_stride + r] where `scale` is not null. It
/// works in squares that stay in L1, four rows at a time, whose numbers are stored together.
template <class T, Real R>
[[gnu::noinline]] void transpose(Index rows, Index columns, R const* from, Index from_stride, R* to, Index to_stride,
                                 R const* scale = nullptr) noexcept {
  constexpr Index square = 16;
  constexpr int few = 4;
  auto const move = [=](auto count, Index r, Index c) __attribute__((always_inline)) {
    R numbers[count()];
    unroll<count()>([&](int i) __attribute__((always_inline)) { numbers[i] = from[(r + i) * from_stride + c]; });
    Index const at = c * to_stride + r;
    if (scale != nullptr) {
      unroll<count()>([&](int i) __attribute__((always_inline)) { numbers[i] *= scale[at + i]; });
    }
    unroll<count()>([&](int i) __attribute__((always_inline)) { to[at + i] = numbers[i]; });
  };
  for (Index c0 = 0; c0 < columns; c0 += square) {
    Index const c1 = std::min(columns, c0 + square);
    for (Index r0 = 0; r0 < rows; r0 += square) {
      Index const r1 = std::min(rows, r0 + square);
      Index r = r0;
      for (; r + few <= r1; r += few) {
        for (Index c = c0; c < c1; ++c) {
          move(std::integral_constant<int, few>{}, r, c);
        }
      }
      for (; r < r1; ++r) {
        for (Index c = c0; c < c1; ++c) {
          move(std::integral_constant<int, 1>{}, r, c);
        }
      }
    }
  }
}

}  // namespace wmanifold::kernel
