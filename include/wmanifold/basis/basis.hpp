#pragma once

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/topology/topology.hpp>

namespace wmanifold {
namespace detail {

template <class B>
concept HasDerivatives = requires(B const& basis, Point<typename B::Topology> const& s, std::span<double> out) {
  { basis.derivatives(s, out) }
  noexcept;
};

}  // namespace detail

/// K functions phi on a topology; the weights lie in their span: M(s) = sum_k phi_k(s) P_k (equation 1).
///
/// - `Topology`, `size` (K), `degree` (of its polynomials; products of two functions need quadrature_of(2 * degree));
/// - `values(s, out)`: phi(s), K numbers;
/// - `derivatives(s, out)`, on smooth topologies (DifferentiableBasis): K x coordinates, row-major; row k is the
///   gradient of phi_k, a tangent vector at s;
/// - `gram(i, j)`: E[phi_i phi_j] under the uniform probability measure, in closed form (equation 4);
/// - `constant(k)`: the coefficients c of the constant function, c^T phi(s) = 1.
///
/// Optional members:
///
/// - `support`: the largest number of nonzero values at any point;
/// - `quadrature(degree)`, for piecewise polynomials such as splines: exact for pieces of at most that degree;
/// - `state()`, for a basis with numbers that its type does not contain, such as knots: all of them as a vector, empty
///   if they are those of the default constructor. Files store it, and are loaded only into a basis of the same state.
template <class B>
concept Basis = Topology<typename B::Topology> &&
    (detail::HasDerivatives<B> || !SmoothTopology<typename B::Topology>)&&requires(B const& basis,
                                                                                   Point<typename B::Topology> const& s,
                                                                                   std::span<double> out, int i) {
  { B::size } -> std::convertible_to<int>;
  { B::degree } -> std::convertible_to<int>;
  { B::name() } -> std::convertible_to<std::string>;
  { basis.values(s, out) }
  noexcept;
  { basis.gram(i, i) }
  noexcept->std::same_as<double>;
  { basis.constant(i) }
  noexcept->std::same_as<double>;
};

/// A basis with derivatives: every basis on a smooth topology, and a Tensor with at least one such factor. Its
/// derivatives in the coordinates of a discrete factor are zero.
template <class B>
concept DifferentiableBasis = Basis<B> && detail::HasDerivatives<B>;

/// A basis made of pieces, with a quadrature of its own.
template <class B>
concept PiecewiseBasis = Basis<B> && requires(B const& basis, int degree) {
  { basis.quadrature(degree) } -> std::same_as<Quadrature<typename B::Topology>>;
};

/// Returns a quadrature that is exact for polynomials of at most `degree`: between knots for a piecewise basis, else on
/// its whole topology. Products of two functions of the basis need 2 * degree.
template <Basis B>
[[nodiscard]] Quadrature<typename B::Topology> quadrature_of(B const& basis, int degree) {
  if constexpr (PiecewiseBasis<B>) {
    return basis.quadrature(degree);
  } else {
    return B::Topology::quadrature(degree);
  }
}

/// Returns the largest number of nonzero values of a basis at any point.
template <Basis B>
[[nodiscard]] constexpr int support_of() noexcept {
  if constexpr (requires { B::support; }) {
    return B::support;
  } else {
    return B::size;
  }
}

/// Returns the numbers of a basis that its type does not contain; most bases have none.
template <Basis B>
[[nodiscard]] std::vector<double> state_of(B const& basis) {
  if constexpr (requires { basis.state(); }) {
    return basis.state();
  } else {
    return {};
  }
}

/// Returns the values of a basis at a point, as an array.
template <Basis B>
[[nodiscard]] LocalArray<double, static_cast<std::size_t>(B::size)> values_at(B const& basis,
                                                                              Point<typename B::Topology> const& s) {
  LocalArray<double, static_cast<std::size_t>(B::size)> phi{};
  basis.values(s, phi);
  return phi;
}

/// Returns the Gram matrix G = E[phi phi^T], K x K (equation 4).
template <Basis B>
[[nodiscard]] SmallMatrix gram_matrix(B const& basis) {
  SmallMatrix gram(B::size, B::size);
  for (int j = 0; j < B::size; ++j) {
    for (int i = 0; i < B::size; ++i) {
      gram(i, j) = basis.gram(i, j);
    }
  }
  return gram;
}

}  // namespace wmanifold
