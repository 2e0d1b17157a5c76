#include <wmanifold/core/symmetric.hpp>

#include "support/doctest.hpp"

#include <algorithm>
#include <limits>

namespace wm = wmanifold;

namespace {

/// Positive definite, its eigenvalues over some decades.
wm::SmallMatrix positive(wm::Index n) {
  wm::SmallMatrix const a = wm::SmallMatrix::NullaryExpr(n, n, [](wm::Index i, wm::Index j) {
    return std::cos(1.0 + 3.7 * static_cast<double>(i * i) + 1.3 * static_cast<double>(j));
  });
  wm::SmallMatrix const scaled = a.array().colwise() * Eigen::ArrayXd::LinSpaced(n, 1, 100);
  wm::SmallMatrix sum = scaled.lazyProduct(scaled.transpose());
  sum.diagonal().array() += 0.1;
  return sum;
}

double largest(wm::SmallMatrix const& m) { return m.cwiseAbs().maxCoeff(); }

}  // namespace

TEST_CASE("products and transposes agree with Eigen's") {
  for (wm::Index const n : {1, 2, 5, 17}) {
    wm::SmallMatrix const a = positive(n).leftCols((n + 1) / 2);
    wm::SmallMatrix const b = positive(n + 3).topRows((n + 1) / 2);
    wm::SmallMatrix const expected = a * b;
    CHECK(wm::detail::product(a, b).rows() == n);
    CHECK(wm::detail::product(a, b).cols() == n + 3);
    CHECK(largest(wm::detail::product(a, b) - expected) <= 1e-14 * largest(expected));
    CHECK(wm::detail::transposed(a) == a.transpose());
    wm::SmallMatrix sum = expected;
    wm::detail::add_scaled(-0.5, expected, sum);
    CHECK(sum == 0.5 * expected);
  }
  CHECK(wm::detail::zero_matrix(2, 3) == wm::SmallMatrix::Zero(2, 3));
  CHECK(wm::detail::identity_matrix(3) == wm::SmallMatrix::Identity(3, 3));
}

TEST_CASE("a Cholesky factor is lower triangular and squares to its matrix") {
  for (wm::Index const n : {1, 2, 5, 17}) {
    wm::SmallMatrix const a = positive(n);
    wm::SmallMatrix c;
    REQUIRE(wm::detail::cholesky(a, c));
    for (wm::Index j = 1; j < n; ++j) {
      CHECK(largest(c.col(j).head(j)) == 0);
    }
    CHECK(largest(c.lazyProduct(c.transpose()) - a) <= 1e-14 * largest(a));
    wm::SmallMatrix const inverse = wm::detail::inverse_of_lower(c);
    CHECK(largest(inverse.lazyProduct(c) - wm::SmallMatrix::Identity(n, n)) <= 1e-12);
  }
}

TEST_CASE("a matrix that is not positive definite has no factor") {
  wm::SmallMatrix c;
  wm::SmallMatrix a(2, 2);
  a << 1, 2, 2, 1;
  CHECK_FALSE(wm::detail::cholesky(a, c));
  a << 1, 1, 1, 1;
  CHECK_FALSE(wm::detail::cholesky(a, c));
  a << 1, 0, std::numeric_limits<double>::quiet_NaN(), 1;
  CHECK_FALSE(wm::detail::cholesky(a, c));
  CHECK_FALSE(wm::detail::cholesky(wm::SmallMatrix::Zero(1, 1), c));
}

TEST_CASE("rotations bring a matrix to its eigenvalues, small ones to their own accuracy") {
  for (wm::Index const n : {1, 2, 5, 17}) {
    wm::SmallMatrix const a = positive(n);
    wm::SmallMatrix diagonal = a, vectors;
    wm::detail::diagonalise(diagonal, &vectors);
    CHECK(largest(vectors.lazyProduct(vectors.transpose()) - wm::SmallMatrix::Identity(n, n)) <= 1e-13);
    wm::SmallMatrix const values = diagonal.diagonal().asDiagonal();
    CHECK(largest(diagonal - values) <= 1e-14 * largest(a));
    CHECK(largest(vectors * values * vectors.transpose() - a) <= 1e-13 * largest(a));

    wm::SmallMatrix alone = a;
    wm::detail::diagonalise(alone);
    CHECK(alone == diagonal);
  }

  // diag(1, 1e-8) under slightly less than a quarter of a turn.
  double const angle = 0.7;
  wm::SmallMatrix turn(2, 2);
  turn << std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle);
  wm::SmallMatrix graded = turn * Eigen::Vector2d(1, 1e-8).asDiagonal() * turn.transpose();
  wm::detail::diagonalise(graded);
  CHECK(graded.diagonal().minCoeff() == doctest::Approx(1e-8).epsilon(1e-7));
  CHECK(graded.diagonal().maxCoeff() == doctest::Approx(1).epsilon(1e-14));
}

TEST_CASE("zero is diagonal") {
  wm::SmallMatrix zero = wm::SmallMatrix::Zero(3, 3), vectors;
  wm::detail::diagonalise(zero, &vectors);
  CHECK(largest(zero) == 0);
  CHECK(vectors == wm::SmallMatrix::Identity(3, 3));
}
