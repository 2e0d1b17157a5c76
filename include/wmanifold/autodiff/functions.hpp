#pragma once

#include <wmanifold/version.hpp>

#include <cmath>
#include <concepts>
#include <numbers>
#include <type_traits>

namespace wmanifold {

/// A number that propagates derivatives: `x.chained(f, slope)` is f(x) for a function with this value and slope at x.
/// Dual numbers and the variables of a tape are such numbers.
template <class V>
concept Differentiable = requires(V const& x, typename V::value_type f) {
  { x.value } -> std::convertible_to<typename V::value_type>;
  { x.chained(f, f) } -> std::same_as<V>;
};

/// Returns e^x. Argument-dependent lookup finds this and the functions below: `using std::exp; exp(x)` works for plain
/// numbers as well.
template <Differentiable V>
[[nodiscard]] V exp(V const& x) {
  auto const f = std::exp(x.value);
  return x.chained(f, f);
}
/// Returns e^x - 1.
template <Differentiable V>
[[nodiscard]] V expm1(V const& x) {
  auto const f = std::expm1(x.value);
  return x.chained(f, f + 1);
}
/// Returns log x.
template <Differentiable V>
[[nodiscard]] V log(V const& x) {
  return x.chained(std::log(x.value), 1 / x.value);
}
/// Returns log(1 + x).
template <Differentiable V>
[[nodiscard]] V log1p(V const& x) {
  return x.chained(std::log1p(x.value), 1 / (1 + x.value));
}
/// Returns the square root of x.
template <Differentiable V>
[[nodiscard]] V sqrt(V const& x) {
  auto const f = std::sqrt(x.value);
  return x.chained(f, 1 / (2 * f));
}
/// Returns sin x.
template <Differentiable V>
[[nodiscard]] V sin(V const& x) {
  return x.chained(std::sin(x.value), std::cos(x.value));
}
/// Returns cos x.
template <Differentiable V>
[[nodiscard]] V cos(V const& x) {
  return x.chained(std::cos(x.value), -std::sin(x.value));
}
/// Returns tanh x.
template <Differentiable V>
[[nodiscard]] V tanh(V const& x) {
  auto const f = std::tanh(x.value);
  return x.chained(f, (1 - f) * (1 + f));
}
/// Returns atan x.
template <Differentiable V>
[[nodiscard]] V atan(V const& x) {
  return x.chained(std::atan(x.value), 1 / (1 + x.value * x.value));
}
/// Returns the error function of x.
template <Differentiable V>
[[nodiscard]] V erf(V const& x) {
  using R = typename V::value_type;
  auto const slope = 2 * std::numbers::inv_sqrtpi_v<R> * std::exp(-x.value * x.value);
  return x.chained(std::erf(x.value), slope);
}
/// Returns |x|, with the derivative 0 at 0.
template <Differentiable V>
[[nodiscard]] V abs(V const& x) {
  using R = typename V::value_type;
  return x.chained(std::abs(x.value), R(x.value > 0) - R(x.value < 0));
}
/// Returns x^p for a constant p.
template <Differentiable V>
[[nodiscard]] V pow(V const& x, std::type_identity_t<typename V::value_type> p) {
  return x.chained(std::pow(x.value, p), p == 0 ? 0 : p * std::pow(x.value, p - 1));
}
/// Returns `yes` where the condition holds, else `no`.
template <Differentiable V>
[[nodiscard]] V select(bool condition, V const& yes, V const& no) {
  return condition ? yes : no;
}
/// Returns the larger of two numbers, with its derivatives.
template <Differentiable V>
[[nodiscard]] V max(V const& a, V const& b) {
  return a.value < b.value ? b : a;
}
/// Returns the smaller of two numbers, with its derivatives.
template <Differentiable V>
[[nodiscard]] V min(V const& a, V const& b) {
  return b.value < a.value ? b : a;
}

}  // namespace wmanifold
