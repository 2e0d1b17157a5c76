#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/half.hpp>
#include <wmanifold/core/matrix.hpp>

#include <algorithm>
#include <span>

namespace wmanifold {

/// A K x N block of numbers, each row on a cache line, and a list of shared numbers. It holds the parameters of a
/// manifold (rows, and the part that all contexts share), their gradient, or a velocity. After a move it is 0 x 0.
/// Parameters for use alone may be numbers of 16 bits.
template <StoredNumber R>
class Parameters {
 public:
  /// An empty block, 0 x 0.
  Parameters() = default;
  /// A block of zeros.
  Parameters(Index rows, Index columns, Index shared = 0)
      : rows_(rows),
        columns_(columns),
        stride_(padded(columns)),
        shared_(shared),
        numbers_(static_cast<std::size_t>(rows * stride_ + padded(shared))) {}
  /// A block of zeros with the same sizes.
  [[nodiscard]] Parameters zeros_like() const { return {rows_, columns_, shared_}; }

  /// K, the number of rows.
  [[nodiscard]] Index rows() const noexcept { return rows_; }
  /// N, the numbers in a row.
  [[nodiscard]] Index columns() const noexcept { return columns_; }
  /// Distance between the starts of rows, in numbers. The padding between rows is zero.
  [[nodiscard]] Index stride() const noexcept { return stride_; }

  /// First number of row 0.
  [[nodiscard]] R* data() noexcept { return numbers_.data(); }
  /// The same, read-only.
  [[nodiscard]] R const* data() const noexcept { return numbers_.data(); }
  /// Row k, N numbers; k is not checked, like the index of a vector.
  [[nodiscard]] std::span<R> row(Index k) noexcept {
    return {numbers_.data() + k * stride_, static_cast<std::size_t>(columns_)};
  }
  /// The same, read-only.
  [[nodiscard]] std::span<R const> row(Index k) const noexcept {
    return {numbers_.data() + k * stride_, static_cast<std::size_t>(columns_)};
  }

  /// The numbers that belong to no row.
  [[nodiscard]] std::span<R> shared() noexcept {
    return {numbers_.data() + rows_ * stride_, static_cast<std::size_t>(shared_)};
  }
  /// The same, read-only.
  [[nodiscard]] std::span<R const> shared() const noexcept {
    return {numbers_.data() + rows_ * stride_, static_cast<std::size_t>(shared_)};
  }

  /// All numbers, padding included, for operations that treat each alike. Their count includes the padding too; there
  /// are rows() * columns() + shared().size() parameters.
  [[nodiscard]] std::span<R> numbers() noexcept { return numbers_; }
  /// The same, read-only.
  [[nodiscard]] std::span<R const> numbers() const noexcept { return numbers_; }

  /// Returns whether another block has the same sizes.
  [[nodiscard]] bool same_sizes(Parameters const& other) const noexcept {
    return rows_ == other.rows_ && columns_ == other.columns_ && shared_ == other.shared_;
  }

  /// Sets all numbers to zero.
  void set_zero() noexcept { std::fill(numbers_.begin(), numbers_.end(), R{}); }

  /// The block of rows, K x N, as an Eigen reference.
  template <Real Q = R>
  [[nodiscard]] MatrixRef<Q> matrix() noexcept {
    return Eigen::Map<Matrix<Q>, 0, Eigen::OuterStride<>>(data(), rows_, columns_, Eigen::OuterStride<>(stride_));
  }
  /// The same, read-only.
  template <Real Q = R>
  [[nodiscard]] ConstMatrixRef<Q> matrix() const noexcept {
    return Eigen::Map<Matrix<Q> const, 0, Eigen::OuterStride<>>(data(), rows_, columns_, Eigen::OuterStride<>(stride_));
  }

  friend bool operator==(Parameters const&, Parameters const&) = default;

 private:
  static Index padded(Index columns) noexcept {
    constexpr Index line = static_cast<Index>(alignment / sizeof(R));
    return (columns + line - 1) / line * line;
  }

  MovedSize rows_;
  MovedSize columns_;
  MovedSize stride_;
  MovedSize shared_;
  AlignedVector<R> numbers_;
};

/// Throws ArgumentError if a model's parameters were moved away.
template <StoredNumber R>
void require_parameters(Parameters<R> const& parameters) {
  if (parameters.numbers().empty()) [[unlikely]] {
    fail("model: expected a model with parameters, got a moved-from one");
  }
}

/// Throws ArgumentError if a block's sizes differ from another's.
template <Real R>
void require_sizes_of(Parameters<R> const& expected, char const* what, Parameters<R> const& block) {
  require_count(what, "rows", expected.rows(), block.rows());
  require_count(what, "columns", expected.columns(), block.columns());
  require_count(what, "shared numbers", static_cast<Index>(expected.shared().size()),
                static_cast<Index>(block.shared().size()));
}

}  // namespace wmanifold
