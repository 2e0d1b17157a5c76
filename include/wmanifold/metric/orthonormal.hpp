#pragma once

#include <wmanifold/metric/metric.hpp>

namespace wmanifold {

/// Another basis of the same functions whose Gram matrix is the identity: C^-1 phi, where C C^T is that of `B`, lower
/// triangular, so that the first function is a multiple of B's first. In it plain descent is steepest descent, and
/// every row is worth the same. It is orthonormal to rounding times the condition number of B's Gram matrix. Between it
/// and B, change_of_basis goes both ways.
template <Basis B>
class Orthonormal {
 public:
  using Topology = typename B::Topology;
  static constexpr int size = B::size;
  static constexpr int degree = B::degree;
  static std::string name() { return "orthonormal(" + B::name() + ")"; }

  Orthonormal() requires std::default_initializable<B> : Orthonormal(B{}) {}
  /// ArgumentError where B's Gram matrix is not positive definite to rounding.
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

  /// The basis that it is made of.
  [[nodiscard]] B const& original() const noexcept { return basis_; }
  [[nodiscard]] std::vector<double> state() const { return state_of(basis_); }

  void values(Point<Topology> const& s, std::span<double> out) const noexcept {
    basis_.values(s, out);
    whiten(out.data(), 1);
  }
  void derivatives(Point<Topology> const& s, std::span<double> out) const noexcept requires DifferentiableBasis<B> {
    basis_.derivatives(s, out);
    for (int c = 0; c < Topology::coordinates; ++c) {
      whiten(out.data() + c, Topology::coordinates);
    }
  }
  [[nodiscard]] Quadrature<Topology> quadrature(int exact_to) const requires PiecewiseBasis<B> {
    return basis_.quadrature(exact_to);
  }
  static constexpr double gram(int i, int j) noexcept { return i == j ? 1 : 0; }
  double constant(int k) const noexcept { return constant_[static_cast<std::size_t>(k)]; }

 private:
  /// Numbers that are `stride` apart, in place from the back: the i-th takes those up to itself.
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

/// The orthonormal version of a basis.
template <Basis B>
[[nodiscard]] Orthonormal<B> orthonormal(B basis) {
  return Orthonormal<B>(std::move(basis));
}

}  // namespace wmanifold
