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

/// mix_rows for a number of rows that is known (std::integral_constant) or not (Index); row k begins at row_at(k).
template <class T, Real R, class Rows, class RowAt>
void mix_these_rows(R const* coefficients, Rows rows, Index count, RowAt const& row_at, R* out) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  constexpr Index ahead = 48 * static_cast<Index>(alignment / sizeof(R));  // what L1 does not hold comes from afar
  constexpr int block = 4;
  auto const mix = [&]<int Vectors, bool Fetch>(Index n, std::integral_constant<int, Vectors>,
                                                std::bool_constant<Fetch>) {
    std::array<V, Vectors> sum;
    R const* from = row_at(0) + n;
    V const first(coefficients[0]);
    fetch<Fetch ? Vectors * lanes : 0>(from + ahead);
    unroll<Vectors>([&](auto v) { sum[v] = first * V::load_unaligned(from + v * lanes); });
    for (Index k = 1; k < rows; ++k) {
      from = row_at(k) + n;
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
    R sum = coefficients[0] * row_at(0)[n];
    for (Index k = 1; k < rows; ++k) {
      sum += coefficients[k] * row_at(k)[n];
    }
    out[n] = sum;
  }
}

}  // namespace detail

/// out[n] = sum_k phi_k rows[k * stride + n], one pass over the K x count numbers: M(s) = phi(s)^T P.
template <class T, Real R>
void mix_rows(R const* coefficients, Index rows, Index stride, Index count, R const* parameters, R* out) noexcept {
  auto const row_at = [=](Index k) { return parameters + k * stride; };
  switch (rows) {
    case 2:
      return detail::mix_these_rows<T, R>(coefficients, std::integral_constant<Index, 2>{}, count, row_at, out);
    case 3:
      return detail::mix_these_rows<T, R>(coefficients, std::integral_constant<Index, 3>{}, count, row_at, out);
    default:
      return detail::mix_these_rows<T, R>(coefficients, rows, count, row_at, out);
  }
}

/// Some rows of a block, `count` of them, `stride` numbers apart where they follow each other, and a coefficient each.
template <Real R>
struct ChosenRows {
  R const* coefficients;
  Index const* rows;
  Index count;
  Index stride;
};

/// The same over some rows: of a basis with local support, those whose functions are not zero.
template <class T, Real R>
void mix_chosen_rows(ChosenRows<R> chosen, Index count, R const* parameters, R* out) noexcept {
  auto const row_at = [=](Index k) { return parameters + chosen.rows[k] * chosen.stride; };
  detail::mix_these_rows<T, R>(chosen.coefficients, chosen.count, count, row_at, out);
}

}  // namespace wmanifold::kernel
