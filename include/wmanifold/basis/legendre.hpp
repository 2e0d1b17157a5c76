#pragma once

#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/core/legendre.hpp>
#include <wmanifold/topology/interval.hpp>

namespace wmanifold {
namespace detail {

template <class Space, int n>
struct LegendreOn {
  static_assert(std::same_as<Space, Interval>,
                "wmanifold: Legendre polynomials live on the Interval (or a Box or Product of intervals); use "
                "BernsteinBezier on simplices, Fourier on circles, SphericalHarmonics on S2");
  static_assert(n >= 0, "wmanifold: a Legendre basis has a degree of at least 0");

  /// The topology of the contexts.
  using Topology = Interval;
  /// K, the number of functions.
  static constexpr int size = n + 1;
  /// Degree of the polynomials.
  static constexpr int degree = n;
  /// Returns the name in files and messages.
  static std::string name() { return "legendre" + std::to_string(n); }

  /// Returns the order of function k.
  static constexpr int order(int k) noexcept { return k; }

  /// Computes phi(s), K numbers.
  void values(Point<Interval> const& s, std::span<double> out) const noexcept {
    legendre_polynomials(n, 2 * s[0] - 1, out.data());
  }
  /// Computes the gradients of the functions at s, K x coordinates.
  void derivatives(Point<Interval> const& s, std::span<double> out) const noexcept {
    LocalArray<double, static_cast<std::size_t>(size)> p{};
    legendre_polynomials(n, 2 * s[0] - 1, p.data(), out.data());
    for (double& d : out.first(static_cast<std::size_t>(size))) {
      d *= 2;
    }
  }
  /// Returns E[phi_i phi_j] (equation 4).
  static constexpr double gram(int i, int j) noexcept { return i == j ? 1.0 / (2 * i + 1) : 0; }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int k) noexcept { return k == 0 ? 1 : 0; }
};

}  // namespace detail

/// The Legendre polynomials P_k(2 s - 1), k = 0, ..., n: orthogonal on the interval. On a product of intervals, their
/// tensor product.
template <class Space, int n>
using Legendre = typename detail::OverFactors<detail::LegendreOn, Space, n>::type;

}  // namespace wmanifold
