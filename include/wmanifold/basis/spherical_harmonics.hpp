#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/topology/s2.hpp>

#include <algorithm>

namespace wmanifold {

/// The real spherical harmonics of degree l = 0, ..., L, within a degree m = -l, ..., l: orthonormal under the uniform
/// probability measure, without the Condon-Shortley phase. Degree 1 is (1, sqrt3 y, sqrt3 z, sqrt3 x). K = (L + 1)^2.
///
/// They are evaluated as polynomials in (x, y, z): Y_lm = N_lm Q_lm(z) C_m(x, y), with C_m + i S_m = (x + i y)^m and
/// Q_lm the m-th derivative of the Legendre polynomial P_l. There are no poles and no trigonometry.
template <class Space, int L>
struct SphericalHarmonics {
  static_assert(
      std::same_as<Space, S2>,
      "wmanifold: spherical harmonics live on S2; use HypersphericalHarmonics on SO3, Fourier on circles, Bernstein "
      "or Legendre on intervals");
  static_assert(L >= 0 && L <= 40, "wmanifold: spherical harmonics have a degree from 0 to 40");

  /// The topology of the contexts.
  using Topology = S2;
  /// K, the number of functions.
  static constexpr int size = (L + 1) * (L + 1);
  /// Degree of the polynomials.
  static constexpr int degree = L;
  /// Returns the name in files and messages.
  static std::string name() { return "harmonics" + std::to_string(L); }

  /// Returns the order of function k.
  static constexpr int order(int k) noexcept {
    int l = 0;
    while ((l + 1) * (l + 1) <= k) {
      ++l;
    }
    return l;
  }

  /// Computes phi(s), K numbers.
  void values(Point<S2> const& s, std::span<double> out) const noexcept {
    for_each(s, [&](int index, double norm, double q, double, double c, double, double) {
      out[static_cast<std::size_t>(index)] = norm * q * c;
    });
  }

  /// Computes the gradients of the functions at s, K x coordinates.
  void derivatives(Point<S2> const& s, std::span<double> out) const noexcept {
    for_each(s, [&](int index, double norm, double q, double dq, double c, double cx, double cy) {
      auto const gradient = S2::tangent(s, {norm * q * cx, norm * q * cy, norm * dq * c});
      std::copy(gradient.begin(), gradient.end(), out.begin() + 3 * index);
    });
  }

  /// Returns E[phi_i phi_j] (equation 4).
  static constexpr double gram(int i, int j) noexcept { return i == j ? 1 : 0; }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int k) noexcept { return k == 0 ? 1 : 0; }

 private:
  /// Calls body(index, N, Q(z), Q'(z), C, dC/dx, dC/dy) for every function; C is C_m (m >= 0) or S_|m| (m < 0).
  template <class Body>
  static void for_each(Point<S2> const& s, Body&& body) noexcept {
    double const x = s[0];
    double const y = s[1];
    double const z = s[2];
    double cosine = 1;  // C_m and S_m, and those of m - 1
    double sine = 0;
    double cosine_before = 0;
    double sine_before = 0;
    double diagonal = 1;  // Q_mm = (2m - 1)!!
    for (int m = 0; m <= L; ++m) {
      // Q_lm, and Q_l,m+1 = dQ_lm/dz, by the recurrence in l: (l - m) Q_lm = (2l - 1) z Q_(l-1)m - (l + m - 1)
      // Q_(l-2)m.
      double q = diagonal;
      double q_before = 0;
      double dq = 0;
      double dq_before = 0;
      double ratio = 1;  // (l - m)! / (l + m)!
      for (int i = 2; i <= 2 * m; ++i) {
        ratio /= i;
      }
      for (int l = m; l <= L; ++l) {
        if (l > m) {
          double const next = ((2 * l - 1) * z * q - (l + m - 1) * q_before) / (l - m);
          double const dnext = ((2 * l - 1) * (q + z * dq) - (l + m - 1) * dq_before) / (l - m);
          q_before = q;
          dq_before = dq;
          q = next;
          dq = dnext;
          ratio *= static_cast<double>(l - m) / (l + m);
        }
        double const norm = std::sqrt((2 * l + 1) * ratio * (m == 0 ? 1 : 2));
        int const middle = l * (l + 1);
        body(middle + m, norm, q, dq, cosine, m * cosine_before, -m * sine_before);
        if (m > 0) {
          body(middle - m, norm, q, dq, sine, m * sine_before, m * cosine_before);
        }
      }
      diagonal *= 2 * m + 1;
      cosine_before = cosine;
      sine_before = sine;
      cosine = x * cosine_before - y * sine_before;
      sine = x * sine_before + y * cosine_before;
    }
  }
};

}  // namespace wmanifold
