#pragma once

#include <wmanifold/autodiff/functions.hpp>
#include <wmanifold/core/real.hpp>

#include <array>
#include <compare>

namespace wmanifold {

/// A number and its derivatives in n directions: forward-mode differentiation for what users write (a loss, a
/// parameterisation, an activation). Comparisons look at the value; at a kink the derivative is that of the branch
/// taken.
template <Real R, int n = 1>
struct Dual {
  static_assert(n >= 1, "wmanifold: a Dual number carries at least one derivative");
  using value_type = R;

  R value = 0;
  LocalArray<R, static_cast<std::size_t>(n)> derivatives{};

  constexpr Dual() = default;
  constexpr Dual(R x) noexcept : value(x) {}
  constexpr Dual(R x, std::array<R, static_cast<std::size_t>(n)> const& d) noexcept : value(x), derivatives{d} {}

  /// The variable that is differentiated in direction `i`.
  [[nodiscard]] static constexpr Dual variable(R x, int i = 0) noexcept {
    Dual dual(x);
    dual.derivatives[static_cast<std::size_t>(i)] = 1;
    return dual;
  }

  /// f(x) for a function with this value and slope at x: the chain rule.
  [[nodiscard]] constexpr Dual chained(R f, R slope) const noexcept {
    Dual result(f);
    for (std::size_t i = 0; i < derivatives.size(); ++i) {
      result.derivatives[i] = slope * derivatives[i];
    }
    return result;
  }

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
  constexpr Dual& operator+=(Dual const& b) noexcept { return *this = *this + b; }
  constexpr Dual& operator-=(Dual const& b) noexcept { return *this = *this - b; }
  constexpr Dual& operator*=(Dual const& b) noexcept { return *this = *this * b; }
  constexpr Dual& operator/=(Dual const& b) noexcept { return *this = *this / b; }

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
