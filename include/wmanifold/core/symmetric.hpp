#pragma once

#include <wmanifold/core/matrix.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

/// Operations on matrices of a few dozen rows, by simple methods. Eigen's products and solvers would add seconds to the
/// compilation of every file that includes a flow.
namespace wmanifold::detail {

[[nodiscard]] inline SmallMatrix zero_matrix(Index rows, Index columns) {
  SmallMatrix result(rows, columns);
  std::fill(result.data(), result.data() + result.size(), 0.0);
  return result;
}

[[nodiscard]] inline SmallMatrix identity_matrix(Index rows) {
  SmallMatrix result = zero_matrix(rows, rows);
  for (Index i = 0; i < rows; ++i) {
    result(i, i) = 1;
  }
  return result;
}

/// Returns a b; each number is summed in order.
[[nodiscard]] inline SmallMatrix product(SmallMatrix const& a, SmallMatrix const& b) {
  Index const rows = a.rows();
  SmallMatrix result = zero_matrix(rows, b.cols());
  for (Index j = 0; j < b.cols(); ++j) {
    double* const column = result.data() + j * rows;
    for (Index k = 0; k < a.cols(); ++k) {
      double const factor = b(k, j);
      double const* const from = a.data() + k * rows;
      for (Index i = 0; i < rows; ++i) {
        column[i] += from[i] * factor;
      }
    }
  }
  return result;
}

[[nodiscard]] inline SmallMatrix transposed(SmallMatrix const& a) {
  SmallMatrix result(a.cols(), a.rows());
  for (Index j = 0; j < a.rows(); ++j) {
    for (Index i = 0; i < a.cols(); ++i) {
      result(i, j) = a(j, i);
    }
  }
  return result;
}

/// Adds factor * from to `to`: matrices or vectors of the same size.
template <class Numbers>
void add_scaled(double factor, Numbers const& from, Numbers& to) {
  for (Index i = 0; i < static_cast<Index>(from.size()); ++i) {
    to.data()[i] += factor * from.data()[i];
  }
}

[[nodiscard]] inline double dot(std::vector<double> const& a, std::vector<double> const& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Computes the lower triangular C with a = C C^T from the lower triangle of `a`. Returns false where `a` is not
/// positive definite; C is then undefined.
[[nodiscard]] inline bool cholesky(SmallMatrix const& a, SmallMatrix& c) {
  Index const n = a.rows();
  c = zero_matrix(n, n);
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) {
      double rest = a(i, j);
      for (Index k = 0; k < j; ++k) {
        rest -= c(i, k) * c(j, k);
      }
      if (i > j) {
        c(i, j) = rest / c(j, j);
      } else if (rest > 0) {
        c(j, j) = std::sqrt(rest);
      } else {
        return false;
      }
    }
  }
  return true;
}

/// Returns C^-1 of a lower triangular C.
[[nodiscard]] inline SmallMatrix inverse_of_lower(SmallMatrix const& c) {
  Index const n = c.rows();
  SmallMatrix inverse = zero_matrix(n, n);
  for (Index j = 0; j < n; ++j) {
    inverse(j, j) = 1 / c(j, j);
    for (Index i = j + 1; i < n; ++i) {
      double sum = 0;
      for (Index k = j; k < i; ++k) {
        sum += c(i, k) * inverse(k, j);
      }
      inverse(i, j) = -sum / c(i, i);
    }
  }
  return inverse;
}

/// Diagonalises a symmetric matrix by Jacobi's rotations: `a` becomes the diagonal V^T a V, with its eigenvalues in no
/// order. `vectors`, where not null, becomes V, with eigenvectors as columns.
inline void diagonalise(SmallMatrix& a, SmallMatrix* vectors = nullptr) {
  Index const n = a.rows();
  if (vectors != nullptr) {
    *vectors = identity_matrix(n);
  }
  auto const turn = [](double& x, double& y, double c, double s) {
    double const was = x;
    x = c * was - s * y;
    y = s * was + c * y;
  };
  double enough = 0;
  for (Index i = 0; i < n * n; ++i) {
    enough += 1e-30 * (a.data()[i] * a.data()[i]);
  }
  for (int sweep = 0; sweep < 50; ++sweep) {
    double rest = 0;
    for (Index q = 1; q < n; ++q) {
      for (Index p = 0; p < q; ++p) {
        double const off = a(p, q);
        rest += off * off;
        if (off == 0) {
          continue;
        }
        // t is the tangent of the angle that makes a(p, q) 0: the smaller root of t^2 + 2 t cot(2 angle) = 1.
        double const cot = (a(q, q) - a(p, p)) / (2 * off);
        double const t = std::copysign(1 / (std::abs(cot) + std::hypot(cot, 1.0)), cot);
        double const c = 1 / std::hypot(t, 1.0);
        double const s = t * c;
        for (Index k = 0; k < n; ++k) {
          turn(a(k, p), a(k, q), c, s);
        }
        for (Index k = 0; k < n; ++k) {
          turn(a(p, k), a(q, k), c, s);
        }
        if (vectors != nullptr) {
          for (Index k = 0; k < n; ++k) {
            turn((*vectors)(k, p), (*vectors)(k, q), c, s);
          }
        }
      }
    }
    if (!(rest > enough)) {
      return;
    }
  }
}

}  // namespace wmanifold::detail
