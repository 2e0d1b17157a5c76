#pragma once

#include <wmanifold/metric/metric.hpp>

#include <algorithm>

namespace wmanifold {
namespace detail {

/// Returns the values of a basis at the nodes of a quadrature, a row each, times the roots of the weights: A^T A = G.
template <Basis B>
[[nodiscard]] SmallMatrix weighted_values(B const& basis, Quadrature<typename B::Topology> const& quadrature) {
  SmallMatrix rows(static_cast<Index>(quadrature.nodes.size()), Index{B::size});
  for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
    auto const phi = values_at(basis, quadrature.nodes[i]);
    for (int k = 0; k < B::size; ++k) {
      rows(static_cast<Index>(i), k) = std::sqrt(quadrature.weights[i]) * phi[static_cast<std::size_t>(k)];
    }
  }
  return rows;
}

}  // namespace detail

/// Returns the K_to x K_from matrix R with phi_from(s) = R^T phi_to(s): a function with coefficients P in `from` has R
/// P in `to`. It raises an order (Fourier 1 to 2), elevates a degree (Bernstein), changes coordinates (Bernstein to
/// Legendre), or expands a constant in any basis. It projects under exact quadrature. ArgumentError where `to` does not
/// contain `from`.
template <Basis From, Basis To>
[[nodiscard]] SmallMatrix change_of_basis(From const& from, To const& to) {
  static_assert(std::same_as<typename From::Topology, typename To::Topology>,
                "wmanifold: a change of basis expects two bases on one topology, got two on different ones");
  // The quadrature is exact for `to`, and for any `from` that it contains.
  auto const quadrature = quadrature_of(to, 2 * std::max(From::degree, To::degree));
  SmallMatrix const a = detail::weighted_values(from, quadrature);
  SmallMatrix const b = detail::weighted_values(to, quadrature);
  // Least squares, b R = a. The metric of a skew basis is ill-conditioned (Bernstein's as 4^n). The remainder is
  // projected again until it is rounding alone.
  SmallMatrix const projection = detail::product(Metric(to).inverse(), detail::transposed(b));
  SmallMatrix change = detail::zero_matrix(To::size, From::size);
  SmallMatrix rest = a;
  for (int round = 0; round < 4; ++round) {
    detail::add_scaled(1, detail::product(projection, rest), change);
    rest = a;
    detail::add_scaled(-1, detail::product(b, change), rest);
  }
  auto const require_contained = [](SmallMatrix const& left_over, SmallMatrix const& of) {
    for (Index k = 0; k < of.cols(); ++k) {
      if (!(left_over.col(k).norm() <= 1e-6 * of.col(k).norm())) [[unlikely]] {
        fail("change of basis: expected a basis that contains ", From::name(), ", got ", To::name(),
             "; raise its order or degree");
      }
    }
  };
  require_contained(rest, a);
  if constexpr (PiecewiseBasis<From>) {  // between its own knots too: the nodes of `to` may all miss a narrow function
    auto const own = quadrature_of(from, 2 * std::max(From::degree, To::degree));
    SmallMatrix const values = detail::weighted_values(from, own);
    rest = values;
    detail::add_scaled(-1, detail::product(detail::weighted_values(to, own), change), rest);
    require_contained(rest, values);
  }
  return change;
}

}  // namespace wmanifold
