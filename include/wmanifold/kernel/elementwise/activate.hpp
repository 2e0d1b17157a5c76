#pragma once

#include <wmanifold/kernel/matrix/tile.hpp>

namespace wmanifold::kernel {

/// Sets values[n] = f(values[n]); `derivatives`, where not null, receives f'. `function(x)` returns {f, f'} for a
/// number or a batch of numbers.
template <class T, Real R, class Function>
void activate(Function const& function, Index count, R* values, R* derivatives) {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  auto const one = [&](R* value, R* derivative) {
    auto const [f, df] = function(V::load_unaligned(value));
    f.store_unaligned(value);
    if (derivative != nullptr) {
      df.store_unaligned(derivative);
    }
  };
  Index n = 0;
  for (; n + lanes <= count; n += lanes) {
    one(values + n, derivatives == nullptr ? nullptr : derivatives + n);
  }
  if (n < count) {  // the rest uses the same arithmetic: a value never depends on its place
    LocalArray<R, static_cast<std::size_t>(lanes)> value{};
    LocalArray<R, static_cast<std::size_t>(lanes)> derivative{};
    std::copy(values + n, values + count, value.begin());
    one(value.data(), derivative.data());
    std::copy_n(value.begin(), count - n, values + n);
    if (derivatives != nullptr) {
      std::copy_n(derivative.begin(), count - n, derivatives + n);
    }
  }
}

/// Activates a part of a matrix: rows and columns of `values` (and `derivatives`), rows `stride` apart.
template <class T, Real R, class Function>
void activate(Function const& function, IndexRange rows, IndexRange columns, Index stride, R* values, R* derivatives) {
  auto const run = [&](Index first, Index count) {
    activate<T, R>(function, count, values + first, derivatives == nullptr ? nullptr : derivatives + first);
  };
  if (columns.size() == stride) {
    run(rows.begin * stride, rows.size() * stride);
    return;
  }
  for (Index row = rows.begin; row < rows.end; ++row) {
    run(row * stride + columns.begin, columns.size());
  }
}

}  // namespace wmanifold::kernel
