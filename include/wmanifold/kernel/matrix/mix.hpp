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

/// mix_rows for a number of rows that is known (std::integral_constant) or not (Index): `chosen` ones (Index const*) or
/// the first (nullptr).
template <class T, Real R, class Rows, class Chosen>
void mix_these_rows(R const* coefficients, Rows rows, Chosen chosen, Index stride, Index count, R const* parameters,
                    R* out) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  constexpr Index ahead = 48 * static_cast<Index>(alignment / sizeof(R));  // what L1 does not hold comes from afar
  constexpr int block = 4;
  constexpr bool are_chosen = std::same_as<Chosen, Index const*>;
  R const* first_row = parameters;
  if constexpr (are_chosen) {
    first_row += chosen[0] * stride;
  }
  auto const mix = [&]<int Vectors, bool Fetch>(Index n, std::integral_constant<int, Vectors>,
                                                std::bool_constant<Fetch>) {
    std::array<V, Vectors> sum;
    R const* from = first_row + n;
    V const first(coefficients[0]);
    fetch<Fetch ? Vectors * lanes : 0>(from + ahead);
    unroll<Vectors>([&](auto v) { sum[v] = first * V::load_unaligned(from + v * lanes); });
    for (Index k = 1; k < rows; ++k) {
      if constexpr (are_chosen) {
        from = parameters + chosen[k] * stride + n;
      } else {
        from += stride;
      }
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
    R sum = coefficients[0] * first_row[n];
    for (Index k = 1; k < rows; ++k) {
      if constexpr (are_chosen) {
        sum += coefficients[k] * parameters[chosen[k] * stride + n];
      } else {
        sum += coefficients[k] * parameters[k * stride + n];
      }
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
      return detail::mix_these_rows<T, R>(coefficients, std::integral_constant<Index, 2>{}, nullptr, stride, count,
                                          parameters, out);
    case 3:
      return detail::mix_these_rows<T, R>(coefficients, std::integral_constant<Index, 3>{}, nullptr, stride, count,
                                          parameters, out);
    default:
      return detail::mix_these_rows<T, R>(coefficients, rows, nullptr, stride, count, parameters, out);
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
  detail::mix_these_rows<T, R>(chosen.coefficients, chosen.count, chosen.rows, chosen.stride, count, parameters, out);
}

}  // namespace wmanifold::kernel
