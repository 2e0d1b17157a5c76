#pragma once

#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/topology/rp1.hpp>
#include <wmanifold/topology/torus.hpp>

namespace wmanifold {
namespace detail {

template <class Space, int h>
struct FourierOn {
  static_assert(std::same_as<Space, S1> || std::same_as<Space, RP1>,
                "wmanifold: a Fourier basis lives on S1 or RP1 (or on a Torus or Product of such); use Bernstein or "
                "Legendre on intervals, SphericalHarmonics on S2, HypersphericalHarmonics on SO3");
  static_assert(h >= 0, "wmanifold: a Fourier basis has an order of at least 0");

  /// The topology of the contexts.
  using Topology = Space;
  /// K, the number of functions.
  static constexpr int size = 2 * h + 1;
  /// Degree of the polynomials.
  static constexpr int degree = h;
  /// Returns the name in files and messages.
  static std::string name() { return "fourier" + std::to_string(h); }

  /// Returns the order of function k.
  static constexpr int order(int k) noexcept { return (k + 1) / 2; }

  /// Computes phi(s), K numbers.
  void values(Point<Space> const& s, std::span<double> out) const noexcept {
    out[0] = 1;
    for_each_harmonic(s, [&](std::size_t k, double cosine, double sine) {
      out[2 * k - 1] = cosine;
      out[2 * k] = sine;
    });
  }
  /// Computes the gradients of the functions at s, K x coordinates.
  void derivatives(Point<Space> const& s, std::span<double> out) const noexcept {
    out[0] = 0;
    for_each_harmonic(s, [&](std::size_t k, double cosine, double sine) {
      out[2 * k - 1] = -turns * static_cast<double>(k) * sine;
      out[2 * k] = turns * static_cast<double>(k) * cosine;
    });
  }
  /// Returns E[phi_i phi_j] (equation 4).
  static constexpr double gram(int i, int j) noexcept { return i != j ? 0 : i == 0 ? 1 : 0.5; }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int k) noexcept { return k == 0 ? 1 : 0; }

 private:
  /// The frequency of harmonic 1. On RP1 it is 2: t and t + pi are one point, and only even harmonics remain.
  static constexpr double turns = std::same_as<Space, RP1> ? 2 : 1;

  /// Calls body(k, cos kt, sin kt) (of twice t on RP1) by the angle-addition formula: one cosine and one sine for all
  /// orders.
  template <class Body>
  static void for_each_harmonic(Point<Space> const& s, Body&& body) noexcept {
    double const cosine = std::cos(turns * s[0]);
    double const sine = std::sin(turns * s[0]);
    double c = 1;
    double d = 0;
    for (std::size_t k = 1; k <= static_cast<std::size_t>(h); ++k) {
      double const next = c * cosine - d * sine;
      d = d * cosine + c * sine;
      c = next;
      body(k, c, d);
    }
  }
};

}  // namespace detail

/// The functions 1, cos t, sin t, ..., cos ht, sin ht on the circle; order 1 is an ellipse of weights. On RP1, the even
/// harmonics 1, cos 2t, sin 2t, ..., cos 2ht, sin 2ht. On a torus, all products (K = (2h + 1)^n).
template <class Space, int h>
using Fourier = typename detail::OverFactors<detail::FourierOn, Space, h>::type;

/// An ellipse of weights.
using Ellipse = Fourier<S1, 1>;

}  // namespace wmanifold
