#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/topology/one_point.hpp>

#include <algorithm>

namespace wmanifold {

/// The constant function: one network for all contexts.
template <wmanifold::Topology Space = OnePoint>
struct Constant {
  using Topology = Space;
  static constexpr int size = 1;
  static constexpr int degree = 0;
  static std::string name() { return "constant"; }

  static constexpr int order(int) noexcept { return 0; }

  void values(Point<Space> const&, std::span<double> out) const noexcept { out[0] = 1; }
  void derivatives(Point<Space> const&, std::span<double> out) const noexcept requires SmoothTopology<Space> {
    std::fill_n(out.begin(), Space::coordinates, 0.0);
  }
  static constexpr double gram(int, int) noexcept { return 1; }
  static constexpr double constant(int) noexcept { return 1; }
};

}  // namespace wmanifold
