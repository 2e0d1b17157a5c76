#pragma once

#include <wmanifold/core/half.hpp>
#include <wmanifold/core/intrinsics.hpp>
#include <wmanifold/core/scalar.hpp>
#include <wmanifold/core/unroll.hpp>

#include <xsimd/xsimd.hpp>

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

namespace wmanifold {

/// The target of a translation unit: its SIMD architecture, and whether it has threads. Every kernel carries it in its
/// type, and units built with different flags never share a kernel. They do share other functions: a program has one
/// -march (docs/building.md).
template <class Arch, bool Threads>
struct Target {
  /// The SIMD architecture: one of xsimd's, or Scalar.
  using SimdArch = Arch;
  /// A flag: loops may use several threads.
  static constexpr bool threads = Threads;
};

/// The SIMD architecture that the compiler's flags allow.
using HostArch =
    std::conditional_t<std::is_same_v<xsimd::default_arch, xsimd::unavailable>, Scalar, xsimd::default_arch>;

/// The target that the compiler's flags allow.
#ifdef _OPENMP
using HostTarget = Target<HostArch, true>;
#else
using HostTarget = Target<HostArch, false>;
#endif

/// The only uses of xsimd's names in this library. Batches never appear in public types.
namespace simd {

namespace detail {

template <class Arch, Real R>
struct BatchOf {
  using type = xsimd::batch<R, Arch>;
};
template <Real R>
struct BatchOf<Scalar, R> {
  using type = Single<R>;
};

}  // namespace detail

/// The type of a batch: as many numbers as a vector register of the target holds.
template <class T, Real R>
using Batch = typename detail::BatchOf<typename T::SimdArch, R>::type;

/// Numbers in a batch.
template <class T, Real R>
inline constexpr Index lanes = static_cast<Index>(Batch<T, R>::size);

/// Returns `count`, rounded up to whole vectors.
template <class T, Real R>
[[nodiscard]] constexpr Index whole_vectors(Index count) noexcept {
  return (count + lanes<T, R> - 1) / lanes<T, R> * lanes<T, R>;
}

/// The number of vector registers of the target, which limits the tile of a product.
template <class T>
inline constexpr int registers = (T::SimdArch::alignment() >= 64 ||
                                  std::is_base_of_v<xsimd::neon64, typename T::SimdArch>)
                                     ? 32
                                     : 16;

namespace detail {

/// A vector of Count numbers, as compilers know it for every target.
template <class Number, std::size_t Count>
struct PlainVector {
  using type [[gnu::vector_size(Count * sizeof(Number))]] = Number;
};

/// Returns as many numbers of 16 bits as the batch V holds, in its type. The conversion is exact.
template <class V, HalfNumber S>
[[nodiscard, gnu::always_inline]] inline V load_halves(S const* from) noexcept {
  constexpr std::size_t count = V::size;
  constexpr bool to_floats = std::same_as<typename V::value_type, float>;
  constexpr bool is_bfloat = std::same_as<S, BFloat16>;
  // GCC 12 takes four instructions for a conversion below that is one here.
#ifdef __AVX512F__
  if constexpr (to_floats && count == 16) {
    __m256i const halves = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(from));
    if constexpr (is_bfloat) {
      return V(_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16)));
    } else {
      return V(_mm512_cvtph_ps(halves));
    }
  }
#endif
#ifdef __AVX2__
  if constexpr (to_floats && count == 8 && is_bfloat) {
    __m128i const halves = _mm_loadu_si128(reinterpret_cast<__m128i const*>(from));
    return V(_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16)));
  }
#endif
#ifdef __F16C__
  if constexpr (to_floats && count == 8 && !is_bfloat) {
    return V(_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<__m128i const*>(from))));
  }
#endif
#ifdef __SSE2__
  if constexpr (to_floats && count == 4 && is_bfloat) {
    __m128i const halves = _mm_loadl_epi64(reinterpret_cast<__m128i const*>(from));
    return V(_mm_castsi128_ps(_mm_unpacklo_epi16(_mm_setzero_si128(), halves)));
  }
#endif
  using Halves = typename PlainVector<std::uint16_t, count>::type;
  using Words = typename PlainVector<std::uint32_t, count>::type;
  using Floats = typename PlainVector<float, count>::type;
  using Numbers = typename PlainVector<typename V::value_type, count>::type;
  Halves halves;
  std::memcpy(&halves, from, sizeof halves);
  Words const bits = __builtin_convertvector(halves, Words);
  Words words;
  if constexpr (is_bfloat) {
    words = bits << 16;
  } else {  // as Half's conversion, with masks; no step has a subnormal float, which some threads flush to zero
    Words const magnitude = bits & 0x7fffU;
    Words const is_small = reinterpret_cast<Words>(magnitude < 0x0400U);
    Words const is_not_finite = reinterpret_cast<Words>(magnitude >= 0x7c00U);
    Words const is_nan = reinterpret_cast<Words>(magnitude > 0x7c00U);
    Words const shifted = magnitude << 13;
    Words const normal = (shifted + (112U << 23) + (is_not_finite & (112U << 23))) | (is_nan & (1U << 22));
    Floats const small = reinterpret_cast<Floats>(shifted + (113U << 23)) - 0x1p-14F;
    words = (reinterpret_cast<Words>(small) & is_small) | (normal & ~is_small) | ((bits & 0x8000U) << 16);
  }
  return V(
      __builtin_bit_cast(typename V::register_type, __builtin_convertvector(reinterpret_cast<Floats>(words), Numbers)));
}

}  // namespace detail

/// Reads a batch from numbers that are stored in its type or in 16 bits.
template <class V, StoredNumber S>
[[nodiscard, gnu::always_inline]] inline V load(S const* from) noexcept {
  if constexpr (Real<S>) {
    return V::load_unaligned(from);
  } else if constexpr (V::size == 1) {
    return V(number_as<typename V::value_type>(*from));
  } else {
    return detail::load_halves<V>(from);
  }
}

/// A few batches, which the optimiser keeps in registers: a subscript is an int, as `unroll` gives it.
template <class V, int count>
struct Batches {
  V each[static_cast<std::size_t>(count)];  ///< the batches
  /// Batch i.
  [[nodiscard, gnu::always_inline]] constexpr V& operator[](int i) noexcept { return each[i]; }
  /// The same, read-only.
  [[nodiscard, gnu::always_inline]] constexpr V const& operator[](int i) const noexcept { return each[i]; }
};

/// Whether load_block reads this many batches of stored numbers in another order: in pairs, of which one batch has the
/// numbers at even places, the other those at odd places. A register of BFloat16 gives both by a shift and a mask, half
/// of the instructions that numbers in order take.
template <class V, StoredNumber S, int Count>
inline constexpr bool reads_in_pairs =
    std::same_as<S, BFloat16>&& std::same_as<typename V::value_type, float>&& V::size > 1 && Count % 2 == 0 &&
    std::endian::native == std::endian::little;

/// Reads batches of stored numbers: in order, or in pairs.
template <class V, int Count, StoredNumber S>
[[nodiscard, gnu::always_inline]] inline Batches<V, Count> load_block(S const* from) noexcept {
  Batches<V, Count> block;
  if constexpr (reads_in_pairs<V, S, Count>) {
    using Words = typename detail::PlainVector<std::uint32_t, V::size>::type;
    using Register = typename V::register_type;
    unroll<Count / 2>([&](int pair) __attribute__((always_inline)) {
      Words words;
      std::memcpy(&words, from + 2 * pair * static_cast<Index>(V::size), sizeof words);
      block[2 * pair] = V(__builtin_bit_cast(Register, words << 16));
      block[2 * pair + 1] = V(__builtin_bit_cast(Register, words & 0xffff0000U));
    });
  } else {
    unroll<Count>([&](int v)
                      __attribute__((always_inline)) { block[v] = load<V>(from + v * static_cast<Index>(V::size)); });
  }
  return block;
}

namespace detail {

template <bool ToPairs, class V, int Count, std::size_t... I>
[[gnu::always_inline]] inline void reorder_pairs(Batches<V, Count>& block, std::index_sequence<I...>) noexcept {
  using Floats = typename PlainVector<float, V::size>::type;
  using Register = typename V::register_type;
  constexpr std::size_t n = V::size;
  unroll<Count / 2>([&](int pair) __attribute__((always_inline)) {
    int const v = 2 * pair;
    Floats const a = __builtin_bit_cast(Floats, static_cast<Register>(block[v]));
    Floats const b = __builtin_bit_cast(Floats, static_cast<Register>(block[v + 1]));
    if constexpr (ToPairs) {
      block[v] = V(__builtin_bit_cast(Register, __builtin_shufflevector(a, b, (2 * I)...)));
      block[v + 1] = V(__builtin_bit_cast(Register, __builtin_shufflevector(a, b, (2 * I + 1)...)));
    } else {
      block[v] = V(__builtin_bit_cast(Register, __builtin_shufflevector(a, b, (I / 2 + I % 2 * n)...)));
      block[v + 1] = V(__builtin_bit_cast(Register, __builtin_shufflevector(a, b, ((n + I) / 2 + I % 2 * n)...)));
    }
  });
}

}  // namespace detail

/// Brings batches in order into that of load_block.
template <StoredNumber S, class V, int Count>
[[gnu::always_inline]] inline void to_order_of(Batches<V, Count>& block) noexcept {
  if constexpr (reads_in_pairs<V, S, Count>) {
    detail::reorder_pairs<true>(block, std::make_index_sequence<V::size>{});
  }
}

/// Writes batches in the order of load_block<S> to memory, as numbers in order.
template <StoredNumber S, class V, int Count>
[[gnu::always_inline]] inline void store_block(Batches<V, Count> block, typename V::value_type* to) noexcept {
  if constexpr (reads_in_pairs<V, S, Count>) {
    detail::reorder_pairs<false>(block, std::make_index_sequence<V::size>{});
  }
  unroll<Count>([&](int v)
                    __attribute__((always_inline)) { block[v].store_unaligned(to + v * static_cast<Index>(V::size)); });
}

/// Elementary functions, with one spelling for numbers and for batches.
using std::abs, std::erf, std::exp, std::expm1, std::fma, std::log1p, std::tanh;
using xsimd::abs, xsimd::erf, xsimd::exp, xsimd::expm1, xsimd::fma, xsimd::log1p, xsimd::tanh;

/// Returns tanh of floats, within 4 units in the last place, with one division and no branch. Below 0.625 it is an odd
/// polynomial (fitted to a relative error of 6e-9). Above, it is 2 y / (1 + y^2) of y = tanh(x / 2) = x P(x^2) /
/// Q(x^2). The errors of y vanish near 1, so degrees 2 and 3 suffice (7e-9, up to the point where tanh rounds to 1).
template <class Arch>
[[nodiscard]] xsimd::batch<float, Arch> tanh(xsimd::batch<float, Arch> const& x) noexcept {
  using V = xsimd::batch<float, Arch>;
  V const most(9.02F);
  V const t = x * x;
  V const s =
      fma(fma(fma(fma(V(-5.59098804695e-3F), t, V(0.0205387910686F)), t, V(-0.053709647112F)), t, V(0.133310921029F)),
          t, V(-0.3333326951F));
  V const p = fma(fma(V(5.70525869974e-5F), t, V(0.014883268998F)), t, V(0.499999996371F));
  V const q = fma(fma(fma(V(1.22608290867e-6F), t, V(1.20580001956e-3F)), t, V(0.113099821987F)), t, V(1.0F));
  V const xp = x * p;
  V const y = select(t < V(0.390625F), fma(x * t, s, x), (xp + xp) * q / fma(q, q, xp * xp));
  return select(x > most, V(1.0F), select(x < -most, V(-1.0F), y));  // a NaN stays
}

namespace detail {

/// Returns f(x) for an f that is constant to the last bit below -most and above most. xsimd's exponentials convert
/// doubles to integers, which is undefined behaviour for NaN and for numbers out of the integers' range.
template <class Arch, class F>
[[nodiscard]] xsimd::batch<double, Arch> within(xsimd::batch<double, Arch> const& x, double most, F const& f) noexcept {
  using V = xsimd::batch<double, Arch>;
  V const low = select(x > V(-most), x, V(-most));  // a NaN is cut too
  return select(x == x, f(select(low < V(most), low, V(most))), x);
}

}  // namespace detail

/// Returns e^x of doubles; defined for all x.
template <class Arch>
[[nodiscard]] xsimd::batch<double, Arch> exp(xsimd::batch<double, Arch> const& x) noexcept {
  return detail::within(x, 750, [](auto const& v) { return xsimd::exp(v); });
}
/// Returns e^x - 1 of doubles; defined for all x.
template <class Arch>
[[nodiscard]] xsimd::batch<double, Arch> expm1(xsimd::batch<double, Arch> const& x) noexcept {
  return detail::within(x, 750, [](auto const& v) { return xsimd::expm1(v); });
}
/// Returns tanh x of doubles; defined for all x.
template <class Arch>
[[nodiscard]] xsimd::batch<double, Arch> tanh(xsimd::batch<double, Arch> const& x) noexcept {
  return detail::within(x, 20, [](auto const& v) { return xsimd::tanh(v); });
}
/// Returns the error function of doubles; defined for all x.
template <class Arch>
[[nodiscard]] xsimd::batch<double, Arch> erf(xsimd::batch<double, Arch> const& x) noexcept {
  return detail::within(x, 6, [](auto const& v) { return xsimd::erf(v); });
}

/// Returns x as a number or as a batch of equal numbers.
template <class V>
[[nodiscard]] V constant(double x) noexcept {
  if constexpr (Real<V>) {
    return static_cast<V>(x);
  } else {
    return V(static_cast<typename V::value_type>(x));
  }
}

/// Returns the sum of a batch's numbers.
template <class V>
[[nodiscard]] auto sum_of(V const& x) noexcept {
  if constexpr (requires { reduce_add(x); }) {  // xsimd 9 and later
    return reduce_add(x);
  } else {
    return hadd(x);
  }
}

/// Returns `yes` where the condition holds, else `no`. For batches, argument-dependent lookup finds the select of their
/// type; xsimd has none on processors whose vectors it does not know.
template <Real R>
[[nodiscard]] R select(bool condition, R yes, R no) noexcept {
  return condition ? yes : no;
}

}  // namespace simd
}  // namespace wmanifold
