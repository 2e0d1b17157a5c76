#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/topology/so3.hpp>

#include <algorithm>

namespace wmanifold {

/// The even hyperspherical harmonics of degree 0, 2, ..., L on rotations: the polynomials of a unit quaternion that are
/// equal for q and -q, orthonormal under the uniform probability measure. Degree 2 is the 9 products and differences of
/// squares of w, x, y, z, the span of the entries of the rotation matrix. K = 1 + 9 + 25 + ... + (L + 1)^2.
///
/// With u = w + i z and v = x + i y, Y = N u^a v^b P_j^(b, a)(|u|^2 - |v|^2), with P Jacobi's polynomial, of degree a +
/// b + 2 j. u^a and v^b have a real and an imaginary part each. Within a degree, a rises, then b; within these, the
/// parts of u^a (real, imaginary) are slowest. There are no poles and no trigonometry.
template <class Space, int L>
struct HypersphericalHarmonics {
  static_assert(std::same_as<Space, SO3>,
                "wmanifold: hyperspherical harmonics live on SO3; use SphericalHarmonics on S2, Fourier on circles");
  static_assert(L >= 0 && L <= 12 && L % 2 == 0,
                "wmanifold: hyperspherical harmonics on SO3 have an even degree from 0 to 12, as odd ones differ at q "
                "and -q, which are one rotation");

  /// The topology of the contexts.
  using Topology = SO3;
  /// K, the number of functions.
  static constexpr int size = (L + 1) * (L + 2) * (L + 3) / 6;  // 1^2 + 3^2 + ... + (L + 1)^2
  /// Degree of the polynomials.
  static constexpr int degree = L;
  /// Returns the name in files and messages.
  static std::string name() { return "hyperspherical" + std::to_string(L); }

  /// Computes phi(s), K numbers.
  void values(Point<SO3> const& s, std::span<double> out) const noexcept {
    std::size_t k = 0;
    for_each(s, [&](Part const& u, Part const& v, double p, double) { out[k++] = u.value * v.value * p; });
  }

  /// Computes the derivatives in SO3's scale: half of the quaternion's gradient.
  void derivatives(Point<SO3> const& s, std::span<double> out) const noexcept {
    auto to = out.begin();
    for_each(s, [&](Part const& u, Part const& v, double p, double dp) {
      double const both = u.value * v.value * dp;  // d(|u|^2 - |v|^2) = 2 (w dw + z dz - x dx - y dy)
      Coordinates<SO3> const half{
          0.5 * p * u.d_real * v.value + both * s[0], 0.5 * p * u.value * v.d_real - both * s[1],
          0.5 * p * u.value * v.d_imaginary - both * s[2], 0.5 * p * u.d_imaginary * v.value + both * s[3]};
      auto const gradient = SO3::tangent(s, half);
      to = std::copy(gradient.begin(), gradient.end(), to);
    });
  }

  /// Returns E[phi_i phi_j] (equation 4).
  static constexpr double gram(int i, int j) noexcept { return i == j ? 1 : 0; }
  /// Returns the degree of function k.
  static constexpr int order(int k) noexcept {
    int n = 0;
    for (; k >= (n + 1) * (n + 1); n += 2) {
      k -= (n + 1) * (n + 1);
    }
    return n;
  }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int k) noexcept { return k == 0 ? 1 : 0; }

 private:
  /// The real or imaginary part of a power of a complex number, and its derivatives in the number's two parts.
  struct Part {
    double value;
    double d_real;
    double d_imaginary;
  };
  using Powers = LocalArray<std::array<Part, 2>, static_cast<std::size_t>(L + 1)>;

  static Powers powers(double real, double imaginary) noexcept {
    Powers all{};
    all[0] = {Part{1, 0, 0}, Part{0, 0, 0}};
    for (std::size_t a = 1; a < all.size(); ++a) {
      auto const& [c, s] = all[a - 1];
      auto const order = static_cast<double>(a);
      all[a] = {Part{real * c.value - imaginary * s.value, order * c.value, -order * s.value},
                Part{real * s.value + imaginary * c.value, order * s.value, order * c.value}};
    }
    return all;
  }

  /// Returns P_j^(alpha, beta)(x), by its recurrence in j.
  static double jacobi(int j, int alpha, int beta, double x) noexcept {
    double before = 0;
    double here = 1;
    for (int i = 1; i <= j; ++i) {
      double const m = 2 * i + alpha + beta;
      double const next = i == 1 ? 0.5 * (alpha - beta + (alpha + beta + 2) * x)
                                 : ((m - 1) * (m * (m - 2) * x + alpha * alpha - beta * beta) * here -
                                    2 * (i + alpha - 1) * (i + beta - 1) * m * before) /
                                       (2 * i * (i + alpha + beta) * (m - 2));
      before = here;
      here = next;
    }
    return here;
  }

  /// Calls body(part of u^a, part of v^b, N P, N P') for every function.
  template <class Body>
  static void for_each(Point<SO3> const& s, Body&& body) noexcept {
    Powers const u = powers(s[0], s[3]);
    Powers const v = powers(s[1], s[2]);
    double const x = s[0] * s[0] + s[3] * s[3] - s[1] * s[1] - s[2] * s[2];
    for (int n = 0; n <= L; n += 2) {
      for (int a = 0; a <= n; ++a) {
        for (int b = n % 2 == a % 2 ? 0 : 1; a + b <= n; b += 2) {
          int const j = (n - a - b) / 2;
          double square =
              (n + 1) * (a > 0 ? 2 : 1) * (b > 0 ? 2 : 1);  // N^2 = this (j + a + b)! j! / ((j + a)! (j + b)!)
          for (int i = 1; i <= b; ++i) {
            square *= static_cast<double>(j + a + i) / (j + i);
          }
          double const norm = std::sqrt(square);
          double const p = norm * jacobi(j, b, a, x);
          double const dp = j == 0 ? 0 : 0.5 * (n - j + 1) * norm * jacobi(j - 1, b + 1, a + 1, x);
          for (std::size_t i = 0; i < (a > 0 ? 2 : 1); ++i) {
            for (std::size_t k = 0; k < (b > 0 ? 2 : 1); ++k) {
              body(u[static_cast<std::size_t>(a)][i], v[static_cast<std::size_t>(b)][k], p, dp);
            }
          }
        }
      }
    }
  }
};

}  // namespace wmanifold
