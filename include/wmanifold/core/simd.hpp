#pragma once

#include <wmanifold/core/real.hpp>

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

#ifdef _OPENMP
using HostTarget = Target<xsimd::default_arch, true>;
#else
using HostTarget = Target<xsimd::default_arch, false>;
#endif

/// The only names of xsimd in this library. Batches never appear in public types.
namespace simd {

template <class T, Real R>
using Batch = xsimd::batch<R, typename T::SimdArch>;

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

template <Real R>
[[nodiscard]] R select(bool condition, R yes, R no) noexcept {
  return condition ? yes : no;
}
using xsimd::select;

}  // namespace simd
}  // namespace wmanifold
