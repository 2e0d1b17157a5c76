#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/simd.hpp>
#include <wmanifold/core/unroll.hpp>

#include <algorithm>
#include <array>

namespace wmanifold::kernel {

namespace detail {

/// Prefetches `Count` numbers. It is always inline: compilers drop a call that only prefetches.
template <Index Count, StoredNumber S>
[[gnu::always_inline]] inline void fetch(S const* from) noexcept {
  for (Index n = 0; n < Count; n += static_cast<Index>(alignment / sizeof(S))) {
    __builtin_prefetch(from + n);
  }
}

/// Implements mix_rows for a number of rows that is known (std::integral_constant) or not (Index). It mixes the
/// `chosen` rows (Index const*) or the first ones (nullptr).
template <class T, Real R, class Rows, class Chosen, StoredNumber S>
void mix_these_rows(R const* coefficients, Rows rows, Chosen chosen, Index stride, Index count, S const* parameters,
                    R* out) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  constexpr Index ahead = 48 * static_cast<Index>(alignment / sizeof(S));  // numbers outside L1 arrive late
  constexpr int block = 4;
  constexpr bool are_chosen = std::same_as<Chosen, Index const*>;
  S const* first_row = parameters;
  if constexpr (are_chosen) {
    first_row += chosen[0] * stride;
  }
  auto const mix = [&]<int Vectors, bool Fetch>(Index n, std::integral_constant<int, Vectors>,
                                                std::bool_constant<Fetch>) {
    S const* from = first_row + n;
    V const first(coefficients[0]);
    fetch<Fetch ? Vectors * lanes : 0>(from + ahead);
    auto sum = simd::load_block<V, Vectors>(from);
    unroll<Vectors>([&](int v) __attribute__((always_inline)) { sum[v] = first * sum[v]; });
    for (Index k = 1; k < rows; ++k) {
      if constexpr (are_chosen) {
        from = parameters + chosen[k] * stride + n;
      } else {
        from += stride;
      }
      V const coefficient(coefficients[k]);
      fetch<Fetch ? Vectors * lanes : 0>(from + ahead);
      auto const row = simd::load_block<V, Vectors>(from);
      unroll<Vectors>([&](int v) __attribute__((always_inline)) { sum[v] = simd::fma(coefficient, row[v], sum[v]); });
    }
    simd::store_block<S>(sum, out + n);
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
    R sum = coefficients[0] * number_as<R>(first_row[n]);
    for (Index k = 1; k < rows; ++k) {
      if constexpr (are_chosen) {
        sum = simd::multiply_add(coefficients[k], number_as<R>(parameters[chosen[k] * stride + n]), sum);
      } else {
        sum = simd::multiply_add(coefficients[k], number_as<R>(parameters[k * stride + n]), sum);
      }
    }
    out[n] = sum;
  }
}

}  // namespace detail

/// Sets out[n] = sum_k phi_k rows[k * stride + n] in one pass over the K x count numbers: M(s) = phi(s)^T P.
/// The rows may be stored in 16 bits. Sums are in R, in an order that does not depend on S.
template <class T, Real R, StoredNumber S = R>
void mix_rows(R const* coefficients, Index rows, Index stride, Index count, S const* parameters, R* out) noexcept {
  switch (rows) {
    case 2:
      return detail::mix_these_rows<T, R>(coefficients, std::integral_constant<Index, 2>{}, nullptr, stride, count,
                                          parameters, out);
    case 3:
      return detail::mix_these_rows<T, R>(coefficients, std::integral_constant<Index, 3>{}, nullptr, stride, count,
                                          parameters, out);
    default:
      return detail::mix_these_rows<T, R>(coefficients, rows, nullptr, stride, count, parameters, out);
  }
}

/// Some rows of a block, with a coefficient each. Consecutive rows of the block are `stride` numbers apart.
template <Real R>
struct ChosenRows {
  /// A coefficient for each chosen row.
  R const* coefficients;
  /// The numbers of the chosen rows.
  Index const* rows;
  /// Chosen rows.
  Index count;
  /// The distance of consecutive rows of the block.
  Index stride;
};

/// Sets `out` to the mix of the chosen rows: for bases with local support, the rows whose functions are not zero. The
/// mix of no rows is zero.
template <class T, Real R, StoredNumber S = R>
void mix_chosen_rows(ChosenRows<R> chosen, Index count, S const* parameters, R* out) noexcept {
  if (chosen.count == 0) {
    std::fill_n(out, count, R{0});
    return;
  }
  detail::mix_these_rows<T, R>(chosen.coefficients, chosen.count, chosen.rows, chosen.stride, count, parameters, out);
}

}  // namespace wmanifold::kernel
