#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/matrix.hpp>

#include <algorithm>
#include <span>

namespace wmanifold {

/// A K x N block of numbers, each row on a cache line, and a list of numbers beside it: the parameters of a manifold
/// (rows on the manifold, and what all contexts share), their gradient, a velocity. Moved from, it is 0 x 0.
template <Real R>
class Parameters {
 public:
  Parameters() = default;
  /// Zeros.
  Parameters(Index rows, Index columns, Index shared = 0)
      : rows_(rows),
        columns_(columns),
        stride_(padded(columns)),
        shared_(shared),
        numbers_(static_cast<std::size_t>(rows * stride_ + padded(shared))) {}
  /// Zeros, of the same sizes.
  [[nodiscard]] Parameters zeros_like() const { return {rows_, columns_, shared_}; }

  [[nodiscard]] Index rows() const noexcept { return rows_; }
  [[nodiscard]] Index columns() const noexcept { return columns_; }
  /// How far rows are apart; what lies between is zero.
  [[nodiscard]] Index stride() const noexcept { return stride_; }

  [[nodiscard]] R* data() noexcept { return numbers_.data(); }
  [[nodiscard]] R const* data() const noexcept { return numbers_.data(); }
  [[nodiscard]] std::span<R> row(Index k) noexcept {
    return {numbers_.data() + k * stride_, static_cast<std::size_t>(columns_)};
  }
  [[nodiscard]] std::span<R const> row(Index k) const noexcept {
    return {numbers_.data() + k * stride_, static_cast<std::size_t>(columns_)};
  }

  /// What belongs to no row.
  [[nodiscard]] std::span<R> shared() noexcept {
    return {numbers_.data() + rows_ * stride_, static_cast<std::size_t>(shared_)};
  }
  [[nodiscard]] std::span<R const> shared() const noexcept {
    return {numbers_.data() + rows_ * stride_, static_cast<std::size_t>(shared_)};
  }

  /// All numbers there are, padding included: for what is done to each alike.
  [[nodiscard]] std::span<R> numbers() noexcept { return numbers_; }
  [[nodiscard]] std::span<R const> numbers() const noexcept { return numbers_; }

  [[nodiscard]] bool same_sizes(Parameters const& other) const noexcept {
    return rows_ == other.rows_ && columns_ == other.columns_ && shared_ == other.shared_;
  }

  void set_zero() noexcept { std::fill(numbers_.begin(), numbers_.end(), R{0}); }

  /// The whole block, K x N, seen through Eigen.
  [[nodiscard]] MatrixRef<R> matrix() noexcept {
    return Eigen::Map<Matrix<R>, 0, Eigen::OuterStride<>>(data(), rows_, columns_, Eigen::OuterStride<>(stride_));
  }
  [[nodiscard]] ConstMatrixRef<R> matrix() const noexcept {
    return Eigen::Map<Matrix<R> const, 0, Eigen::OuterStride<>>(data(), rows_, columns_, Eigen::OuterStride<>(stride_));
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

/// Throws ArgumentError where a model's parameters were moved away, and the rest of it with them.
template <Real R>
void require_parameters(Parameters<R> const& parameters) {
  if (parameters.numbers().empty()) [[unlikely]] {
    fail("model: expected one with parameters, got one that was moved from");
  }
}

/// Throws ArgumentError where a block has not the sizes of another.
template <Real R>
void require_sizes_of(Parameters<R> const& expected, char const* what, Parameters<R> const& block) {
  require_count(what, "rows", expected.rows(), block.rows());
  require_count(what, "columns", expected.columns(), block.columns());
  require_count(what, "shared numbers", static_cast<Index>(expected.shared().size()),
                static_cast<Index>(block.shared().size()));
}

}  // namespace wmanifold
