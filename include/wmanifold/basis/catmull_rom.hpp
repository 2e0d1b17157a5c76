#pragma once

#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/core/legendre.hpp>
#include <wmanifold/topology/torus.hpp>

#include <algorithm>
#include <numbers>

namespace wmanifold {
namespace detail {

template <class Space, int n>
struct CatmullRomOn {
  static_assert(std::same_as<Space, S1>,
                "wmanifold: a closed Catmull-Rom spline lives on S1 (or on a Torus or Product of circles); use "
                "Bernstein or Legendre on intervals, SphericalHarmonics on S2");
  static_assert(n >= 3, "wmanifold: a closed Catmull-Rom spline has at least 3 control points");

  /// The topology of the contexts.
  using Topology = S1;
  /// K, the number of functions.
  static constexpr int size = n;
  /// Degree of the polynomials.
  static constexpr int degree = 3;
  /// The largest number of nonzero values at any point.
  static constexpr int support = std::min(n, 4);
  /// Returns the name in files and messages.
  static std::string name() { return "catmull_rom" + std::to_string(n); }

  /// Computes phi(s), K numbers.
  void values(Point<S1> const& s, std::span<double> out) const noexcept {
    for_each_piece(s, out, [](auto const& c, double x) { return c[0] + x * (c[1] + x * (c[2] + x * c[3])); });
  }
  /// Computes the gradients of the functions at s, K x coordinates.
  void derivatives(Point<S1> const& s, std::span<double> out) const noexcept {
    for_each_piece(s, out,
                   [](auto const& c, double x) { return spans_per_radian * (c[1] + x * (2 * c[2] + x * (3 * c[3]))); });
  }
  /// Returns Gauss's rule on each span between two control points.
  static Quadrature<S1> quadrature(int exact_to) {
    auto const [nodes, weights] = gauss_legendre(std::max(exact_to, 0) / 2 + 1);
    Quadrature<S1> q;
    for (int span = 0; span < n; ++span) {
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        q.nodes.push_back(Point<S1>::unchecked({(span + (1 + nodes[i]) / 2) / spans_per_radian}));
        q.weights.push_back(weights[i] / n);
      }
    }
    return q;
  }
  /// Returns an entry of the Gram matrix, a circulant matrix of rational numbers.
  static constexpr double gram(int i, int j) noexcept {
    int numerator = 0;  // over 1680: two halves, and the common denominator of the integrals of x^0, ..., x^6
    for (int a = 0; a < 4; ++a) {
      for (int b = 0; b < 4; ++b) {
        if ((i + b - (j + a)) % n != 0) {  // they share no span as pieces a and b
          continue;
        }
        for (int p = 0; p < 4; ++p) {
          for (int q = 0; q < 4; ++q) {
            numerator += twice[a][p] * twice[b][q] * (420 / (p + q + 1));
          }
        }
      }
    }
    return numerator / (1680.0 * n);
  }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int) noexcept { return 1; }

 private:
  static constexpr double spans_per_radian = n / (2 * std::numbers::pi);

  /// The contributions to a span of the control points before it, at its start, at its end and after it: twice the
  /// coefficients of 1, x, x^2, x^3, with x from 0 to 1 along the span.
  static constexpr int twice[4][4] = {{0, -1, 2, -1}, {2, 0, -5, 3}, {0, 1, 4, -3}, {0, 0, -1, 1}};
  static constexpr auto pieces = [] {
    std::array<std::array<double, 4>, 4> halves{};
    for (std::size_t a = 0; a < 4; ++a) {
      for (std::size_t p = 0; p < 4; ++p) {
        halves[a][p] = twice[a][p] / 2.0;
      }
    }
    return halves;
  }();

  /// Sets `out` to 0 and adds `value` of the four pieces of the span at s. With three control points, the outer two
  /// pieces belong to one point.
  template <class Value>
  static void for_each_piece(Point<S1> const& s, std::span<double> out, Value const& value) noexcept {
    double const along = s[0] * spans_per_radian;
    int const span = std::min(static_cast<int>(along), n - 1);  // just below a turn, rounding may reach n
    double const x = along - span;
    std::fill_n(out.begin(), n, 0.0);
    for (int a = 0; a < 4; ++a) {
      out[static_cast<std::size_t>((span + a + n - 1) % n)] += value(pieces[static_cast<std::size_t>(a)], x);
    }
  }
};

}  // namespace detail

/// The closed Catmull-Rom spline through n control points at the angles 2 pi i / n of the circle. Row i is the network
/// at its angle; between two control points, four rows form the network (equation 1a). With n = 4 it is the phase
/// function of phase-functioned networks. On a torus, all products (K = n^m). It is C1 at the control points, smooth
/// between them.
template <class Space, int n>
using CatmullRom = typename detail::OverFactors<detail::CatmullRomOn, Space, n>::type;

}  // namespace wmanifold
