#pragma once

#include <wmanifold/core/scalar.hpp>

#include <xsimd/xsimd.hpp>

#include <cmath>

#if defined(__FAST_MATH__) && !defined(WMANIFOLD_ALLOW_FAST_MATH)
#error "wmanifold: -ffast-math breaks NaN checks and xsimd's tanh and sin; drop it, or define WMANIFOLD_ALLOW_FAST_MATH"
#endif

namespace wmanifold {

/// What a translation unit is compiled for. It is part of the type of every function that computes, so that
/// units built with different flags never meet in one function.
template <class Arch, bool Threads>
struct Target {
  using SimdArch = Arch;
  static constexpr bool threads = Threads;
};

/// What the compiler's flags allow.
using HostArch = std::conditional_t<std::is_same_v<xsimd::default_arch, xsimd::unavailable>, Scalar, xsimd::default_arch>;

#ifdef _OPENMP
using HostTarget = Target<HostArch, true>;
#else
using HostTarget = Target<HostArch, false>;
#endif

/// The only names of xsimd in this library. Batches never appear in public types.
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

template <class T, Real R>
using Batch = typename detail::BatchOf<typename T::SimdArch, R>::type;

template <class T, Real R>
inline constexpr Index lanes = static_cast<Index>(Batch<T, R>::size);

/// Vector registers of the target: how large a tile of a product may be.
template <class T>
inline constexpr int registers =
    T::SimdArch::alignment() >= 64 || std::is_base_of_v<xsimd::neon64, typename T::SimdArch> ? 32 : 16;

/// Elementary functions with one spelling for numbers and for batches of them.
using std::abs, std::erf, std::exp, std::expm1, std::fma, std::log1p, std::tanh;
using xsimd::abs, xsimd::erf, xsimd::exp, xsimd::expm1, xsimd::fma, xsimd::log1p, xsimd::tanh;

/// A number that both have.
template <class V>
[[nodiscard]] V constant(double x) noexcept {
  if constexpr (Real<V>) {
    return static_cast<V>(x);
  } else {
    return V(static_cast<typename V::value_type>(x));
  }
}

/// The sum of a batch's numbers.
template <class V>
[[nodiscard]] auto sum_of(V const& x) noexcept {
  if constexpr (requires { reduce_add(x); }) {  // xsimd 9 and later
    return reduce_add(x);
  } else {
    return hadd(x);
  }
}

template <Real R>
[[nodiscard]] R select(bool condition, R yes, R no) noexcept {
  return condition ? yes : no;
}
using xsimd::select;

}  // namespace simd
}  // namespace wmanifold
