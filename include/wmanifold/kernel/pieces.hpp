#pragma once

#include <wmanifold/core/function_ref.hpp>
#include <wmanifold/core/real.hpp>

#include <algorithm>

namespace wmanifold::kernel {

/// The range [begin, end) of indices.
struct IndexRange {
  /// The first index.
  Index begin;
  /// The index after the last.
  Index end;
  /// Returns the number of indices.
  [[nodiscard]] Index size() const noexcept { return end - begin; }
};

/// A division of [0, count) into pieces of about the same size: whole units, at most `largest` indices.
class Pieces {
 public:
  /// A division of [0, count) into whole units of `unit` indices, at most `largest` indices in a piece.
  Pieces(Index count, Index largest, Index unit = 1) noexcept
      : count_(count),
        units_((count + unit - 1) / unit),
        pieces_((units_ * unit + largest - 1) / largest),
        unit_(unit) {}

  /// Returns the number of pieces.
  [[nodiscard]] Index size() const noexcept { return pieces_; }
  /// Returns the range of a piece.
  [[nodiscard]] IndexRange operator[](Index piece) const noexcept {
    return {units_ * piece / pieces_ * unit_, std::min(count_, units_ * (piece + 1) / pieces_ * unit_)};
  }

 private:
  Index count_;
  Index units_;
  Index pieces_;
  Index unit_;
};

/// A callable for each finished part (rows, columns) of a result, while the part is in the cache. Products need no
/// template for it; a part is large enough to make the call's cost negligible.
using Epilogue = wmanifold::detail::FunctionRef<IndexRange, IndexRange>;

}  // namespace wmanifold::kernel
