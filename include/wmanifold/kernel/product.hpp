#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/parallel.hpp>
#include <wmanifold/core/simd.hpp>

#include <algorithm>
#include <array>
#include <type_traits>

/// The seam: below this line there are pointers, sizes and strides only. Every function carries its target.
namespace wmanifold::kernel {

/// The block that a product works on: `rows` x `columns` accumulators in registers, `depth` terms at a time.
template <class T, Real R>
struct Block {
  static constexpr int vectors = simd::registers<T> == 32 ? 3 : 2;
  static constexpr int rows = simd::registers<T> == 32 ? 8 : 6;
  static constexpr Index columns = vectors * simd::lanes<T, R>;
  static constexpr Index depth = 128;
};

/// block[r][c] = sum_p a[p * rows + r] b[p * columns + c]
template <class T, Real R, int Vectors>
void multiply_block(R const* a, R const* b, Index depth, R* block) {
  using B = Block<T, R>;
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  std::array<std::array<V, Vectors>, B::rows> sum;
  for (auto& row : sum) {
    row.fill(V(R{0}));
  }
  for (Index p = 0; p < depth; ++p, a += B::rows, b += B::columns) {
    std::array<V, Vectors> right;
    for (int v = 0; v < Vectors; ++v) {
      right[v] = V::load_aligned(b + v * lanes);
    }
    for (int r = 0; r < B::rows; ++r) {
      V const left(a[r]);
      for (int v = 0; v < Vectors; ++v) {
        sum[r][v] = simd::fma(left, right[v], sum[r][v]);
      }
    }
  }
  for (int r = 0; r < B::rows; ++r) {
    for (int v = 0; v < Vectors; ++v) {
      sum[r][v].store_aligned(block + r * B::columns + v * lanes);
    }
  }
}

/// C = A B, or C += A B where `accumulate`, with C rows x columns and `depth` terms in each sum.
///
/// - `pack_left(r, p0, p1, out)` writes A(r, p) to out[(p - p0) * Block::rows] for p in [p0, p1);
/// - `pack_right(p0, p1, c0, c1, out)` writes B(p, c) to out[(p - p0) * Block::columns + c - c0];
/// - `row_of(r)` points to row r of C.
///
/// What is scaled, gathered or transposed is so while packing. Every number of C is summed in one order that
/// does not depend on the number of threads.
template <class T, Real R, class PackLeft, class PackRight, class RowOf>
void product(Index rows, Index columns, Index depth, PackLeft const& pack_left, PackRight const& pack_right,
             RowOf const& row_of, bool accumulate = false) {
  using B = Block<T, R>;
  Index const tiles = (rows + B::rows - 1) / B::rows;
  parallel_ranges<T>(tiles, rows * columns * depth, [&](Index first_tile, Index last_tile) {
    alignas(alignment) std::array<R, B::rows * B::depth> left{};
    alignas(alignment) std::array<R, B::depth * B::columns> right{};
    alignas(alignment) std::array<R, B::rows * B::columns> block;
    for (Index c0 = 0; c0 < columns; c0 += B::columns) {
      Index const c1 = std::min(columns, c0 + B::columns);
      Index const vectors = (c1 - c0 + simd::lanes<T, R> - 1) / simd::lanes<T, R>;
      if (c1 - c0 < B::columns) {
        right.fill(R{0});
      }
      for (Index p0 = 0; p0 < depth; p0 += B::depth) {
        Index const p1 = std::min(depth, p0 + B::depth);
        pack_right(p0, p1, c0, c1, right.data());
        for (Index tile = first_tile; tile < last_tile; ++tile) {
          Index const r0 = tile * B::rows;
          Index const r1 = std::min(rows, r0 + B::rows);
          for (Index r = r0; r < r1; ++r) {
            pack_left(r, p0, p1, left.data() + (r - r0));
          }
          if (vectors == 1) {
            multiply_block<T, R, 1>(left.data(), right.data(), p1 - p0, block.data());
          } else if (vectors == 2 || B::vectors == 2) {
            multiply_block<T, R, 2>(left.data(), right.data(), p1 - p0, block.data());
          } else {
            multiply_block<T, R, B::vectors>(left.data(), right.data(), p1 - p0, block.data());
          }
          for (Index r = r0; r < r1; ++r) {
            R* const to = row_of(r) + c0;
            R const* const from = block.data() + (r - r0) * B::columns;
            for (Index c = 0; c < c1 - c0; ++c) {
              to[c] = p0 == 0 && !accumulate ? from[c] : to[c] + from[c];
            }
          }
        }
      }
    }
  });
}

/// A matrix as it lies: number (r, c) is at data[r * row_stride + c * column_stride].
template <Real R>
struct Strided {
  R const* data;
  Index row_stride;
  Index column_stride;
};

/// c (rows x columns, its rows `stride` apart) = or += a b.
template <class T, Real R>
void multiply(Index rows, Index columns, Index depth, Strided<R> a, Strided<R> b, R* c, Index stride,
              bool accumulate = false) {
  using B = Block<T, R>;
  product<T, R>(
      rows, columns, depth,
      [=](Index r, Index p0, Index p1, R* out) {
        for (Index p = p0; p < p1; ++p) {
          out[(p - p0) * B::rows] = a.data[r * a.row_stride + p * a.column_stride];
        }
      },
      [=](Index p0, Index p1, Index c0, Index c1, R* out) {
        for (Index p = p0; p < p1; ++p) {
          for (Index i = c0; i < c1; ++i) {
            out[(p - p0) * B::columns + i - c0] = b.data[p * b.row_stride + i * b.column_stride];
          }
        }
      },
      [=](Index r) { return c + r * stride; }, accumulate);
}

}  // namespace wmanifold::kernel
