#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/simd.hpp>
#include <wmanifold/core/unroll.hpp>

#include <array>

namespace wmanifold::kernel {

namespace detail {

/// `Count` numbers on their way into the cache. Always inline: a call of what only fetches is dropped as of no effect.
template <Index Count, Real R>
[[gnu::always_inline]] inline void fetch(R const* from) noexcept {
  for (Index n = 0; n < Count; n += static_cast<Index>(alignment / sizeof(R))) {
    __builtin_prefetch(from + n);
  }
}

/// mix_rows for a number of rows that is known (std::integral_constant) or not (Index).
template <class T, Real R, class Rows>
void mix_these_rows(R const* coefficients, Rows rows, Index stride, Index count, R const* parameters, R* out) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  constexpr Index ahead = 48 * static_cast<Index>(alignment / sizeof(R));  // what L1 does not hold comes from afar
  constexpr int block = 4;
  auto const mix = [&]<int Vectors, bool Fetch>(Index n, std::integral_constant<int, Vectors>,
                                                std::bool_constant<Fetch>) {
    std::array<V, Vectors> sum;
    R const* from = parameters + n;
    V const first(coefficients[0]);
    fetch<Fetch ? Vectors * lanes : 0>(from + ahead);
    unroll<Vectors>([&](auto v) { sum[v] = first * V::load_unaligned(from + v * lanes); });
    for (Index k = 1; k < rows; ++k) {
      from += stride;
      V const coefficient(coefficients[k]);
      fetch<Fetch ? Vectors * lanes : 0>(from + ahead);
      unroll<Vectors>([&](auto v) { sum[v] = simd::fma(coefficient, V::load_unaligned(from + v * lanes), sum[v]); });
    }
    unroll<Vectors>([&](auto v) { sum[v].store_unaligned(out + n + v * lanes); });
  };
  Index n = 0;
  for (; n + ahead + block * lanes <= count; n += block * lanes) {
    mix(n, std::integral_constant<int, block>{}, std::true_type{});
  }
  for (; n + block * lanes <= count; n += block * lanes) {
    mix(n, std::integral_constant<int, block>{}, std::false_type{});
  }
  for (; n + lanes <= count; n += lanes) {
    mix(n, std::integral_constant<int, 1>{}, std::false_type{});
  }
  for (; n < count; ++n) {
    R sum = coefficients[0] * parameters[n];
    for (Index k = 1; k < rows; ++k) {
      sum += coefficients[k] * parameters[k * stride + n];
    }
    out[n] = sum;
  }
}

}  // namespace detail

/// out[n] = sum_k phi_k rows[k * stride + n], one pass over the K x count numbers: M(s) = phi(s)^T P.
template <class T, Real R>
void mix_rows(R const* coefficients, Index rows, Index stride, Index count, R const* parameters, R* out) noexcept {
  switch (rows) {
    case 2:
      return detail::mix_these_rows<T, R>(coefficients, std::integral_constant<Index, 2>{}, stride, count, parameters,
                                          out);
    case 3:
      return detail::mix_these_rows<T, R>(coefficients, std::integral_constant<Index, 3>{}, stride, count, parameters,
                                          out);
    default:
      return detail::mix_these_rows<T, R>(coefficients, rows, stride, count, parameters, out);
  }
}

}  // namespace wmanifold::kernel
