#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/parallel.hpp>
#include <wmanifold/core/simd.hpp>
#include <wmanifold/core/unroll.hpp>
#include <wmanifold/kernel/pieces.hpp>

#include <algorithm>
#include <array>

/// The seam: below this line there are pointers, sizes and strides only. Every function carries its target.
///
/// Products are made of sweeps: a tile of the right-hand side lies packed in L1 while all rows of the left-hand side,
/// read where they lie, pass over it, a few rows at a time in registers.
namespace wmanifold::kernel {

/// What a sweep works on: `rows` x `columns` accumulators in registers, at most `depth` terms at a time, so that a tile
/// of the right-hand side takes 24 KB.
template <class T, Real R>
struct Block {
  static constexpr int vectors = simd::registers<T> == 32 ? 3 : 2;
  static constexpr int rows = simd::registers<T> == 32 ? 8 : 6;
  static constexpr Index lanes = simd::lanes<T, R>;
  static constexpr Index columns = vectors * lanes;
  static constexpr Index depth = 24 * 1024 / (columns * static_cast<Index>(sizeof(R)));
};

/// Memory for one packed tile.
template <class T, Real R>
struct alignas(alignment) PackedTile {
  std::array<R, static_cast<std::size_t>(Block<T, R>::depth* Block<T, R>::columns)> numbers;
};

/// The left-hand side where it lies. By rows: number (r, p) at data[r * stride + p]; by depth: at data[p * stride + r].
enum class Order { by_rows, by_depth };

/// Where a sweep's sums go: row r at data + r * stride, `scale[r * scale_stride]` times (once where null), added to
/// what is there or in its place.
template <Real R>
struct Destination {
  R* data;
  Index stride;
  bool add = false;
  R const* scale = nullptr;
  Index scale_stride = 0;
};

/// What will be read once a sweep is done, to be fetched meanwhile: `rows` rows of `width` numbers.
template <Real R>
struct Prefetch {
  R const* data = nullptr;
  Index stride = 0;
  Index rows = 0;
  Index width = 0;
};

namespace detail {

/// Rows [first, last) of what comes next, on their way into the cache.
template <Real R>
[[gnu::always_inline]] inline void fetch(Prefetch<R> const& ahead, Index first, Index last) noexcept {
  constexpr Index line = static_cast<Index>(alignment / sizeof(R));
  for (Index row = first; row < std::min(last, ahead.rows); ++row) {
    for (Index c = 0; c < ahead.width; c += line) {
      __builtin_prefetch(ahead.data + row * ahead.stride + c);
    }
  }
}

/// sum[r, v] += sum_p a(r, p) b(p, v), with the rows of b `b_stride` apart.
template <class T, Real R, int Rows, int Vectors, Order O>
[[gnu::always_inline]] inline void accumulate(R const* a, Index a_stride, R const* b, Index b_stride, Index depth,
                                              std::array<simd::Batch<T, R>, Rows * Vectors>& sum) {
  using V = simd::Batch<T, R>;
  for (Index p = 0; p < depth; ++p) {
    std::array<V, Vectors> right;
    unroll<Vectors>([&](auto v)
                        __attribute__((always_inline)) { right[v] = V::load_unaligned(b + v * simd::lanes<T, R>); });
    unroll<Rows>([&](auto r) __attribute__((always_inline)) {
      V const left(O == Order::by_rows ? a[r * a_stride + p] : a[r]);
      unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
        sum[r * Vectors + v] = simd::fma(left, right[v], sum[r * Vectors + v]);
      });
    });
    b += b_stride;
    if constexpr (O == Order::by_depth) {
      a += a_stride;
    }
  }
}

/// Sums to where they go, unscaled.
template <class T, Real R, int Rows, int Vectors>
[[gnu::always_inline]] inline void put(std::array<simd::Batch<T, R>, Rows * Vectors>& sum, Destination<R> const& to) {
  using V = simd::Batch<T, R>;
  R* const data = to.data;  // copies: what is stored could else be taken to change them
  Index const stride = to.stride;
  if (to.add) {
    unroll<Rows>([&](auto r) __attribute__((always_inline)) {
      unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
        sum[r * Vectors + v] += V::load_unaligned(data + r * stride + v * simd::lanes<T, R>);
      });
    });
  }
  unroll<Rows>([&](auto r) __attribute__((always_inline)) {
    unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
      sum[r * Vectors + v].store_unaligned(data + r * stride + v * simd::lanes<T, R>);
    });
  });
}

/// One tile of the result: `Rows` rows of `width` numbers.
template <class T, Real R, int Rows, int Vectors, Order O>
[[gnu::noinline]] void tile(R const* a, Index a_stride, R const* b, Index b_stride, Index depth, Index width,
                            Destination<R> const& to) {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  std::array<V, Rows * Vectors> sum;
  unroll<Rows * Vectors>([&](auto i) __attribute__((always_inline)) { sum[i] = V(R{0}); });
  accumulate<T, R, Rows, Vectors, O>(a, a_stride, b, b_stride, depth, sum);
  if (width == Vectors * lanes) {
    if (to.scale != nullptr) {
      unroll<Rows>([&](auto r) __attribute__((always_inline)) {
        V const scale(to.scale[r * to.scale_stride]);
        unroll<Vectors>([&](auto v) __attribute__((always_inline)) { sum[r * Vectors + v] *= scale; });
      });
    }
    put<T, R, Rows, Vectors>(sum, to);
    return;
  }
  alignas(alignment) std::array<R, static_cast<std::size_t>(Vectors * lanes)> line;
  unroll<Rows>([&](auto r) __attribute__((always_inline)) {
    R* const row = to.data + r * to.stride;
    R const scale = to.scale == nullptr ? R{1} : to.scale[r * to.scale_stride];
    unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
      (V(scale) * sum[r * Vectors + v]).store_aligned(line.data() + v * lanes);
    });
    for (Index c = 0; c < width; ++c) {
      row[c] = to.add ? row[c] + line[static_cast<std::size_t>(c)] : line[static_cast<std::size_t>(c)];
    }
  });
}

template <class T, Real R, int Vectors, Order O>
void sweep(Index rows, R const* a, Index a_stride, R const* b, Index b_stride, Index depth, Index width,
           Destination<R> to, Prefetch<R> const& ahead) {
  Index const a_step = O == Order::by_rows ? a_stride : 1;
  Index const share = (ahead.rows * Block<T, R>::rows + rows - 1) / std::max(rows, Index{1});
  Index fetched = 0;
  auto const some = [&]<int Rows>(std::integral_constant<int, Rows>) {
    for (; rows >= Rows; rows -= Rows) {
      fetch(ahead, fetched, fetched + share);
      fetched += share;
      tile<T, R, Rows, Vectors, O>(a, a_stride, b, b_stride, depth, width, to);
      a += Rows * a_step;
      to.data += Rows * to.stride;
      to.scale += to.scale == nullptr ? 0 : Rows * to.scale_stride;
    }
  };
  some(std::integral_constant<int, Block<T, R>::rows>{});
  some(std::integral_constant<int, 3>{});
  some(std::integral_constant<int, 1>{});
}

}  // namespace detail

/// All `rows` rows of the left-hand side over one tile of the right-hand side: `depth` x `width` numbers of it, rows
/// `b_stride` apart, where whole vectors may be read. `width` is at most Block::columns.
template <class T, Real R, Order O>
void sweep(Index rows, R const* a, Index a_stride, R const* b, Index b_stride, Index depth, Index width,
           Destination<R> const& to, Prefetch<R> const& ahead = {}) {
  constexpr Index lanes = simd::lanes<T, R>;
  if (width <= lanes) {
    detail::sweep<T, R, 1, O>(rows, a, a_stride, b, b_stride, depth, width, to, ahead);
  } else if (width <= 2 * lanes || Block<T, R>::vectors == 2) {
    detail::sweep<T, R, 2, O>(rows, a, a_stride, b, b_stride, depth, width, to, ahead);
  } else {
    detail::sweep<T, R, Block<T, R>::vectors, O>(rows, a, a_stride, b, b_stride, depth, width, to, ahead);
  }
}

namespace detail {

/// Stores vector(c), whole vectors at a time, then value(c) for the rest of a last one, and zeros behind.
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

/// A row of a tile: scale * from, `width` numbers, then zeros up to whole vectors.
template <class T, Real R>
void pack_row(R scale, R const* from, Index width, R* to) {
  using V = simd::Batch<T, R>;
  V const factor(scale);
  detail::pack<T, R>(
      width, to, [&](Index c) { return factor * V::load_unaligned(from + c); },
      [&](Index c) { return scale * from[c]; });
}

/// The same with a scale for each column; as it is where `scale` is null.
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

/// The terms of sums, as many at a time as a tile has rows.
template <class T, Real R>
[[nodiscard]] Pieces depth_pieces(Index depth) noexcept {
  return {depth, Block<T, R>::depth};
}

/// The columns of a result, whole vectors at a time.
template <class T, Real R>
[[nodiscard]] Pieces column_pieces(Index columns) noexcept {
  return {columns, Block<T, R>::columns, Block<T, R>::lanes};
}

/// Calls body(range, piece) for the rows of a result, on several threads where `work` multiply-adds are worth it. Where
/// rows are cut does not change their numbers.
template <class T, Real R, class Body>
void share_rows(Index rows, Index work, Body const& body) {
  constexpr Index block = Block<T, R>::rows;
  parallel_ranges<T>((rows + block - 1) / block, work, [&](Index first, Index last, Index piece) {
    body(IndexRange{first * block, std::min(rows, last * block)}, piece);
  });
}

/// The same for a result whose right-hand side is the larger: cut by columns, so that each thread reads its own part of
/// that, where every thread has enough of them. Calls body(rows, columns).
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
