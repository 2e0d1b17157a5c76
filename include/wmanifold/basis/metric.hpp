#pragma once

#include <wmanifold/basis/basis.hpp>

#include <Eigen/Cholesky>

namespace wmanifold {

/// The metric of a basis: how far the manifold moves when its parameters do (equations 4 to 6).
class Metric {
 public:
  /// From a symmetric positive definite K x K matrix; ArgumentError when it is not.
  explicit Metric(SmallMatrix gram) : gram_(std::move(gram)) {
    // The factorisation sees the lower triangle only, and takes NaN for positive.
    bool const symmetric = gram_.rows() == gram_.cols() && gram_.size() > 0 && gram_.allFinite() &&
                           (gram_ - gram_.transpose()).cwiseAbs().maxCoeff() <= 1e-12 * gram_.cwiseAbs().maxCoeff();
    Eigen::LLT<SmallMatrix> const factor = symmetric ? Eigen::LLT<SmallMatrix>(gram_) : Eigen::LLT<SmallMatrix>();
    if (!symmetric || factor.info() != Eigen::Success) [[unlikely]] {
      fail("metric: expected a symmetric positive definite matrix, got one of ", gram_.rows(), " x ", gram_.cols(),
           " that is not");
    }
    cholesky_ = factor.matrixL();
    inverse_ = factor.solve(SmallMatrix::Identity(gram_.rows(), gram_.cols()));
    // Both are symmetric; make them so to the last bit.
    inverse_ = (0.5 * (inverse_ + inverse_.transpose())).eval();
  }

  template <Basis B>
  explicit Metric(B const& basis) : Metric(gram_matrix(basis)) {}

  /// G = E[phi phi^T].
  [[nodiscard]] SmallMatrix const& gram() const noexcept { return gram_; }
  /// G^-1.
  [[nodiscard]] SmallMatrix const& inverse() const noexcept { return inverse_; }
  /// C, lower triangular, G = C C^T; whitened coordinates are Q = C^T P.
  [[nodiscard]] SmallMatrix const& cholesky() const noexcept { return cholesky_; }

 private:
  SmallMatrix gram_;
  SmallMatrix inverse_;
  SmallMatrix cholesky_;
};

}  // namespace wmanifold
