#pragma once

#include <wmanifold/core/simd.hpp>

#include <algorithm>
#include <array>

namespace wmanifold::kernel {

/// How many columns of a K x N block are worked on at a time: K of them stay in L1.
inline constexpr Index descent_columns = 256;

/// velocity = momentum * before + inverse_metric * gradient, over the K x N block; `inverse_metric` is K x K,
/// row-major. Rows of all blocks are `stride` apart.
template <class T, Real R>
void accumulate_direction(R const* inverse_metric, Index rows, Index stride, Index count, R momentum, R const* gradient,
                          R const* before, R* velocity) {
  for (Index n0 = 0; n0 < count; n0 += descent_columns) {
    Index const n1 = std::min(count, n0 + descent_columns);
    for (Index k = 0; k < rows; ++k) {
      R const* const old = before + k * stride;
      R* const to = velocity + k * stride;
      for (Index n = n0; n < n1; ++n) {
        to[n] = momentum * old[n];
      }
      for (Index j = 0; j < rows; ++j) {
        R const factor = inverse_metric[k * rows + j];
        if (factor != 0) {
          R const* const from = gradient + j * stride;
          for (Index n = n0; n < n1; ++n) {
            to[n] += factor * from[n];
          }
        }
      }
    }
  }
}

/// trace(V^T G V) over the K x N block, summed in double: the squared movement of the step V.
template <class T, Real R>
[[nodiscard]] double squared_movement(double const* gram, Index rows, Index stride, Index count, R const* step) {
  std::array<double, descent_columns> column;
  double total = 0;
  for (Index n0 = 0; n0 < count; n0 += descent_columns) {
    Index const n1 = std::min(count, n0 + descent_columns);
    for (Index k = 0; k < rows; ++k) {
      column.fill(0);
      for (Index j = 0; j < rows; ++j) {
        double const factor = gram[k * rows + j];
        if (factor != 0) {
          R const* const from = step + j * stride;
          for (Index n = n0; n < n1; ++n) {
            column[n - n0] += factor * static_cast<double>(from[n]);
          }
        }
      }
      R const* const own = step + k * stride;
      for (Index n = n0; n < n1; ++n) {
        total += column[n - n0] * static_cast<double>(own[n]);
      }
    }
  }
  return total;
}

/// parameters += factor * direction over the K x N block.
template <class T, Real R>
void advance(R factor, Index rows, Index stride, Index count, R const* direction, R* parameters) {
  for (Index k = 0; k < rows; ++k) {
    for (Index n = 0; n < count; ++n) {
      parameters[k * stride + n] += factor * direction[k * stride + n];
    }
  }
}

}  // namespace wmanifold::kernel
