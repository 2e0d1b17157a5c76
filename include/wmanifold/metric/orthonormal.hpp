#pragma once

#include <wmanifold/metric/metric.hpp>

namespace wmanifold {

/// A basis of the same functions as B with the identity as its Gram matrix: C^-1 phi, with C C^T the Gram matrix of B.
/// C is lower triangular; the first function is a multiple of B's first. In this basis plain descent is steepest
/// descent, and all rows have equal weight. It is orthonormal to rounding times the condition number of B's Gram
/// matrix. change_of_basis converts between it and B in both directions.
template <Basis B>
class Orthonormal {
 public:
  /// The topology of the contexts.
  using Topology = typename B::Topology;
  /// K, the number of functions.
  static constexpr int size = B::size;
  /// Degree of the polynomials.
  static constexpr int degree = B::degree;
  /// Returns the name in files and messages.
  static std::string name() { return "orthonormal(" + B::name() + ")"; }

  /// The orthonormal version of a default-constructed B.
  Orthonormal() requires std::default_initializable<B> : Orthonormal(B{}) {}
  /// The orthonormal version of a basis. ArgumentError where B's Gram matrix is not positive definite to rounding.
  explicit Orthonormal(B basis) : basis_(std::move(basis)) {
    Metric const metric(basis_);
    SmallMatrix const whiten = detail::inverse_of_lower(metric.cholesky());
    for (Index i = 0; i < size; ++i) {
      double constant = 0;
      for (Index j = 0; j < size; ++j) {
        constant += metric.cholesky()(j, i) * basis_.constant(static_cast<int>(j));
      }
      constant_[static_cast<std::size_t>(i)] = constant;
      for (Index j = 0; j <= i; ++j) {
        whiten_.push_back(whiten(i, j));
      }
    }
  }

  /// Returns the original basis.
  [[nodiscard]] B const& original() const noexcept { return basis_; }
  /// Returns the numbers of the basis that its type does not contain.
  [[nodiscard]] std::vector<double> state() const { return state_of(basis_); }

  /// Computes phi(s), K numbers.
  void values(Point<Topology> const& s, std::span<double> out) const noexcept {
    basis_.values(s, out);
    whiten(out.data(), 1);
  }
  /// Computes the gradients of the functions at s, K x coordinates.
  void derivatives(Point<Topology> const& s, std::span<double> out) const noexcept requires DifferentiableBasis<B> {
    basis_.derivatives(s, out);
    for (int c = 0; c < Topology::coordinates; ++c) {
      whiten(out.data() + c, Topology::coordinates);
    }
  }
  /// Returns a quadrature that is exact up to this degree.
  [[nodiscard]] Quadrature<Topology> quadrature(int exact_to) const requires PiecewiseBasis<B> {
    return basis_.quadrature(exact_to);
  }
  /// Returns E[phi_i phi_j] (equation 4).
  static constexpr double gram(int i, int j) noexcept { return i == j ? 1 : 0; }
  /// Returns coefficient k of the constant function 1.
  double constant(int k) const noexcept { return constant_[static_cast<std::size_t>(k)]; }

 private:
  /// Multiplies numbers that are `stride` apart by C^-1, in place from the back: number i depends on those up to i.
  void whiten(double* numbers, int stride) const noexcept {
    double const* row = whiten_.data() + whiten_.size();
    for (int i = size - 1; i >= 0; --i) {
      row -= i + 1;
      double sum = 0;
      for (int j = 0; j <= i; ++j) {
        sum += row[j] * numbers[j * stride];
      }
      numbers[i * stride] = sum;
    }
  }

  [[no_unique_address]] B basis_;
  std::vector<double> whiten_;  // the lower triangle of C^-1, row by row
  LocalArray<double, static_cast<std::size_t>(size)> constant_{};
};

/// Returns the orthonormal version of a basis.
template <Basis B>
[[nodiscard]] Orthonormal<B> orthonormal(B basis) {
  return Orthonormal<B>(std::move(basis));
}

}  // namespace wmanifold
