#pragma once

#include <wmanifold/autodiff/functions.hpp>
#include <wmanifold/core/real.hpp>

#include <array>
#include <compare>

namespace wmanifold {

/// A number and its derivatives in n directions: forward-mode differentiation for users' functions (a loss, a
/// parameterisation, an activation). Comparisons use the value; at a kink the derivative is that of the branch taken.
template <Real R, int n = 1>
struct Dual {
  static_assert(n >= 1, "wmanifold: a Dual number carries at least one derivative");
  /// The type of the value and the derivatives.
  using value_type = R;

  /// The value.
  R value = 0;
  /// The derivatives in the n directions.
  LocalArray<R, static_cast<std::size_t>(n)> derivatives{};

  /// The constant 0.
  constexpr Dual() = default;
  /// The constant x.
  constexpr Dual(R x) noexcept : value(x) {}
  /// The number x with the derivatives d.
  constexpr Dual(R x, std::array<R, static_cast<std::size_t>(n)> const& d) noexcept : value(x), derivatives{d} {}

  /// Returns the variable of direction `i`: its derivative is 1 in this direction, 0 in the others.
  [[nodiscard]] static constexpr Dual variable(R x, int i = 0) noexcept {
    Dual dual(x);
    dual.derivatives[static_cast<std::size_t>(i)] = 1;
    return dual;
  }

  /// Returns f(x) for a function with this value and slope at x: the chain rule.
  [[nodiscard]] constexpr Dual chained(R f, R slope) const noexcept {
    Dual result(f);
    for (std::size_t i = 0; i < derivatives.size(); ++i) {
      result.derivatives[i] = slope * derivatives[i];
    }
    return result;
  }

  /// Arithmetic, with the derivatives of the result.
  friend constexpr Dual operator-(Dual const& a) noexcept { return a.chained(-a.value, R{-1}); }
  friend constexpr Dual operator+(Dual const& a, Dual const& b) noexcept {
    return joined(a, b, a.value + b.value, R{1}, R{1});
  }
  friend constexpr Dual operator-(Dual const& a, Dual const& b) noexcept {
    return joined(a, b, a.value - b.value, R{1}, R{-1});
  }
  friend constexpr Dual operator*(Dual const& a, Dual const& b) noexcept {
    return joined(a, b, a.value * b.value, b.value, a.value);
  }
  friend constexpr Dual operator/(Dual const& a, Dual const& b) noexcept {
    R const q = a.value / b.value;
    return joined(a, b, q, R{1} / b.value, -q / b.value);
  }
  /// Adds in place.
  constexpr Dual& operator+=(Dual const& b) noexcept { return *this = *this + b; }
  /// Subtracts in place.
  constexpr Dual& operator-=(Dual const& b) noexcept { return *this = *this - b; }
  /// Multiplies in place.
  constexpr Dual& operator*=(Dual const& b) noexcept { return *this = *this * b; }
  /// Divides in place.
  constexpr Dual& operator/=(Dual const& b) noexcept { return *this = *this / b; }

  /// Comparisons of the values.
  friend constexpr bool operator==(Dual const& a, Dual const& b) noexcept { return a.value == b.value; }
  friend constexpr auto operator<=>(Dual const& a, Dual const& b) noexcept { return a.value <=> b.value; }

 private:
  static constexpr Dual joined(Dual const& a, Dual const& b, R f, R by_a, R by_b) noexcept {
    Dual result(f);
    for (std::size_t i = 0; i < result.derivatives.size(); ++i) {
      result.derivatives[i] = by_a * a.derivatives[i] + by_b * b.derivatives[i];
    }
    return result;
  }
};

}  // namespace wmanifold
