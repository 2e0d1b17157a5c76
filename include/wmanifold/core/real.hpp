#pragma once

#include <wmanifold/version.hpp>

#include <wmanifold/core/local_array.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

// The checks use macros: GCC defines all of these for its flags, Clang the first two.
#if !defined(WMANIFOLD_ALLOW_FAST_MATH)
#if defined(__FAST_MATH__)
#error "wmanifold: -ffast-math breaks NaN checks and xsimd's tanh and sin; drop it, or define WMANIFOLD_ALLOW_FAST_MATH"
#elif defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0
#error "wmanifold: -ffinite-math-only breaks NaN checks; drop it, or define WMANIFOLD_ALLOW_FAST_MATH"
#elif defined(__ASSOCIATIVE_MATH__)
#error "wmanifold: -fassociative-math breaks xsimd's exp, tanh and sin; drop it, or define WMANIFOLD_ALLOW_FAST_MATH"
#endif
#endif

namespace wmanifold {

/// The type of indices, sizes and strides; signed.
using Index = std::ptrdiff_t;

/// The value of a size that is known only at run time.
inline constexpr Index dynamic = -1;

/// The real types of weights: float or double.
template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

namespace detail {

/// Returns the bits of a number without its sign. Tests for NaN and infinities use bits: a compiler flag may assume
/// that `x == x`, but nothing about bits.
template <Real T>
[[nodiscard, gnu::always_inline]] constexpr auto magnitude_bits(T x) noexcept {
  using Bits = std::conditional_t<std::same_as<T, float>, std::uint32_t, std::uint64_t>;
  return std::bit_cast<Bits>(x) & static_cast<Bits>(~Bits{0} >> 1);
}

}  // namespace detail

/// Returns whether x is neither NaN nor infinite. It is the library's only such check, and comes first in a condition,
/// before x is compared.
template <Real T>
[[nodiscard, gnu::always_inline]] constexpr bool is_finite(T x) noexcept {
  return detail::magnitude_bits(x) < detail::magnitude_bits(std::numeric_limits<T>::infinity());
}

/// Returns whether x is NaN.
template <Real T>
[[nodiscard, gnu::always_inline]] constexpr bool is_nan(T x) noexcept {
  return detail::magnitude_bits(x) > detail::magnitude_bits(std::numeric_limits<T>::infinity());
}

/// Returns whether all `count` numbers are finite, in one pass without branches: adding one unit of the exponent
/// carries into the sign if the exponent is the largest. `Tag` is the target of the calling kernel; units with
/// different flags never share one function.
template <Real T, class Tag = void>
[[nodiscard]] bool all_finite(T const* data, Index count) noexcept {
  using Bits = decltype(detail::magnitude_bits(T{}));
  constexpr Bits exponent = detail::magnitude_bits(std::numeric_limits<T>::infinity());
  constexpr Bits unit = exponent & (~exponent + 1);  // its lowest bit
  constexpr Index lanes = 32;                        // side by side, for the compiler to vectorise
  auto const carried = [&](Index i) { return (std::bit_cast<Bits>(data[i]) & exponent) + unit; };
  LocalArray<Bits, lanes> found{};
  Index i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (Index lane = 0; lane < lanes; ++lane) {
      found[static_cast<std::size_t>(lane)] |= carried(i + lane);
    }
  }
  Bits any = 0;
  for (; i < count; ++i) {
    any |= carried(i);
  }
  for (Bits const one : found) {
    any |= one;
  }
  return any <= exponent;
}

}  // namespace wmanifold
