#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/core/local_array.hpp>
#include <wmanifold/kernel/matrix/mix.hpp>

#include <algorithm>

namespace wmanifold {

/// Writes the K coefficients of a point, in R.
template <Real R, Basis B>
void write_coefficients(B const& basis, Point<typename B::Topology> const& s, R* out) noexcept {
  auto const phi = values_at(basis, s);
  std::transform(phi.begin(), phi.end(), out, [](double x) { return static_cast<R>(x); });
}

/// The rows that a point mixes, and their coefficients. In a basis with local support, only rows with coefficients
/// other than 0; otherwise all rows.
template <Real R, class B>
class RowsAt {
 public:
  using Context = Point<typename B::Topology>;  ///< type of a context

  /// The rows at a point.
  RowsAt(B const& basis, Context const& s) noexcept {
    write_coefficients(basis, s, coefficients_.data());
    for (std::size_t k = 0; k < K; ++k) {
      if (support_of<B>() == B::size || coefficients_[k] != 0) {
        auto const at = static_cast<std::size_t>(count_++);
        coefficients_[at] = coefficients_[k];
        rows_[at] = static_cast<Index>(k);
      }
    }
  }

  /// The rows of a block whose rows are `stride` numbers apart, as kernels take them.
  [[nodiscard]] kernel::ChosenRows<R> of(Index stride) const noexcept {
    return {coefficients_.data(), rows_.data(), count_, stride};
  }

 private:
  static constexpr auto K = static_cast<std::size_t>(B::size);

  LocalArray<R, K> coefficients_;
  LocalArray<Index, K> rows_;
  Index count_ = 0;
};

}  // namespace wmanifold
