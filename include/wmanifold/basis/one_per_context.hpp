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

  using Topology = Space;
  static constexpr int size = Space::size;
  static constexpr int degree = 0;
  static constexpr int support = 1;
  static std::string name() { return "one_per_context"; }

  void values(Point<Space> const& s, std::span<double> out) const noexcept {
    std::fill_n(out.begin(), size, 0.0);
    out[static_cast<std::size_t>(Space::index(s))] = 1;
  }
  static constexpr double gram(int i, int j) noexcept { return i == j ? 1.0 / size : 0; }
  static constexpr double constant(int) noexcept { return 1; }
};

}  // namespace wmanifold
