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

  using Topology = Interval;
  static constexpr int size = n + 1;
  static constexpr int degree = n;
  static std::string name() { return "legendre" + std::to_string(n); }

  static constexpr int order(int k) noexcept { return k; }

  void values(Point<Interval> const& s, std::span<double> out) const noexcept {
    legendre_polynomials(n, 2 * s[0] - 1, out.data());
  }
  void derivatives(Point<Interval> const& s, std::span<double> out) const noexcept {
    LocalArray<double, static_cast<std::size_t>(size)> p{};
    legendre_polynomials(n, 2 * s[0] - 1, p.data(), out.data());
    for (double& d : out.first(static_cast<std::size_t>(size))) {
      d *= 2;
    }
  }
  static constexpr double gram(int i, int j) noexcept { return i == j ? 1.0 / (2 * i + 1) : 0; }
  static constexpr double constant(int k) noexcept { return k == 0 ? 1 : 0; }
};

}  // namespace detail

/// The Legendre polynomials P_k(2 s - 1), k = 0, ..., n: orthogonal on the interval. On a product of intervals, their
/// tensor product.
template <class Space, int n>
using Legendre = typename detail::OverFactors<detail::LegendreOn, Space, n>::type;

}  // namespace wmanifold
