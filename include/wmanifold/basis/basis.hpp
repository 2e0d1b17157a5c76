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

/// K functions phi on a topology, in whose span the weights live: M(s) = sum_k phi_k(s) P_k (equation 1).
///
/// - `Topology`, `size` (K), `degree` (of its polynomials; products of two take quadrature_of(2 * degree));
/// - `values(s, out)`: phi(s), K numbers;
/// - `derivatives(s, out)`, on smooth topologies (see DifferentiableBasis): K x coordinates, row-major: row k is the
///   gradient of phi_k, a tangent vector at s;
/// - `gram(i, j)`: E[phi_i phi_j] under the uniform probability measure, in closed form (equation 4);
/// - `constant(k)`: the coefficients c of the constant function, c^T phi(s) = 1.
///
/// Beside these, where it is so (as with splines): `support`, how many of the K values are not zero at most at any
/// point; and `quadrature(degree)` where the functions are polynomials in pieces only, between knots: exact for such
/// pieces up to that degree. A basis with numbers of its own that its type does not say, as knots, has `state()`, all
/// of them as a vector, empty where they are those of the default constructor: files have it, and are loaded into a
/// basis of the same state only.
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

/// A basis with derivatives: each on a smooth topology, and a Tensor with a factor that has some, which are zero in the
/// coordinates of a discrete factor.
template <class B>
concept DifferentiableBasis = Basis<B> && detail::HasDerivatives<B>;

/// Is the basis made of pieces, with a quadrature of its own?
template <class B>
concept PiecewiseBasis = Basis<B> && requires(B const& basis, int degree) {
  { basis.quadrature(degree) } -> std::same_as<Quadrature<typename B::Topology>>;
};

/// A quadrature that is exact for the polynomials that the basis is made of, up to `degree`: between knots where it has
/// such, on all of its topology otherwise. Products of two of its functions take 2 * degree.
template <Basis B>
[[nodiscard]] Quadrature<typename B::Topology> quadrature_of(B const& basis, int degree) {
  if constexpr (PiecewiseBasis<B>) {
    return basis.quadrature(degree);
  } else {
    return B::Topology::quadrature(degree);
  }
}

/// How many values of a basis are not zero at any point, at most.
template <Basis B>
[[nodiscard]] constexpr int support_of() noexcept {
  if constexpr (requires { B::support; }) {
    return B::support;
  } else {
    return B::size;
  }
}

/// The numbers of a basis that its type does not say; none of most.
template <Basis B>
[[nodiscard]] std::vector<double> state_of(B const& basis) {
  if constexpr (requires { basis.state(); }) {
    return basis.state();
  } else {
    return {};
  }
}

/// The values of a basis at a point, as an array.
template <Basis B>
[[nodiscard]] LocalArray<double, static_cast<std::size_t>(B::size)> values_at(B const& basis,
                                                                              Point<typename B::Topology> const& s) {
  LocalArray<double, static_cast<std::size_t>(B::size)> phi{};
  basis.values(s, phi);
  return phi;
}

/// The Gram matrix G = E[phi phi^T], K x K (equation 4).
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
