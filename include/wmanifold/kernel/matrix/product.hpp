#pragma once

#include <wmanifold/kernel/matrix/tile.hpp>

namespace wmanifold::kernel {

/// A matrix as it lies: number (r, c) is at data[r * row_stride + c * column_stride]; one of the strides is 1.
template <Real R>
struct Strided {
  R const* data;
  Index row_stride;
  Index column_stride;
};

namespace detail {

/// Rows and columns of b, as a tile.
template <class T, Real R>
void pack_tile(Strided<R> b, IndexRange rows, IndexRange columns, R* tile) {
  for (Index p = rows.begin; p < rows.end; ++p, tile += Block<T, R>::columns) {
    R const* const from = b.data + p * b.row_stride + columns.begin * b.column_stride;
    if (b.column_stride == 1) {
      pack_row<T, R>(R{1}, from, columns.size(), tile);
      continue;
    }
    std::fill_n(tile, Block<T, R>::columns, R{0});
    for (Index c = 0; c < columns.size(); ++c) {
      tile[c] = from[c * b.column_stride];
    }
  }
}

template <class T, Real R, Order O>
void multiply(Index rows, Index columns, Index depth, R const* a, Index a_stride, Strided<R> b, R* c, Index stride,
              bool add) {
  Pieces const terms = depth_pieces<T, R>(depth);
  Pieces const panels = column_pieces<T, R>(columns);
  share_rows<T, R>(rows, rows * columns * depth, [&](IndexRange own, Index) {
    PackedTile<T, R> tile;
    for (Index t = 0; t < terms.size(); ++t) {
      IndexRange const p = terms[t];
      R const* const left =
          O == Order::by_rows ? a + own.begin * a_stride + p.begin : a + p.begin * a_stride + own.begin;
      for (Index panel = 0; panel < panels.size(); ++panel) {
        IndexRange const out = panels[panel];
        pack_tile<T, R>(b, p, out, tile.numbers.data());
        Prefetch<R> next;
        if (b.column_stride == 1 && panel + 1 < panels.size()) {
          next = {b.data + p.begin * b.row_stride + out.end, b.row_stride, p.size(), panels[panel + 1].size()};
        } else if (b.column_stride == 1 && t + 1 < terms.size()) {
          next = {b.data + p.end * b.row_stride, b.row_stride, terms[t + 1].size(), panels[0].size()};
        }
        sweep<T, R, O>(own.size(), left, a_stride, tile.numbers.data(), Block<T, R>::columns, p.size(), out.size(),
                       Destination<R>{c + own.begin * stride + out.begin, stride, add || t > 0}, next);
      }
    }
  });
}

}  // namespace detail

/// c (rows x columns, its rows `stride` apart) = a b, or c += a b where `add`. Every number of c is summed in one
/// order, whatever the number of threads.
template <class T, Real R>
void multiply(Index rows, Index columns, Index depth, Strided<R> a, Strided<R> b, R* c, Index stride,
              bool add = false) {
  if (a.column_stride == 1) {
    detail::multiply<T, R, Order::by_rows>(rows, columns, depth, a.data, a.row_stride, b, c, stride, add);
  } else {
    detail::multiply<T, R, Order::by_depth>(rows, columns, depth, a.data, a.column_stride, b, c, stride, add);
  }
}

}  // namespace wmanifold::kernel
