#pragma once

#include <wmanifold/core/real.hpp>

#include <cmath>

namespace wmanifold {

/// The architecture without vectors: batches of one number. It serves processors that xsimd does not know, and as a
/// reference.
struct Scalar {
  /// Returns the alignment of its batches in bytes.
  static constexpr std::size_t alignment() noexcept { return sizeof(double); }
};

namespace simd {

/// A batch of one number, with the part of xsimd's batch interface that this library uses.
template <Real R>
struct Single {
  /// The type of the number.
  using value_type = R;
  /// Numbers in a batch.
  static constexpr std::size_t size = 1;

  /// A batch with an undefined number.
  Single() = default;
  /// A batch of the number x.
  explicit Single(R x) noexcept : value(x) {}

  /// Reads a batch from memory.
  static Single load_unaligned(R const* from) noexcept { return Single(*from); }
  /// Loads from an aligned address.
  static Single load_aligned(R const* from) noexcept { return Single(*from); }
  /// Writes the batch to memory.
  void store_unaligned(R* to) const noexcept { *to = value; }
  /// Stores to an aligned address.
  void store_aligned(R* to) const noexcept { *to = value; }

  /// The arithmetic of numbers.
  friend Single operator-(Single a) noexcept { return Single(-a.value); }
  friend Single operator+(Single a, Single b) noexcept { return Single(a.value + b.value); }
  friend Single operator-(Single a, Single b) noexcept { return Single(a.value - b.value); }
  friend Single operator*(Single a, Single b) noexcept { return Single(a.value * b.value); }
  friend Single operator/(Single a, Single b) noexcept { return Single(a.value / b.value); }
  /// Adds in place.
  Single& operator+=(Single b) noexcept { return *this = *this + b; }
  /// Subtracts in place.
  Single& operator-=(Single b) noexcept { return *this = *this - b; }
  /// Multiplies in place.
  Single& operator*=(Single b) noexcept { return *this = *this * b; }
  /// The order of numbers.
  friend bool operator<(Single a, Single b) noexcept { return a.value < b.value; }
  friend bool operator>(Single a, Single b) noexcept { return a.value > b.value; }
  friend bool operator<=(Single a, Single b) noexcept { return a.value <= b.value; }
  friend bool operator>=(Single a, Single b) noexcept { return a.value >= b.value; }

  /// The number.
  R value;
};

/// Returns a b + c, rounded once on processors that have the instruction, and twice on others, where std::fma is a slow
/// function call. It leaves the compiler no choice between both, which could differ from loop to loop.
template <Real R>
[[nodiscard, gnu::always_inline]] inline R multiply_add(R a, R b, R c) noexcept {
#if defined(__FP_FAST_FMAF) || defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  return std::fma(a, b, c);
#else
  return a * b + c;
#endif
}
/// The same for batches of one number.
template <Real R>
[[nodiscard]] Single<R> fma(Single<R> a, Single<R> b, Single<R> c) noexcept {
  return Single<R>(multiply_add(a.value, b.value, c.value));
}
/// Returns `yes` where the condition holds, else `no`.
template <Real R>
[[nodiscard]] Single<R> select(bool condition, Single<R> yes, Single<R> no) noexcept {
  return condition ? yes : no;
}
/// Returns the larger of two numbers.
template <Real R>
[[nodiscard]] Single<R> max(Single<R> a, Single<R> b) noexcept {
  return a.value < b.value ? b : a;
}
/// Returns the sum of the batch: its only number.
template <Real R>
[[nodiscard]] R hadd(Single<R> a) noexcept {
  return a.value;
}
/// Returns |a|.
template <Real R>
[[nodiscard]] Single<R> abs(Single<R> a) noexcept {
  return Single<R>(std::abs(a.value));
}
/// Returns the square root of a.
template <Real R>
[[nodiscard]] Single<R> sqrt(Single<R> a) noexcept {
  return Single<R>(std::sqrt(a.value));
}
/// Returns e^a.
template <Real R>
[[nodiscard]] Single<R> exp(Single<R> a) noexcept {
  return Single<R>(std::exp(a.value));
}
/// Returns e^a - 1.
template <Real R>
[[nodiscard]] Single<R> expm1(Single<R> a) noexcept {
  return Single<R>(std::expm1(a.value));
}
/// Returns log(1 + a).
template <Real R>
[[nodiscard]] Single<R> log1p(Single<R> a) noexcept {
  return Single<R>(std::log1p(a.value));
}
/// Returns tanh a.
template <Real R>
[[nodiscard]] Single<R> tanh(Single<R> a) noexcept {
  return Single<R>(std::tanh(a.value));
}
/// Returns the error function of a.
template <Real R>
[[nodiscard]] Single<R> erf(Single<R> a) noexcept {
  return Single<R>(std::erf(a.value));
}

}  // namespace simd
}  // namespace wmanifold
