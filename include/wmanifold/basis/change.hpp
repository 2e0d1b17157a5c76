#pragma once

#include <wmanifold/basis/metric.hpp>

namespace wmanifold {

/// The K_to x K_from matrix R with phi_from(s) = R^T phi_to(s): a function with coefficients P in `from` has R P in
/// `to`. It raises an order (Fourier 1 to 2), elevates a degree (Bernstein), changes coordinates (Bernstein to
/// Legendre) and makes a constant any basis's centre, all by projection under exact quadrature. ArgumentError where
/// `to` does not contain `from`.
template <Basis From, Basis To>
[[nodiscard]] SmallMatrix change_of_basis(From const& from, To const& to) {
  static_assert(std::same_as<typename From::Topology, typename To::Topology>,
                "wmanifold: a change of basis stays on one topology; these two bases live on different ones");
  auto const quadrature = From::Topology::quadrature(2 * std::max(From::degree, To::degree));
  SmallMatrix mixed = SmallMatrix::Zero(To::size, From::size);
  for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
    auto const a = values_at(from, quadrature.nodes[i]);
    auto const b = values_at(to, quadrature.nodes[i]);
    mixed += quadrature.weights[i] * Eigen::Map<Eigen::VectorXd const>(b.data(), To::size) *
             Eigen::Map<Eigen::VectorXd const>(a.data(), From::size).transpose();
  }
  SmallMatrix change = Metric(to).inverse() * mixed;
  // What `to` cannot say: E (phi_from - R^T phi_to)^2.
  Eigen::VectorXd const rest = gram_matrix(from).diagonal() - (change.transpose() * mixed).diagonal();
  if (!(rest.cwiseAbs().maxCoeff() < 1e-9)) [[unlikely]] {
    fail("change of basis: expected a basis that contains ", From::name(), ", got ", To::name());
  }
  return change;
}

}  // namespace wmanifold
