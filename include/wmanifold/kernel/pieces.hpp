#pragma once

#include <wmanifold/core/function_ref.hpp>
#include <wmanifold/core/real.hpp>

#include <algorithm>

namespace wmanifold::kernel {

/// [begin, end) of something that is worked on in pieces.
struct IndexRange {
  Index begin;
  Index end;
  [[nodiscard]] Index size() const noexcept { return end - begin; }
};

/// [0, count) in pieces of at most `largest` whole units, of about the same size.
class Pieces {
 public:
  Pieces(Index count, Index largest, Index unit = 1) noexcept
      : count_(count),
        units_((count + unit - 1) / unit),
        pieces_((units_ * unit + largest - 1) / largest),
        unit_(unit) {}

  [[nodiscard]] Index size() const noexcept { return pieces_; }
  [[nodiscard]] IndexRange operator[](Index piece) const noexcept {
    return {units_ * piece / pieces_ * unit_, std::min(count_, units_ * (piece + 1) / pieces_ * unit_)};
  }

 private:
  Index count_;
  Index units_;
  Index pieces_;
  Index unit_;
};

/// What is done with a finished part of a result (rows, columns) while it is in the cache: products need no template for
/// it, and a part is large enough for the call not to matter.
using Epilogue = wmanifold::detail::FunctionRef<IndexRange, IndexRange>;

}  // namespace wmanifold::kernel
