#pragma once

#include <wmanifold/core/simd.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace wmanifold::kernel {

/// How many columns of a K x N block are worked on at a time: K of them stay in L1.
inline constexpr Index descent_columns = 256;

/// to = keep * before + matrix * from, over a K x N block; `matrix` is K x K, row-major. Rows of all blocks are
/// `stride` apart; `to` may be `before`, not `from`.
template <class T, Real R>
void combine_rows(R const* matrix, Index rows, Index stride, Index count, R const* from, R keep, R const* before,
                  R* to) {
  for (Index n0 = 0; n0 < count; n0 += descent_columns) {
    Index const n1 = std::min(count, n0 + descent_columns);
    for (Index k = 0; k < rows; ++k) {
      R const* const old = before + k * stride;
      R* const out = to + k * stride;
      for (Index n = n0; n < n1; ++n) {
        out[n] = keep * old[n];
      }
      for (Index j = 0; j < rows; ++j) {
        R const factor = matrix[k * rows + j];
        if (factor != 0) {
          R const* const in = from + j * stride;
          for (Index n = n0; n < n1; ++n) {
            out[n] += factor * in[n];
          }
        }
      }
    }
  }
}

/// trace(A^T G B) over two K x N blocks, summed in double; `gram` is K x K.
template <class T, Real R>
[[nodiscard]] double metric_product(double const* gram, Index rows, Index stride, Index count, R const* a, R const* b) {
  std::array<double, descent_columns> column;
  double total = 0;
  for (Index n0 = 0; n0 < count; n0 += descent_columns) {
    Index const n1 = std::min(count, n0 + descent_columns);
    for (Index k = 0; k < rows; ++k) {
      column.fill(0);
      for (Index j = 0; j < rows; ++j) {
        double const factor = gram[k * rows + j];
        if (factor != 0) {
          R const* const from = a + j * stride;
          for (Index n = n0; n < n1; ++n) {
            column[n - n0] += factor * static_cast<double>(from[n]);
          }
        }
      }
      R const* const own = b + k * stride;
      for (Index n = n0; n < n1; ++n) {
        total += column[n - n0] * static_cast<double>(own[n]);
      }
    }
  }
  return total;
}

/// to += factor * from
template <class T, Real R>
void add_scaled(R factor, Index count, R const* from, R* to) noexcept {
  for (Index n = 0; n < count; ++n) {
    to[n] += factor * from[n];
  }
}

/// to = a * x + b * y
template <class T, Real R>
void blend(Index count, R a, R const* x, R b, R const* y, R* to) noexcept {
  for (Index n = 0; n < count; ++n) {
    to[n] = a * x[n] + b * y[n];
  }
}

/// What Adam keeps and how it weighs it. `first_share` and `second_share` are 1 / (1 - beta^t).
template <Real R>
struct AdamTerms {
  R beta1;
  R beta2;
  R epsilon;
  R first_share;
  R second_share;
};

/// One step of Adam on a K x N block in whitened coordinates: from the moments of before to those of now, and into
/// `direction` m / (sqrt v + epsilon). Where `over_rows`, v_n is the mean over rows of the squares, kept in row 0, so
/// that the step does not depend on the coordinates (equation 8).
template <class T, Real R>
void adam(AdamTerms<R> terms, bool over_rows, Index rows, Index stride, Index count, R const* gradient, R const* first,
          R const* second, R* next_first, R* next_second, R* direction) {
  for (Index n0 = 0; n0 < count; n0 += descent_columns) {
    Index const n1 = std::min(count, n0 + descent_columns);
    if (over_rows) {
      for (Index n = n0; n < n1; ++n) {
        R mean = 0;
        for (Index k = 0; k < rows; ++k) {
          R const g = gradient[k * stride + n];
          mean += g * g;
        }
        next_second[n] = terms.beta2 * second[n] + (1 - terms.beta2) * mean / static_cast<R>(rows);
      }
    }
    for (Index k = 0; k < rows; ++k) {
      Index const row = k * stride;
      Index const moments = over_rows ? 0 : row;
      for (Index n = n0; n < n1; ++n) {
        R const g = gradient[row + n];
        next_first[row + n] = terms.beta1 * first[row + n] + (1 - terms.beta1) * g;
        if (!over_rows) {
          next_second[row + n] = terms.beta2 * second[row + n] + (1 - terms.beta2) * g * g;
        }
        direction[row + n] = terms.first_share * next_first[row + n] /
                             (std::sqrt(terms.second_share * next_second[moments + n]) + terms.epsilon);
      }
    }
  }
}

}  // namespace wmanifold::kernel
