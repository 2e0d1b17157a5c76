#pragma once

#include <wmanifold/core/simd.hpp>

#include <array>

namespace wmanifold::kernel {

/// One sample through one row: y = W x + b.
template <class T, Real R>
void dense_point(R const* parameters, Index inputs, Index outputs, R const* x, R* y) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  R const* const bias = parameters + inputs * outputs;
  Index o = 0;
  auto const columns = [&]<int Vectors>(std::integral_constant<int, Vectors>) {
    for (; o + Vectors * lanes <= outputs; o += Vectors * lanes) {
      std::array<V, Vectors> sum;
      for (int v = 0; v < Vectors; ++v) {
        sum[v] = V::load_unaligned(bias + o + v * lanes);
      }
      R const* weights = parameters + o;
      for (Index i = 0; i < inputs; ++i, weights += outputs) {
        V const left(x[i]);
        for (int v = 0; v < Vectors; ++v) {
          sum[v] = simd::fma(left, V::load_unaligned(weights + v * lanes), sum[v]);
        }
      }
      for (int v = 0; v < Vectors; ++v) {
        sum[v].store_unaligned(y + o + v * lanes);
      }
    }
  };
  columns(std::integral_constant<int, 4>{});
  columns(std::integral_constant<int, 1>{});
  for (; o < outputs; ++o) {
    R sum = bias[o];
    for (Index i = 0; i < inputs; ++i) {
      sum += x[i] * parameters[i * outputs + o];
    }
    y[o] = sum;
  }
}

}  // namespace wmanifold::kernel
