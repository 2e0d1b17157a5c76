#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/intrinsics.hpp>
#include <wmanifold/core/real.hpp>

#include <Eigen/Core>

namespace wmanifold {

/// A batch: a row-major matrix with one row per sample. Its memory is malloc's: Eigen's own alignment depends on
/// -march, and a matrix that one file makes and another releases would corrupt the heap. Kernels need no alignment.
template <Real R>
using Matrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor | Eigen::DontAlign>;

/// A read-only reference to a batch. It binds to any row-major matrix, block or map without a copy.
template <Real R>
using ConstMatrixRef = Eigen::Ref<Matrix<R> const, 0, Eigen::OuterStride<>>;

/// A writable reference to a batch.
template <Real R>
using MatrixRef = Eigen::Ref<Matrix<R>, 0, Eigen::OuterStride<>>;

/// A small dense matrix, such as a Gram matrix; always in double. Its memory is malloc's too. Eigen's solver of
/// eigenvectors takes it as an Eigen::MatrixXd.
using SmallMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::DontAlign>;

/// Throws ArgumentError where `samples` is 0: an empty batch has no prediction, no loss and no mean.
constexpr void require_samples(char const* what, Index samples) {
  if (samples == 0) [[unlikely]] {
    fail(what, ": expected at least one sample, got an empty batch");
  }
}

/// Throws ArgumentError where a batch has no rows, not `columns` columns, or a number that is not finite.
template <Real R>
void require_batch(char const* what, ConstMatrixRef<R> const& batch, Index columns) {
  require_samples(what, batch.rows());
  require_count(what, "columns", columns, Index{batch.cols()});
  bool const in_one_piece = batch.outerStride() == columns;
  if (in_one_piece && all_finite(batch.data(), batch.rows() * columns)) {
    return;
  }
  for (Index row = 0; row < batch.rows(); ++row) {
    if (!all_finite(batch.row(row).data(), columns)) [[unlikely]] {
      Index column = 0;
      while (all_finite(batch.row(row).data() + column, 1)) {
        ++column;
      }
      fail(what, ": expected finite numbers, got ", batch(row, column), " in row ", row, ", column ", column);
    }
  }
}

}  // namespace wmanifold
