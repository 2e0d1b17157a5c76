#pragma once

#include <wmanifold/kernel/matrix/tile.hpp>

namespace wmanifold::kernel {

/// A matrix in memory: number (r, c) is at data[r * row_stride + c * column_stride]. One of the strides is 1.
template <Real R>
struct Strided {
  /// Number (0, 0).
  R const* data;
  /// The distance of rows.
  Index row_stride;
  /// The distance of columns.
  Index column_stride;
};

namespace detail {

/// Copies the given rows and columns of b into a tile.
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

}  // namespace detail

/// Computes c = a b, or c += a b where `add`; c has `rows` x `columns` numbers, its rows `stride` apart. Every number
/// of c is summed in one order, whatever the number of threads.
template <class T, Real R>
void multiply(Index rows, Index columns, Index depth, Strided<R> a, Strided<R> b, R* c, Index stride,
              bool add = false) {
  using B = Block<T, R>;
  bool const few_rows = rows <= 8 * B::rows;  // a tile is read so few times that packing does not pay
  Pieces const terms = depth_pieces<T, R>(depth);
  Pieces const panels = column_pieces<T, R>(columns);
  share_rows<T, R>(rows, rows * columns * depth, [&](IndexRange own, Index) {
    PackedTile<T, R> tile;
    for (Index t = 0; t < terms.size(); ++t) {
      IndexRange const p = terms[t];
      Left<R> const left{a.data + own.begin * a.row_stride + p.begin * a.column_stride, a.row_stride, a.column_stride};
      for (Index panel = 0; panel < panels.size(); ++panel) {
        IndexRange const out = panels[panel];
        Destination<R> const to{c + own.begin * stride + out.begin, stride, add || t > 0};
        if (few_rows && b.column_stride == 1 && out.size() % B::lanes == 0) {
          sweep<T, R>(own.size(), left, b.data + p.begin * b.row_stride + out.begin, b.row_stride, p.size(), out.size(),
                      to);
          continue;
        }
        detail::pack_tile<T, R>(b, p, out, tile.numbers.data());
        Prefetch<R> next;
        if (b.column_stride == 1 && panel + 1 < panels.size()) {
          next = {b.data + p.begin * b.row_stride + out.end, b.row_stride, p.size(), panels[panel + 1].size()};
        } else if (b.column_stride == 1 && t + 1 < terms.size()) {
          next = {b.data + p.end * b.row_stride, b.row_stride, terms[t + 1].size(), panels[0].size()};
        }
        sweep<T, R>(own.size(), left, tile.numbers.data(), Block<T, R>::columns, p.size(), out.size(), to, next);
      }
    }
  });
}

}  // namespace wmanifold::kernel
