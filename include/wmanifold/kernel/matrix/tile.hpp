#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/parallel.hpp>
#include <wmanifold/core/simd.hpp>
#include <wmanifold/core/unroll.hpp>
#include <wmanifold/kernel/pieces.hpp>

#include <algorithm>
#include <array>

/// Kernels on pointers, sizes and strides. Every function carries its target in its type.
///
/// Products consist of sweeps: a tile of the right-hand side lies packed in L1, and all rows of the left-hand side pass
/// over it in registers, a few rows at a time. The left-hand side is read in place.
namespace wmanifold::kernel {

/// The sizes of a sweep: `rows` x `columns` accumulators in registers, and at most `depth` terms at a time. A tile of
/// the right-hand side takes 24 KB.
template <class T, Real R>
struct Block {
  /// Vectors in a row of accumulators.
  static constexpr int vectors = simd::registers<T> == 32 ? 3 : 2;
  /// Rows of accumulators.
  static constexpr int rows = simd::registers<T> == 32 ? 8 : 6;
  /// Numbers in a vector.
  static constexpr Index lanes = simd::lanes<T, R>;
  /// Columns of accumulators.
  static constexpr Index columns = vectors * lanes;
  /// Rows of a tile: terms of a sum.
  static constexpr Index depth = 24 * 1024 / (columns * static_cast<Index>(sizeof(R)));
};

/// The memory of one packed tile.
template <class T, Real R>
struct alignas(alignment) PackedTile {
  /// The numbers, row by row: `depth` rows of `columns` numbers.
  std::array<R, static_cast<std::size_t>(Block<T, R>::depth* Block<T, R>::columns)> numbers;
};

/// A left-hand side in place: number (r, p) is at data[r * row + p * depth].
template <Real R>
struct Left {
  /// Number (0, 0).
  R const* data;
  /// The distance of rows.
  Index row;
  /// The distance of the terms of a sum.
  Index depth;
};
/// Returns a left-hand side whose rows are `stride` apart.
template <Real R>
[[nodiscard]] Left<R> by_rows(R const* data, Index stride) noexcept {
  return {data, stride, 1};
}
/// Returns a left-hand side whose terms of sums are `stride` apart.
template <Real R>
[[nodiscard]] Left<R> by_depth(R const* data, Index stride) noexcept {
  return {data, 1, stride};
}

/// The destination of a sweep's sums: row r goes to data + r * stride, times `scale[r * scale_stride]` (times 1 where
/// null). It is added to the numbers there, or replaces them.
template <Real R>
struct Destination {
  /// The first row.
  R* data;
  /// The distance of rows.
  Index stride;
  /// A flag: sums are added to the numbers there.
  bool add = false;
  /// The scale of row 0; null means 1.
  R const* scale = nullptr;
  /// The distance of scales.
  Index scale_stride = 0;
};

/// The memory to prefetch during a sweep, for use after it: `rows` rows of `width` numbers.
template <Real R>
struct Prefetch {
  /// The first row; null if there is nothing to prefetch.
  R const* data = nullptr;
  /// The distance of rows.
  Index stride = 0;
  /// Rows.
  Index rows = 0;
  /// Numbers in a row.
  Index width = 0;
};

namespace detail {

/// Prefetches rows [first, last).
template <Real R>
[[gnu::always_inline]] inline void fetch(Prefetch<R> const& ahead, Index first, Index last) noexcept {
  constexpr Index line = static_cast<Index>(alignment / sizeof(R));
  for (Index row = first; row < std::min(last, ahead.rows); ++row) {
    for (Index c = 0; c < ahead.width; c += line) {
      __builtin_prefetch(ahead.data + row * ahead.stride + c);
    }
  }
}

/// Adds sum_p a(r, p) b(p, v) to sum[r, v]; the rows of b are `b_stride` apart.
template <class T, Real R, int Rows, int Vectors>
[[gnu::always_inline]] inline void accumulate(Left<R> a, R const* b, Index b_stride, Index depth,
                                              simd::Batches<simd::Batch<T, R>, Rows * Vectors>& sum) {
  using V = simd::Batch<T, R>;
  for (; depth > 0; --depth) {
    simd::Batches<V, Vectors> right;
    unroll<Vectors>([&](int v)
                        __attribute__((always_inline)) { right[v] = V::load_unaligned(b + v * simd::lanes<T, R>); });
    unroll<Rows>([&](int r) __attribute__((always_inline)) {
      V const left(a.data[r * a.row]);
      unroll<Vectors>([&](int v) __attribute__((always_inline)) {
        sum[r * Vectors + v] = simd::fma(left, right[v], sum[r * Vectors + v]);
      });
    });
    b += b_stride;
    a.data += a.depth;
  }
}

/// Stores sums at their destination, unscaled.
template <class T, Real R, int Rows, int Vectors>
[[gnu::always_inline]] inline void put(simd::Batches<simd::Batch<T, R>, Rows * Vectors>& sum,
                                       Destination<R> const& to) {
  using V = simd::Batch<T, R>;
  R* const data = to.data;  // copies: otherwise the stores might change them, for all the compiler knows
  Index const stride = to.stride;
  if (to.add) {
    unroll<Rows>([&](int r) __attribute__((always_inline)) {
      R const* const row = data + r * stride;
      unroll<Vectors>([&](int v) __attribute__((always_inline)) {
        sum[r * Vectors + v] += V::load_unaligned(row + v * simd::lanes<T, R>);
      });
    });
  }
  unroll<Rows>([&](int r) __attribute__((always_inline)) {
    R* const row = data + r * stride;
    unroll<Vectors>([&](int v) __attribute__((always_inline)) {
      sum[r * Vectors + v].store_unaligned(row + v * simd::lanes<T, R>);
    });
  });
}

/// Computes one tile of the result: `Rows` rows of `width` numbers.
template <class T, Real R, int Rows, int Vectors>
[[gnu::noinline]] void tile(R const* a, Index a_row, Index a_depth, R const* b, Index b_stride, Index depth,
                            Index width, Destination<R> const& to) {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  simd::Batches<V, Rows * Vectors> sum;
  unroll<Rows * Vectors>([&](int i) __attribute__((always_inline)) { sum[i] = V(R{0}); });
  accumulate<T, R, Rows, Vectors>(Left<R>{a, a_row, a_depth}, b, b_stride, depth, sum);
  if (width == Vectors * lanes) {
    if (to.scale != nullptr) {
      unroll<Rows>([&](int r) __attribute__((always_inline)) {
        V const scale(to.scale[r * to.scale_stride]);
        unroll<Vectors>([&](int v) __attribute__((always_inline)) { sum[r * Vectors + v] *= scale; });
      });
    }
    put<T, R, Rows, Vectors>(sum, to);
    return;
  }
  alignas(alignment) std::array<R, static_cast<std::size_t>(Vectors * lanes)> line;
  unroll<Rows>([&](int r) __attribute__((always_inline)) {
    R* const row = to.data + r * to.stride;
    R const scale = to.scale == nullptr ? R{1} : to.scale[r * to.scale_stride];
    unroll<Vectors>([&](int v) __attribute__((always_inline)) {
      (V(scale) * sum[r * Vectors + v]).store_aligned(line.data() + v * lanes);
    });
    for (Index c = 0; c < width; ++c) {
      row[c] = to.add ? row[c] + line[static_cast<std::size_t>(c)] : line[static_cast<std::size_t>(c)];
    }
  });
}

template <class T, Real R, int Vectors>
void sweep(Index rows, Left<R> a, R const* b, Index b_stride, Index depth, Index width, Destination<R> to,
           Prefetch<R> const& ahead) {
  Index const share = (ahead.rows * Block<T, R>::rows + rows - 1) / std::max(rows, Index{1});
  Index fetched = 0;
  auto const some = [&]<int Rows>(std::integral_constant<int, Rows>) {
    for (; rows >= Rows; rows -= Rows) {
      fetch(ahead, fetched, fetched + share);
      fetched += share;
      tile<T, R, Rows, Vectors>(a.data, a.row, a.depth, b, b_stride, depth, width, to);
      a.data += Rows * a.row;
      to.data += Rows * to.stride;
      to.scale += to.scale == nullptr ? 0 : Rows * to.scale_stride;
    }
  };
  some(std::integral_constant<int, Block<T, R>::rows>{});
  some(std::integral_constant<int, 4>{});
  some(std::integral_constant<int, 1>{});
}

}  // namespace detail

/// Passes all `rows` rows of the left-hand side over one tile of the right-hand side. The tile has `depth` x `width`
/// numbers, rows `b_stride` apart; whole vectors are read. `width` is at most Block::columns.
template <class T, Real R>
void sweep(Index rows, Left<R> const& a, R const* b, Index b_stride, Index depth, Index width, Destination<R> const& to,
           Prefetch<R> const& ahead = {}) {
  constexpr Index lanes = simd::lanes<T, R>;
  if (width <= lanes) {
    detail::sweep<T, R, 1>(rows, a, b, b_stride, depth, width, to, ahead);
  } else if (width <= 2 * lanes || Block<T, R>::vectors == 2) {
    detail::sweep<T, R, 2>(rows, a, b, b_stride, depth, width, to, ahead);
  } else {
    detail::sweep<T, R, Block<T, R>::vectors>(rows, a, b, b_stride, depth, width, to, ahead);
  }
}

namespace detail {

/// Stores vector(c) for whole vectors, then value(c) for the rest of the last one, then zeros.
template <class T, Real R, class Vector, class Value>
[[gnu::always_inline]] inline void pack(Index width, R* to, Vector const& vector, Value const& value) {
  constexpr Index lanes = simd::lanes<T, R>;
  Index c = 0;
  for (; c + lanes <= width; c += lanes) {
    vector(c).store_unaligned(to + c);
  }
  if (c < width) {
    simd::Batch<T, R>(R{0}).store_unaligned(to + c);
    for (; c < width; ++c) {
      to[c] = value(c);
    }
  }
}

}  // namespace detail

/// Packs a row of a tile: scale * from, `width` numbers, then zeros up to whole vectors.
template <class T, Real R>
void pack_row(R scale, R const* from, Index width, R* to) {
  using V = simd::Batch<T, R>;
  V const factor(scale);
  detail::pack<T, R>(
      width, to, [&](Index c) { return factor * V::load_unaligned(from + c); },
      [&](Index c) { return scale * from[c]; });
}

/// Packs a row of a tile with a scale for each column, or unscaled where `scale` is null.
template <class T, Real R>
void pack_scaled_row(R const* scale, R const* from, Index width, R* to) {
  using V = simd::Batch<T, R>;
  if (scale == nullptr) {
    pack_row<T, R>(R{1}, from, width, to);
    return;
  }
  detail::pack<T, R>(
      width, to, [&](Index c) { return V::load_unaligned(scale + c) * V::load_unaligned(from + c); },
      [&](Index c) { return scale[c] * from[c]; });
}

/// Returns the terms of sums in pieces of at most a tile's rows.
template <class T, Real R>
[[nodiscard]] Pieces depth_pieces(Index depth) noexcept {
  return {depth, Block<T, R>::depth};
}

/// Returns the columns of a result in pieces of whole vectors.
template <class T, Real R>
[[nodiscard]] Pieces column_pieces(Index columns) noexcept {
  return {columns, Block<T, R>::columns, Block<T, R>::lanes};
}

/// Calls body(range, piece) for the rows of a result, on several threads if `work` multiply-adds are worth it. The
/// division of rows does not change the numbers.
template <class T, Real R, class Body>
void share_rows(Index rows, Index work, Body const& body) {
  constexpr Index block = Block<T, R>::rows;
  parallel_ranges<T>((rows + block - 1) / block, work, [&](Index first, Index last, Index piece) {
    body(IndexRange{first * block, std::min(rows, last * block)}, piece);
  });
}

/// Calls body(rows, columns) for a result whose right-hand side is the larger. It divides the columns, and each thread
/// reads its own part of the right-hand side. With too few columns for all threads it divides the rows.
template <class T, Real R, class Body>
void share_columns(Index rows, Index columns, Index work, Body const& body) {
  constexpr Index lanes = Block<T, R>::lanes;
  Index const vectors = (columns + lanes - 1) / lanes;
  if (vectors < Block<T, R>::vectors * most_pieces<T>()) {
    share_rows<T, R>(rows, work, [&](IndexRange own, Index) { body(own, IndexRange{0, columns}); });
    return;
  }
  parallel_ranges<T>(vectors, work, [&](Index first, Index last, Index) {
    body(IndexRange{0, rows}, IndexRange{first * lanes, std::min(columns, last * lanes)});
  });
}

}  // namespace wmanifold::kernel
