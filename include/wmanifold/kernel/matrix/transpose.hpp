#pragma once

#include <wmanifold/core/real.hpp>

#include <algorithm>

namespace wmanifold::kernel {

/// Sets to[c * to_stride + r] = from[r * from_stride + c], times scale[c * to_stride + r] where `scale` is not null. It
/// works in squares that stay in L1. Its inner loop is so short that its address in memory changes its speed by a
/// quarter; hence the alignment.
template <class T, Real R>
[[gnu::noinline, gnu::aligned(64)]] void transpose(Index rows, Index columns, R const* from, Index from_stride, R* to,
                                                   Index to_stride, R const* scale = nullptr) noexcept {
  constexpr Index square = 16;
  for (Index c0 = 0; c0 < columns; c0 += square) {
    Index const c1 = std::min(columns, c0 + square);
    for (Index r0 = 0; r0 < rows; r0 += square) {
      Index const r1 = std::min(rows, r0 + square);
      for (Index c = c0; c < c1; ++c) {
        R* const out = to + c * to_stride;
        for (Index r = r0; r < r1; ++r) {
          out[r] = from[r * from_stride + c];
        }
        if (scale != nullptr) {
          for (Index r = r0; r < r1; ++r) {
            out[r] *= scale[c * to_stride + r];
          }
        }
      }
    }
  }
}

}  // namespace wmanifold::kernel
