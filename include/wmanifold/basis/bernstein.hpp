#pragma once

#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/topology/interval.hpp>

namespace wmanifold {

/// Returns the binomial coefficient C(n, k), exact as long as a double holds it.
[[nodiscard]] constexpr double binomial(int n, int k) noexcept {
  double result = 1;
  for (int i = 1; i <= k; ++i) {
    result = result * (n - k + i) / i;
  }
  return result;
}

namespace detail {

template <class Space, int n>
struct BernsteinOn {
  static_assert(std::same_as<Space, Interval>,
                "wmanifold: Bernstein polynomials live on the Interval (or a Box or Product of intervals); use "
                "BernsteinBezier on simplices, Fourier on circles, SphericalHarmonics on S2");
  static_assert(n >= 0 && n <= 50, "wmanifold: a Bernstein basis has a degree from 0 to 50");

  /// The topology of the contexts.
  using Topology = Interval;
  /// K, the number of functions.
  static constexpr int size = n + 1;
  /// Degree of the polynomials.
  static constexpr int degree = n;
  /// Returns the name in files and messages.
  static std::string name() { return "bernstein" + std::to_string(n); }

  /// Computes phi(s), K numbers.
  void values(Point<Interval> const& s, std::span<double> out) const noexcept { evaluate<n>(s[0], out); }

  /// Computes the gradients of the functions at s, K x coordinates.
  void derivatives(Point<Interval> const& s, std::span<double> out) const noexcept {
    if constexpr (n == 0) {
      out[0] = 0;
    } else {
      LocalArray<double, static_cast<std::size_t>(n)> lower{};
      evaluate<n - 1>(s[0], lower);
      for (int i = 0; i <= n; ++i) {
        double const before = i > 0 ? lower[static_cast<std::size_t>(i - 1)] : 0;
        double const here = i < n ? lower[static_cast<std::size_t>(i)] : 0;
        out[static_cast<std::size_t>(i)] = n * (before - here);
      }
    }
  }

  /// Returns E[phi_i phi_j] (equation 4).
  static constexpr double gram(int i, int j) noexcept {
    return binomial(n, i) * binomial(n, j) / ((2 * n + 1) * binomial(2 * n, i + j));
  }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int) noexcept { return 1; }

 private:
  /// Evaluates de Casteljau's triangle. It takes only convex combinations and is accurate up to the ends.
  template <int degree_>
  static void evaluate(double s, std::span<double> out) noexcept {
    out[0] = 1;
    for (std::size_t d = 1; d <= static_cast<std::size_t>(degree_); ++d) {
      double before = 0;
      for (std::size_t i = 0; i < d; ++i) {
        double const here = out[i];
        out[i] = s * before + (1 - s) * here;
        before = here;
      }
      out[d] = s * before;
    }
  }
};

}  // namespace detail

/// The Bernstein polynomials of degree n, C(n, i) s^i (1 - s)^(n - i). Their rows are control points. Degree 1 is the
/// line between two networks. On a product of intervals, their tensor product.
template <class Space, int n>
using Bernstein = typename detail::OverFactors<detail::BernsteinOn, Space, n>::type;

/// A line of weights.
using Line = Bernstein<Interval, 1>;

}  // namespace wmanifold
