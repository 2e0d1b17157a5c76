#pragma once

#include <wmanifold/core/matrix.hpp>

#include <span>
#include <vector>

namespace wmanifold {
namespace detail {

/// Throws ArgumentError for an index outside 0, ..., count - 1.
inline void require_indices(std::span<Index const> indices, Index count) {
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] < 0 || indices[i] >= count) [[unlikely]] {
      fail("gather: expected indices of ", count, " samples, counted from 0, got ", indices[i], " at position ", i);
    }
  }
}

}  // namespace detail

/// Returns the rows of a batch with these indices, in this order. ArgumentError for an index that is no row's.
template <class Derived>
[[nodiscard]] Matrix<typename Derived::Scalar> gather(Eigen::MatrixBase<Derived> const& batch,
                                                      std::span<Index const> indices) {
  detail::require_indices(indices, batch.rows());
  Matrix<typename Derived::Scalar> rows(static_cast<Index>(indices.size()), batch.cols());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    rows.row(static_cast<Index>(i)) = batch.row(indices[i]);
  }
  return rows;
}

/// Returns the entries of a vector (labels, points or weights) with these indices, in this order. ArgumentError for an
/// index that is no entry's.
template <class T>
[[nodiscard]] std::vector<T> gather(std::vector<T> const& all, std::span<Index const> indices) {
  detail::require_indices(indices, static_cast<Index>(all.size()));
  std::vector<T> some;
  some.reserve(indices.size());
  for (Index const i : indices) {
    some.push_back(all[static_cast<std::size_t>(i)]);
  }
  return some;
}

}  // namespace wmanifold
