#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/core/symmetric.hpp>

namespace wmanifold {

/// The metric of a basis: how far the manifold moves when its parameters do (equations 4 to 6).
class Metric {
 public:
  /// From a symmetric positive definite K x K matrix; ArgumentError when it is not.
  explicit Metric(SmallMatrix gram) : gram_(std::move(gram)) {
    // The factorisation sees the lower triangle only.
    bool const symmetric = gram_.rows() == gram_.cols() && gram_.size() > 0 && gram_.allFinite() &&
                           (gram_ - gram_.transpose()).cwiseAbs().maxCoeff() <= 1e-12 * gram_.cwiseAbs().maxCoeff();
    if (!symmetric || !detail::cholesky(gram_, cholesky_)) [[unlikely]] {
      fail("metric: expected a symmetric positive definite matrix, got one of ", gram_.rows(), " x ", gram_.cols(),
           " that is not");
    }
    SmallMatrix const whiten = detail::inverse_of_lower(cholesky_);
    inverse_ = whiten.transpose().lazyProduct(whiten);
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
