#pragma once

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

}  // namespace wmanifold::kernel
