#pragma once

#include <wmanifold/core/real.hpp>

#include <bit>
#include <concepts>
#include <cstdint>

namespace wmanifold {

/// A number of 16 bits, for storage: a sign, `ExponentBits` of exponent, and the rest for the significand, as in IEEE
/// 754. It has no arithmetic; code converts it to float, which is exact. `BFloat16` and `Float16` are its two kinds.
template <int ExponentBits>
class Half {
  static_assert(ExponentBits == 5 || ExponentBits == 8);

 public:
  /// Bits of the significand, its leading one included: 8 of BFloat16, 11 of Float16.
  static constexpr int significand_bits = 16 - ExponentBits;
  /// Unit roundoff u: the largest relative error of rounding in the normal range, 2^-8 or 2^-11. Neighbours in [1, 2)
  /// are 2 u apart, and rounding moves a number by half of that at most.
  static constexpr double roundoff = 1.0 / (1 << significand_bits);

  /// Zero.
  constexpr Half() = default;
  /// The nearest number to x; between two, the one whose last bit is 0. Numbers beyond the largest by half a unit in
  /// its last place or more become infinite. A NaN stays one, and so does the sign of a zero.
  template <Real R>
  constexpr explicit Half(R x) noexcept : bits_(nearest(static_cast<double>(x))) {}

  /// The number with these bits.
  [[nodiscard]] static constexpr Half of_bits(std::uint16_t bits) noexcept {
    Half number;
    number.bits_ = bits;
    return number;
  }
  /// The largest finite number: 3.39e38 or 65504.
  [[nodiscard]] static constexpr Half largest() noexcept { return of_bits(infinity - 1); }
  /// The smallest positive number that has all bits of the significand: 1.18e-38 or 6.10e-5. Below it neighbours are
  /// equally far apart, and the error of rounding is at most `roundoff` times this number.
  [[nodiscard]] static constexpr Half smallest_normal() noexcept { return of_bits(1U << stored_bits); }

  /// Its bits.
  [[nodiscard]] constexpr std::uint16_t bits() const noexcept { return bits_; }

  /// The same number as a float. A NaN of Float16 becomes a quiet one, as in hardware.
  [[nodiscard, gnu::always_inline]] constexpr explicit operator float() const noexcept {
    if constexpr (ExponentBits == 8) {
      return std::bit_cast<float>(std::uint32_t{bits_} << 16);
    } else {
      std::uint32_t const sign = (bits_ & 0x8000U) << 16;
      std::uint32_t const magnitude = bits_ & 0x7fffU;
      if (magnitude < smallest_normal().bits()) {
        return std::bit_cast<float>(std::bit_cast<std::uint32_t>(static_cast<float>(magnitude) * 0x1p-24F) | sign);
      }
      std::uint32_t const rebias = magnitude < infinity ? 112U << 23 : 224U << 23;
      std::uint32_t const quiet = magnitude > infinity ? 1U << 22 : 0;
      return std::bit_cast<float>(((magnitude << 13) + rebias) | quiet | sign);
    }
  }

  /// Compares as numbers: zeros are equal, and a NaN equals nothing.
  friend constexpr bool operator==(Half a, Half b) noexcept { return static_cast<float>(a) == static_cast<float>(b); }

 private:
  static constexpr int stored_bits = significand_bits - 1;
  static constexpr std::uint16_t infinity = ((1U << ExponentBits) - 1) << stored_bits;

  static constexpr std::uint16_t nearest(double x) noexcept {
    constexpr int dropped = 52 - stored_bits;
    constexpr int rebias = 1023 - ((1 << (ExponentBits - 1)) - 1);
    std::uint64_t const magnitude = detail::magnitude_bits(x);
    std::uint64_t const sign = (std::bit_cast<std::uint64_t>(x) ^ magnitude) >> 48;
    std::uint64_t const fraction = magnitude & ((std::uint64_t{1} << 52) - 1);
    if (is_nan(x)) {
      return static_cast<std::uint16_t>(sign | infinity | 1U << (stored_bits - 1) | fraction >> dropped);
    }
    int const exponent = static_cast<int>(magnitude >> 52) - rebias;
    int const shift = dropped + (exponent < 1 ? 1 - exponent : 0);
    if (shift > 53) {  // less than half of the smallest number
      return static_cast<std::uint16_t>(sign);
    }
    if (exponent >= (1 << ExponentBits) - 1) {
      return static_cast<std::uint16_t>(sign | infinity);
    }
    std::uint64_t const significand = fraction | std::uint64_t{1} << 52;
    std::uint64_t kept = significand >> shift;
    std::uint64_t const rest = significand & ((std::uint64_t{1} << shift) - 1);
    std::uint64_t const half = std::uint64_t{1} << (shift - 1);
    kept += rest > half || (rest == half && kept % 2 == 1) ? 1 : 0;
    // The leading one and a carry are added to the exponent: the next one follows, and infinity the largest number.
    std::uint64_t const below = exponent < 1 ? 0 : static_cast<std::uint64_t>(exponent - 1) << stored_bits;
    return static_cast<std::uint16_t>(sign | (below + kept));
  }

  std::uint16_t bits_ = 0;
};

/// The upper 16 bits of a float: its range, and a significand of 8 bits.
using BFloat16 = Half<8>;
/// IEEE 754's binary16: numbers up to 65504, and a significand of 11 bits.
using Float16 = Half<5>;

/// A number of 16 bits.
template <class T>
concept HalfNumber = std::same_as<T, BFloat16> || std::same_as<T, Float16>;

/// A type in which a model keeps its parameters: that of its arithmetic, or 16 bits.
template <class T>
concept StoredNumber = Real<T> || HalfNumber<T>;

/// Returns a stored number in the type of the arithmetic.
template <Real R, StoredNumber S>
[[nodiscard, gnu::always_inline]] constexpr R number_as(S x) noexcept {
  if constexpr (HalfNumber<S>) {
    return static_cast<R>(static_cast<float>(x));
  } else {
    return static_cast<R>(x);
  }
}

/// Returns whether x is neither NaN nor infinite.
template <HalfNumber S>
[[nodiscard]] constexpr bool is_finite(S x) noexcept {
  return is_finite(static_cast<float>(x));
}

/// Returns whether all `count` numbers are finite.
template <HalfNumber S>
[[nodiscard]] constexpr bool all_finite(S const* data, Index count) noexcept {
  bool finite = true;
  for (Index i = 0; i < count; ++i) {
    finite &= is_finite(data[i]);
  }
  return finite;
}

}  // namespace wmanifold
