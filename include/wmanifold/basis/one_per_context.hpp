#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/topology/finite.hpp>

#include <algorithm>

namespace wmanifold {

/// A separate network for each of n discrete contexts, with nothing shared: phi_k is 1 in context k and 0 in all
/// others. K = n.
template <class Space>
struct OnePerContext {
  static_assert(
      requires(Point<Space> const& p) { Space::index(p); },
      "wmanifold: OnePerContext lives on a Finite topology, whose contexts can be counted; use Bernstein on "
      "intervals, Fourier on circles, SphericalHarmonics on S2");

  /// The topology of the contexts.
  using Topology = Space;
  /// K, the number of functions.
  static constexpr int size = Space::size;
  /// Degree of the polynomials.
  static constexpr int degree = 0;
  /// The largest number of nonzero values at any point.
  static constexpr int support = 1;
  /// Returns the name in files and messages.
  static std::string name() { return "one_per_context"; }

  /// Computes phi(s), K numbers.
  void values(Point<Space> const& s, std::span<double> out) const noexcept {
    std::fill_n(out.begin(), size, 0.0);
    out[static_cast<std::size_t>(Space::index(s))] = 1;
  }
  /// Returns E[phi_i phi_j] (equation 4).
  static constexpr double gram(int i, int j) noexcept { return i == j ? 1.0 / size : 0; }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int) noexcept { return 1; }
};

}  // namespace wmanifold
