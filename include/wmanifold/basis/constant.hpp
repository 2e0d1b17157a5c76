#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/topology/one_point.hpp>

#include <algorithm>

namespace wmanifold {

/// The constant function: one network for all contexts.
template <wmanifold::Topology Space = OnePoint>
struct Constant {
  /// The topology of the contexts.
  using Topology = Space;
  /// K, the number of functions.
  static constexpr int size = 1;
  /// Degree of the polynomials.
  static constexpr int degree = 0;
  /// Returns the name in files and messages.
  static std::string name() { return "constant"; }

  /// Returns the order of function k.
  static constexpr int order(int) noexcept { return 0; }

  /// Computes phi(s), K numbers.
  void values(Point<Space> const&, std::span<double> out) const noexcept { out[0] = 1; }
  /// Computes the gradients of the functions at s, K x coordinates.
  void derivatives(Point<Space> const&, std::span<double> out) const noexcept requires SmoothTopology<Space> {
    std::fill_n(out.begin(), Space::coordinates, 0.0);
  }
  /// Returns E[phi_i phi_j] (equation 4).
  static constexpr double gram(int, int) noexcept { return 1; }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int) noexcept { return 1; }
};

}  // namespace wmanifold
