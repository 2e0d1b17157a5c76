#pragma once

#include <wmanifold/version.hpp>

#include <wmanifold/core/local_array.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

// Told by macros: GCC tells of all of these, Clang of the first two.
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

using Index = std::ptrdiff_t;

/// A size that is known at run time only.
inline constexpr Index dynamic = -1;

/// The real types that weights are made of.
template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

namespace detail {

/// The bits of a number without its sign. NaN and infinities are told by their bits, which no flag of a compiler takes
/// for granted as it may `x == x`.
template <Real T>
[[nodiscard, gnu::always_inline]] constexpr auto magnitude_bits(T x) noexcept {
  using Bits = std::conditional_t<std::same_as<T, float>, std::uint32_t, std::uint64_t>;
  return std::bit_cast<Bits>(x) & static_cast<Bits>(~Bits{0} >> 1);
}

}  // namespace detail

/// Neither NaN nor infinite? The one check for it in this library; the first of a condition, before x is compared.
template <Real T>
[[nodiscard, gnu::always_inline]] constexpr bool is_finite(T x) noexcept {
  return detail::magnitude_bits(x) < detail::magnitude_bits(std::numeric_limits<T>::infinity());
}

template <Real T>
[[nodiscard, gnu::always_inline]] constexpr bool is_nan(T x) noexcept {
  return detail::magnitude_bits(x) > detail::magnitude_bits(std::numeric_limits<T>::infinity());
}

/// Are all `count` numbers finite? One pass without branches: one unit of the exponent more carries into the sign where
/// the exponent is the largest. `Tag` is the target of a kernel that calls it: units with different flags never meet in
/// one function.
template <Real T, class Tag = void>
[[nodiscard]] bool all_finite(T const* data, Index count) noexcept {
  using Bits = decltype(detail::magnitude_bits(T{}));
  constexpr Bits exponent = detail::magnitude_bits(std::numeric_limits<T>::infinity());
  constexpr Bits unit = exponent & (~exponent + 1);  // its lowest bit
  constexpr Index lanes = 32;                        // side by side, for the compiler to make vectors of
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
