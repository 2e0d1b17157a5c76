#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/core/symmetric.hpp>
#include <wmanifold/topology/finite.hpp>

#include <algorithm>
#include <numeric>

namespace wmanifold {
namespace detail {

/// Returns the first `count` eigenvectors of the Laplacian D - W of a connected graph by rising eigenvalue, as columns
/// with a mean square of 1. W is symmetric, n x n, its diagonal 0.
///
/// Eigenvalues can be multiple, as on a cycle, and their eigenspaces then have many bases. The basis taken is
/// Gram-Schmidt over the projections of the nodes on the eigenspace, node by node, without nodes with a small
/// remainder. It depends on the graph alone, not on rounding. Each eigenvector is positive at its node.
///
/// It is a template, so only programs that call it compile the sorting. ArgumentError for a graph that is connected
/// only by less than a billionth of its heaviest weights.
template <class I = Index>
[[nodiscard]] SmallMatrix laplacian_eigenvectors(SmallMatrix const& weights, Index count) {
  Index const n = weights.rows();
  SmallMatrix laplacian(n, n);
  for (Index i = 0; i < n; ++i) {
    double sum = 0;
    for (Index j = 0; j < n; ++j) {
      sum += weights(i, j);
      laplacian(i, j) = -weights(i, j);
    }
    laplacian(i, i) = sum;
  }
  SmallMatrix vectors(n, n);
  diagonalise(laplacian, &vectors);
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  std::sort(order.begin(), order.end(), [&](I a, I b) { return laplacian(a, a) < laplacian(b, b); });
  auto const value = [&](Index i) {
    Index const at = order[static_cast<std::size_t>(i)];
    return laplacian(at, at);
  };
  double const same = 1e-9 * value(n - 1);
  if (n > 1 && !(value(1) > same)) [[unlikely]] {
    fail(
        "laplacian: expected a graph of weights of similar size, got one that is disconnected without its weights "
        "below ",
        same, "; raise the small weights");
  }

  SmallMatrix result(n, n);
  for (Index i = 0; i < n; ++i) {
    result(i, 0) = 1;
  }
  SmallMatrix rest(n, n);
  for (Index first = 1, end = 2; first < n; first = end++) {  // eigenvectors [first, end) of one eigenvalue
    while (end < n && value(end) - value(end - 1) <= same) {
      ++end;
    }
    // The remainders of the nodes' projections on them, a column each.
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < n; ++j) {
        rest(i, j) = 0;
        for (Index k = first; k < end; ++k) {
          Index const at = order[static_cast<std::size_t>(k)];
          rest(i, j) += vectors(i, at) * vectors(j, at);
        }
      }
    }
    for (Index k = first, node = 0; k < end && node < n; ++node) {
      // The largest square is at least (end - k) / n; the threshold is far below it and off the fractions of symmetric
      // graphs.
      double const square = rest(node, node);
      if (!(square > 0.0123 * static_cast<double>(end - k) / static_cast<double>(n))) {
        continue;
      }
      for (Index i = 0; i < n; ++i) {
        result(i, k) = rest(i, node) / std::sqrt(square);
      }
      double sum = 0;
      for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < n; ++j) {
          rest(i, j) -= result(i, k) * result(j, k);
        }
        sum += result(i, k) * result(i, k);
      }
      for (Index i = 0; i < n; ++i) {
        result(i, k) *= std::sqrt(static_cast<double>(n) / sum);
      }
      ++k;
    }
  }
  SmallMatrix first(n, count);
  std::copy(result.data(), result.data() + n * count, first.data());
  return first;
}

}  // namespace detail

/// The k smoothest functions on the graph of discrete contexts: the eigenvectors of its Laplacian with the smallest
/// eigenvalues, the constant first, orthonormal under the uniform probability measure. Neighbours get similar networks
/// from fewer rows than contexts; k = n spans all functions. On a cycle they are the discrete harmonics.
///
/// A k that divides the eigenvectors of a multiple eigenvalue favours some nodes over equivalent ones. Take k at a gap
/// between eigenvalues (odd k on a cycle).
template <class Space, int k>
class LaplacianEigenvectors {
  static_assert(
      requires { Space::weights; },
      "wmanifold: LaplacianEigenvectors live on a Finite topology, which has a graph; use Fourier on circles, "
      "SphericalHarmonics on S2, Legendre on intervals");
  static_assert(k >= 1 && k <= Space::size,
                "wmanifold: LaplacianEigenvectors<Finite<n>, K> has a K from 1 to n, the number of contexts");

 public:
  /// The topology of the contexts.
  using Topology = Space;
  /// K, the number of functions.
  static constexpr int size = k;
  /// Degree of the polynomials.
  static constexpr int degree = 0;
  /// Returns the name in files and messages.
  static std::string name() { return "laplacian" + std::to_string(k); }

  /// The basis of the graph. ArgumentError for a graph that is almost disconnected.
  LaplacianEigenvectors() {
    constexpr Index n = Space::size;
    SmallMatrix const vectors = detail::laplacian_eigenvectors(
        SmallMatrix::NullaryExpr(
            n, n, [](Index i, Index j) { return Space::weights.weight(static_cast<int>(i), static_cast<int>(j)); }),
        k);
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < k; ++j) {
        rows_[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] = vectors(i, j);
      }
    }
  }

  /// Computes phi(s), K numbers.
  void values(Point<Space> const& s, std::span<double> out) const noexcept {
    auto const& row = rows_[static_cast<std::size_t>(Space::index(s))];
    std::copy(row.begin(), row.end(), out.begin());
  }
  /// Returns E[phi_i phi_j] (equation 4).
  static constexpr double gram(int i, int j) noexcept { return i == j ? 1 : 0; }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int i) noexcept { return i == 0 ? 1 : 0; }

 private:
  LocalArray<std::array<double, static_cast<std::size_t>(k)>, static_cast<std::size_t>(Space::size)> rows_;
};

}  // namespace wmanifold
