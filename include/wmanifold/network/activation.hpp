#pragma once

#include <wmanifold/core/simd.hpp>

#include <numbers>
#include <string_view>

namespace wmanifold {

/// A function's value and derivative at one place, or at a batch of places.
template <class V>
struct WithDerivative {
  V value;       ///< f(x)
  V derivative;  ///< f'(x)
};

/// An element-wise function that follows a dense layer. `activation(x)` returns {f(x), f'(x)} for a float, a double and
/// batches of them. Write `using simd::exp; exp(x)`, as the activations below do: one spelling serves all of them, and
/// the dual numbers that check f'.
template <class A>
concept Activation = requires(A const& activation, float x, double y) {
  { A::name } -> std::convertible_to<std::string_view>;
  { activation(x) } -> std::same_as<WithDerivative<float>>;
  { activation(y) } -> std::same_as<WithDerivative<double>>;
};

/// f(x) = x
struct Identity {
  static constexpr std::string_view name = "identity";  ///< name in model files
  /// Returns f(x) and f'(x).
  template <class V>
  WithDerivative<V> operator()(V const& x) const noexcept {
    return {x, V(1)};
  }
  friend bool operator==(Identity, Identity) = default;
};

/// f(x) = max(x, 0), with f'(0) = 0
struct Relu {
  static constexpr std::string_view name = "relu";  ///< name in model files
  /// Returns f(x) and f'(x).
  template <class V>
  WithDerivative<V> operator()(V const& x) const noexcept {
    using simd::select;
    auto const off = x <= V(0);  // not x > 0: that would turn a NaN into a harmless zero
    return {select(off, V(0), x), select(off, V(0), V(1))};
  }
  friend bool operator==(Relu, Relu) = default;
};

/// f(x) = x for x >= 0, e^x - 1 below
struct Elu {
  static constexpr std::string_view name = "elu";  ///< name in model files
  /// Returns f(x) and f'(x).
  template <class V>
  WithDerivative<V> operator()(V const& x) const noexcept {
    using simd::expm1, simd::select;
    auto const below = x < V(0);
    V const e = expm1(select(below, x, V(0)));  // no exponential of large numbers
    return {select(below, e, x), e + V(1)};
  }
  friend bool operator==(Elu, Elu) = default;
};

/// f(x) = tanh x
struct Tanh {
  static constexpr std::string_view name = "tanh";  ///< name in model files
  /// Returns f(x) and f'(x).
  template <class V>
  WithDerivative<V> operator()(V const& x) const noexcept {
    using simd::tanh;
    V const f = tanh(x);
    return {f, V(1) - f * f};
  }
  friend bool operator==(Tanh, Tanh) = default;
};

/// f(x) = 1 / (1 + e^-x)
struct Sigmoid {
  static constexpr std::string_view name = "sigmoid";  ///< name in model files
  /// Returns f(x) and f'(x).
  template <class V>
  WithDerivative<V> operator()(V const& x) const noexcept {
    using simd::exp, simd::abs, simd::select;
    // e^-|x| never overflows, and each branch is a quotient without cancellation.
    V const e = exp(-abs(x));
    V const q = V(1) / (V(1) + e);
    return {select(x >= V(0), q, e * q), e * q * q};
  }
  friend bool operator==(Sigmoid, Sigmoid) = default;
};

/// f(x) = x sigmoid(x)
struct Silu {
  static constexpr std::string_view name = "silu";  ///< name in model files
  /// Returns f(x) and f'(x).
  template <class V>
  WithDerivative<V> operator()(V const& x) const noexcept {
    auto const [s, ds] = Sigmoid{}(x);
    return {x * s, s + x * ds};
  }
  friend bool operator==(Silu, Silu) = default;
};

/// f(x) = x (1 + erf(x / sqrt 2)) / 2, without approximation
struct Gelu {
  static constexpr std::string_view name = "gelu";  ///< name in model files
  /// Returns f(x) and f'(x).
  template <class V>
  WithDerivative<V> operator()(V const& x) const noexcept {
    using simd::erf, simd::exp;
    V const cdf = V(0.5) * (V(1) + erf(x * simd::constant<V>(1 / std::numbers::sqrt2)));
    V const density = exp(V(-0.5) * x * x) * simd::constant<V>(0.5 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi);
    return {x * cdf, cdf + x * density};
  }
  friend bool operator==(Gelu, Gelu) = default;
};

/// f(x) = log(1 + e^x)
struct Softplus {
  static constexpr std::string_view name = "softplus";  ///< name in model files
  /// Returns f(x) and f'(x).
  template <class V>
  WithDerivative<V> operator()(V const& x) const noexcept {
    using simd::exp, simd::abs, simd::select, simd::log1p;
    V const e = exp(-abs(x));
    V const positive = select(x > V(0), x, V(0));
    return {positive + log1p(e), Sigmoid{}(x).value};
  }
  friend bool operator==(Softplus, Softplus) = default;
};

}  // namespace wmanifold

#ifdef WMANIFOLD_COMPILED
#include <wmanifold/network/compiled.hpp>
#endif
