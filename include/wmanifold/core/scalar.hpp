#pragma once

#include <wmanifold/core/real.hpp>

#include <cmath>

namespace wmanifold {

/// The architecture without vectors: batches of one number. Where xsimd knows no other, and as a reference.
struct Scalar {
  static constexpr std::size_t alignment() noexcept { return sizeof(double); }
};

namespace simd {

/// A batch of one number, with what this library uses of xsimd's batches.
template <Real R>
struct Single {
  using value_type = R;
  static constexpr std::size_t size = 1;

  Single() = default;
  explicit Single(R x) noexcept : value(x) {}

  static Single load_unaligned(R const* from) noexcept { return Single(*from); }
  static Single load_aligned(R const* from) noexcept { return Single(*from); }
  void store_unaligned(R* to) const noexcept { *to = value; }
  void store_aligned(R* to) const noexcept { *to = value; }

  friend Single operator-(Single a) noexcept { return Single(-a.value); }
  friend Single operator+(Single a, Single b) noexcept { return Single(a.value + b.value); }
  friend Single operator-(Single a, Single b) noexcept { return Single(a.value - b.value); }
  friend Single operator*(Single a, Single b) noexcept { return Single(a.value * b.value); }
  friend Single operator/(Single a, Single b) noexcept { return Single(a.value / b.value); }
  Single& operator+=(Single b) noexcept { return *this = *this + b; }
  Single& operator-=(Single b) noexcept { return *this = *this - b; }
  Single& operator*=(Single b) noexcept { return *this = *this * b; }
  friend bool operator<(Single a, Single b) noexcept { return a.value < b.value; }
  friend bool operator>(Single a, Single b) noexcept { return a.value > b.value; }
  friend bool operator<=(Single a, Single b) noexcept { return a.value <= b.value; }
  friend bool operator>=(Single a, Single b) noexcept { return a.value >= b.value; }

  R value;
};

/// A multiply-add that rounds once or twice, as the machine likes: std::fma is a function call where there is none.
template <Real R>
[[nodiscard]] Single<R> fma(Single<R> a, Single<R> b, Single<R> c) noexcept {
  return Single<R>(a.value * b.value + c.value);
}
template <Real R>
[[nodiscard]] Single<R> select(bool condition, Single<R> yes, Single<R> no) noexcept {
  return condition ? yes : no;
}
template <Real R>
[[nodiscard]] Single<R> max(Single<R> a, Single<R> b) noexcept {
  return a.value < b.value ? b : a;
}
template <Real R>
[[nodiscard]] R hadd(Single<R> a) noexcept {
  return a.value;
}
template <Real R>
[[nodiscard]] Single<R> abs(Single<R> a) noexcept {
  return Single<R>(std::abs(a.value));
}
template <Real R>
[[nodiscard]] Single<R> sqrt(Single<R> a) noexcept {
  return Single<R>(std::sqrt(a.value));
}
template <Real R>
[[nodiscard]] Single<R> exp(Single<R> a) noexcept {
  return Single<R>(std::exp(a.value));
}
template <Real R>
[[nodiscard]] Single<R> expm1(Single<R> a) noexcept {
  return Single<R>(std::expm1(a.value));
}
template <Real R>
[[nodiscard]] Single<R> log1p(Single<R> a) noexcept {
  return Single<R>(std::log1p(a.value));
}
template <Real R>
[[nodiscard]] Single<R> tanh(Single<R> a) noexcept {
  return Single<R>(std::tanh(a.value));
}
template <Real R>
[[nodiscard]] Single<R> erf(Single<R> a) noexcept {
  return Single<R>(std::erf(a.value));
}

}  // namespace simd
}  // namespace wmanifold
