#pragma once

#include <wmanifold/core/parallel.hpp>
#include <wmanifold/core/simd.hpp>

namespace wmanifold::kernel {

/// out[n] = sum_k phi_k rows[k * stride + n], one pass over the K x count numbers: M(s) = phi(s)^T P.
template <class T, Real R>
void mix_rows(R const* coefficients, Index rows, Index stride, Index count, R const* parameters, R* out) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  Index n = 0;
  for (; n + lanes <= count; n += lanes) {
    V sum = V(coefficients[0]) * V::load_unaligned(parameters + n);
    for (Index k = 1; k < rows; ++k) {
      sum = simd::fma(V(coefficients[k]), V::load_unaligned(parameters + k * stride + n), sum);
    }
    sum.store_unaligned(out + n);
  }
  for (; n < count; ++n) {
    R sum = coefficients[0] * parameters[n];
    for (Index k = 1; k < rows; ++k) {
      sum += coefficients[k] * parameters[k * stride + n];
    }
    out[n] = sum;
  }
}

/// rows[k * stride + n] += phi_k point[n]: the gradient at a point, handed back to the rows.
template <class T, Real R>
void scatter_to_rows(R const* coefficients, Index rows, Index stride, Index count, R const* point,
                     R* gradient) noexcept {
  for (Index k = 0; k < rows; ++k) {
    R const phi = coefficients[k];
    R* const row = gradient + k * stride;
    for (Index n = 0; n < count; ++n) {
      row[n] += phi * point[n];
    }
  }
}

}  // namespace wmanifold::kernel
