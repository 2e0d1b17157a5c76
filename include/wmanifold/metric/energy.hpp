#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/core/symmetric.hpp>

namespace wmanifold {

/// Returns the energy matrix along some of the coordinates, E[sum_c d_c phi_i d_c phi_j], K x K, by a quadrature.
template <DifferentiableBasis B>
[[nodiscard]] SmallMatrix energy_matrix(B const& basis,
                                        std::array<bool, static_cast<std::size_t>(B::Topology::coordinates)> along,
                                        Quadrature<typename B::Topology> const& quadrature) {
  constexpr int width = B::Topology::coordinates;
  SmallMatrix energy = detail::zero_matrix(B::size, B::size);
  std::vector<double> slopes(static_cast<std::size_t>(B::size * width));
  for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
    basis.derivatives(quadrature.nodes[i], slopes);
    for (int c = 0; c < width; ++c) {
      if (along[static_cast<std::size_t>(c)]) {
        for (int j = 0; j < B::size; ++j) {
          for (int k = 0; k < B::size; ++k) {
            energy(k, j) += quadrature.weights[i] * slopes[static_cast<std::size_t>(k * width + c)] *
                            slopes[static_cast<std::size_t>(j * width + c)];
          }
        }
      }
    }
  }
  return energy;
}

/// Returns the energy matrix along some of the coordinates by an exact quadrature.
template <DifferentiableBasis B>
[[nodiscard]] SmallMatrix energy_matrix(B const& basis,
                                        std::array<bool, static_cast<std::size_t>(B::Topology::coordinates)> along) {
  return energy_matrix(basis, along, quadrature_of(basis, 2 * B::degree));
}

/// Returns the energy matrix E[<grad phi_i, grad phi_j>], K x K (equation 11): trace(P^T E P) is the mean squared speed
/// of the weights along the manifold.
template <DifferentiableBasis B>
[[nodiscard]] SmallMatrix energy_matrix(B const& basis) {
  std::array<bool, static_cast<std::size_t>(B::Topology::coordinates)> all;
  all.fill(true);
  return energy_matrix(basis, all);
}

}  // namespace wmanifold
