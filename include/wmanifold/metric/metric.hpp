#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/core/symmetric.hpp>

namespace wmanifold {

/// The metric of a basis: it measures the movement of the manifold under a change of parameters (equations 4 to 6).
class Metric {
 public:
  /// The metric of a symmetric positive definite K x K matrix; ArgumentError for other matrices.
  explicit Metric(SmallMatrix gram) : gram_(std::move(gram)) {
    if (!is_symmetric(gram_) || !detail::cholesky(gram_, cholesky_)) [[unlikely]] {
      fail("metric: expected a symmetric positive definite matrix, got another one of ", gram_.rows(), " x ",
           gram_.cols());
    }
    SmallMatrix const whiten = detail::inverse_of_lower(cholesky_);
    inverse_ = detail::product(detail::transposed(whiten), whiten);
  }

  /// The metric of a basis: its Gram matrix.
  template <Basis B>
  explicit Metric(B const& basis) : Metric(gram_matrix(basis)) {}

  /// Returns G = E[phi phi^T].
  [[nodiscard]] SmallMatrix const& gram() const noexcept { return gram_; }
  /// Returns G^-1.
  [[nodiscard]] SmallMatrix const& inverse() const noexcept { return inverse_; }
  /// Returns C, lower triangular, with G = C C^T; whitened coordinates are Q = C^T P.
  [[nodiscard]] SmallMatrix const& cholesky() const noexcept { return cholesky_; }

 private:
  /// Returns whether the matrix is square, finite and symmetric: the factorisation reads the lower triangle alone.
  static bool is_symmetric(SmallMatrix const& m) noexcept {
    if (m.rows() != m.cols() || m.size() == 0 || !all_finite(m.data(), m.size())) {
      return false;
    }
    double largest = 0;
    double apart = 0;
    for (Index j = 0; j < m.cols(); ++j) {
      for (Index i = 0; i < m.rows(); ++i) {
        largest = std::max(largest, std::abs(m(i, j)));
        apart = std::max(apart, std::abs(m(i, j) - m(j, i)));
      }
    }
    return apart <= 1e-12 * largest;
  }

  SmallMatrix gram_;
  SmallMatrix inverse_;
  SmallMatrix cholesky_;
};

}  // namespace wmanifold
