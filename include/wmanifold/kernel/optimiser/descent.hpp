#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/function_ref.hpp>
#include <wmanifold/core/parallel.hpp>
#include <wmanifold/core/simd.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

/// Descent over K x N blocks. Unless stated otherwise, rows start on cache lines and are whole lines long.
namespace wmanifold::kernel {

/// Numbers in a cache line.
template <Real R>
inline constexpr Index line = static_cast<Index>(alignment / sizeof(R));

/// The largest number of columns of a tile.
inline constexpr Index tile_columns = 1024;
/// The largest number of numbers in all K rows of a tile: half of L1.
inline constexpr Index tile_numbers = 2048;

/// The largest number of blocks that a rule may remember.
inline constexpr std::size_t most_moments = 4;

/// The cost of passing a number through memory, in multiply-adds: memory is slower than arithmetic.
inline constexpr Index pass_cost = 16;

namespace detail {

inline constexpr Index most_results = 64;
/// The least number of cache lines in a piece.
inline constexpr Index least_units = 64;

/// One number for each piece of a block. The pieces depend on the block's size alone, not on the number of threads.
struct PieceResults {
  LocalArray<double, static_cast<std::size_t>(most_results)> numbers;
  Index count;

  [[nodiscard]] double const* begin() const noexcept { return numbers.data(); }
  [[nodiscard]] double const* end() const noexcept { return numbers.data() + count; }
};

/// Returns results[i] = body(begin, end) for pieces of [0, count) units.
template <class T, class Body>
[[nodiscard]] PieceResults in_pieces(Index count, Index work, Body const& body) {
  Index const pieces = std::clamp(count / least_units, Index{1}, most_results);
  PieceResults results;
  results.count = pieces;
  parallel_ranges<T>(pieces, work, [&](Index first, Index last, Index) {
    for (Index i = first; i < last; ++i) {
      results.numbers[static_cast<std::size_t>(i)] = body(count * i / pieces, count * (i + 1) / pieces);
    }
  });
  return results;
}

template <class T, Real R>
[[nodiscard]] double sum_of(simd::Batch<T, R> const& batch) noexcept {
  alignas(alignment) std::array<R, static_cast<std::size_t>(simd::lanes<T, R>)> numbers;
  batch.store_aligned(numbers.data());
  double sum = 0;
  for (R const x : numbers) {
    sum += static_cast<double>(x);
  }
  return sum;
}

}  // namespace detail

/// Returns max |x_n|, or NaN where a number is not finite. Any count.
template <class T, Real R>
[[nodiscard]] double largest(Index count, R const* data) {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  auto const largest_of = [&](Index first, Index last) {
    Index n = first * line<R>;
    Index const end = std::min(last * line<R>, count);
    V most(R{0});
    R rest{0};
    bool are_finite = true;
    while (n < end) {  // in parts that stay in L1, as they are read twice
      Index const stop = std::min(n + 1024, end);
      are_finite = are_finite && all_finite<R, T>(data + n, stop - n);
      for (; n + lanes <= stop; n += lanes) {
        most = max(most, simd::abs(V::load_unaligned(data + n)));
      }
      for (; n < stop; ++n) {
        rest = std::max(rest, std::abs(data[n]));
      }
    }
    alignas(alignment) std::array<R, static_cast<std::size_t>(lanes)> numbers;
    most.store_aligned(numbers.data());
    R const result = std::max(rest, *std::max_element(numbers.begin(), numbers.end()));
    return are_finite ? static_cast<double>(result) : std::numeric_limits<double>::quiet_NaN();
  };
  auto const results = detail::in_pieces<T>((count + line<R> - 1) / line<R>, pass_cost / 4 * count, largest_of);
  double result = 0;
  for (double const x : results) {
    result = is_nan(x) || x > result ? x : result;  // a NaN stays: nothing is greater
  }
  return result;
}

/// Adds factor * from to `to`. Any count.
template <class T, Real R>
void add_scaled(R factor, Index count, R const* from, R* to) {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  parallel_ranges<T>((count + line<R> - 1) / line<R>, pass_cost / 2 * count, [&](Index first, Index last, Index) {
    Index n = first * line<R>;
    Index const end = std::min(last * line<R>, count);
    for (; n + lanes <= end; n += lanes) {
      simd::fma(V(factor), V::load_unaligned(from + n), V::load_unaligned(to + n)).store_unaligned(to + n);
    }
    for (; n < end; ++n) {
      to[n] += factor * from[n];
    }
  });
}

/// A K x K matrix as its nonzero entries, row by row. A diagonal costs one multiplication per number.
template <Real R>
struct SparseRows {
  /// K.
  Index rows = 0;
  /// K + 1 numbers: row k has the entries [starts[k], starts[k + 1]).
  Index const* starts = nullptr;
  /// The column of each entry.
  Index const* columns = nullptr;
  /// The value of each entry.
  R const* values = nullptr;
};

namespace detail {

/// Calls body(n, sums) for each cache line of columns from n on, with the sums of row k of matrix * from.
template <class T, Real R, class Body>
void for_each_line(SparseRows<R> const& matrix, Index k, Index width, Index stride, R const* from, Body const& body) {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  constexpr auto batches = static_cast<std::size_t>(line<R> / lanes);
  for (Index n = 0; n < width; n += line<R>) {
    std::array<V, batches> sums;
    sums.fill(V(R{0}));
    for (Index i = matrix.starts[k]; i < matrix.starts[k + 1]; ++i) {
      V const factor(matrix.values[i]);
      R const* const in = from + matrix.columns[i] * stride + n;
      for (std::size_t b = 0; b < batches; ++b) {
        sums[b] = simd::fma(factor, V::load_aligned(in + static_cast<Index>(b) * lanes), sums[b]);
      }
    }
    body(n, sums);
  }
}

/// Sets to = matrix * from for the columns of a tile. `to` may be `from` if the matrix is upper triangular.
template <class T, Real R>
void combine_tile(SparseRows<R> const& matrix, Index width, Index from_stride, R const* from, Index to_stride, R* to) {
  for (Index k = 0; k < matrix.rows; ++k) {
    if (Index const i = matrix.starts[k]; matrix.starts[k + 1] - i == 1) {
      using V = simd::Batch<T, R>;
      V const factor(matrix.values[i]);
      R const* const in = from + matrix.columns[i] * from_stride;
      for (Index n = 0; n < width; n += simd::lanes<T, R>) {
        (factor * V::load_aligned(in + n)).store_aligned(to + k * to_stride + n);
      }
      continue;
    }
    for_each_line<T, R>(matrix, k, width, from_stride, from, [&](Index n, auto const& sums) {
      for (std::size_t b = 0; b < sums.size(); ++b) {
        sums[b].store_aligned(to + k * to_stride + n + static_cast<Index>(b) * simd::lanes<T, R>);
      }
    });
  }
}

}  // namespace detail

/// Sets to = matrix * from over K x N blocks.
template <class T, Real R>
void combine_rows(SparseRows<R> const& matrix, Index stride, Index count, R const* from, R* to) {
  parallel_ranges<T>(count / line<R>, pass_cost * matrix.rows * count, [&](Index first, Index last, Index) {
    for (Index n = first * line<R>; n < last * line<R>; n += tile_columns) {
      detail::combine_tile<T, R>(matrix, std::min(tile_columns, last * line<R> - n), stride, from + n, stride, to + n);
    }
  });
}

/// Returns trace(A^T G B) of two K x N blocks, summed in double; `gram` is K x K. Any count and stride.
template <class T, Real R>
[[nodiscard]] double metric_product(double const* gram, Index rows, Index stride, Index count, R const* a, R const* b) {
  LocalArray<double, static_cast<std::size_t>(tile_columns)> column;
  double total = 0;
  for (Index n0 = 0; n0 < count; n0 += tile_columns) {
    Index const n1 = std::min(count, n0 + tile_columns);
    for (Index k = 0; k < rows; ++k) {
      column.fill(0);
      for (Index j = 0; j < rows; ++j) {
        double const factor = gram[k * rows + j];
        if (factor != 0) {
          R const* const from = a + j * stride;
          for (Index n = n0; n < n1; ++n) {
            column[static_cast<std::size_t>(n - n0)] += factor * static_cast<double>(from[n]);
          }
        }
      }
      R const* const own = b + k * stride;
      for (Index n = n0; n < n1; ++n) {
        total += column[static_cast<std::size_t>(n - n0)] * static_cast<double>(own[n]);
      }
    }
  }
  return total;
}

/// A few columns of all rows during a step, as a rule sees them.
template <Real R>
struct Tile {
  /// K.
  Index rows;
  Index width;                 ///< columns; whole cache lines
  R* direction;                ///< in: the gradient in the form that the rule asked for; out: the direction
  Index direction_stride;      ///< the distance of its rows
  std::span<R* const> blocks;  ///< the blocks that the rule remembers, updated in place
  Index stride;                ///< the distance of their rows

  /// Returns row k of the direction.
  [[nodiscard]] R* towards(Index k) const noexcept { return direction + k * direction_stride; }
  /// Returns row k of block i.
  [[nodiscard]] R* moment(std::size_t i, Index k) const noexcept { return blocks[i] + k * stride; }
};

/// A rule as a descent sees it: a callable for each tile. It must not throw.
template <Real R>
using TileRule = wmanifold::detail::FunctionRef<Tile<R> const&>;

/// Updates v = momentum v + d; the direction becomes v, or with `look_ahead` momentum v + d.
template <class T, Real R>
void heavy_ball(R momentum, bool look_ahead, Tile<R> const& tile) noexcept {
  using V = simd::Batch<T, R>;
  V const keep(momentum);
  for (Index k = 0; k < tile.rows; ++k) {
    R* const velocity = tile.moment(0, k);
    R* const direction = tile.towards(k);
    for (Index n = 0; n < tile.width; n += simd::lanes<T, R>) {
      V const d = V::load_aligned(direction + n);
      V const v = simd::fma(keep, V::load_aligned(velocity + n), d);
      v.store_aligned(velocity + n);
      (look_ahead ? simd::fma(keep, v, d) : v).store_aligned(direction + n);
    }
  }
}

/// The constants of an Adam step. The divisor is never below `least`, which makes 0 / 0 a 0.
template <Real R>
struct AdamTerms {
  /// The decay of m.
  R beta1;
  /// The decay of v.
  R beta2;
  /// The constant added to sqrt v.
  R epsilon;
  /// The correction of m, 1 / (1 - beta1^t).
  R first_share;
  /// The correction of v, 1 / (1 - beta2^t).
  R second_share;
  /// The least divisor.
  R least;
};

/// Updates Adam's moments m and v (blocks 0 and 1); the direction becomes m / (sqrt v + epsilon). With `over_rows`, v_n
/// is the mean of the squares over rows, kept in row 0, and the step does not depend on the coordinates (equation 8).
template <class T, Real R>
void adam(AdamTerms<R> const& terms, bool over_rows, Tile<R> const& tile) noexcept {
  using V = simd::Batch<T, R>;
  V const beta1(terms.beta1), beta2(terms.beta2), new1(1 - terms.beta1), new2(1 - terms.beta2);
  V const epsilon(terms.epsilon), share1(terms.first_share), share2(terms.second_share), least(terms.least);
  auto const divisor = [&](V const& second) { return max(sqrt(share2 * second) + epsilon, least); };
  V const each_row(new2 / V(static_cast<R>(tile.rows)));
  for (Index n = 0; n < tile.width; n += simd::lanes<T, R>) {
    V below = least;
    if (over_rows) {
      V squares(R{0});
      for (Index k = 0; k < tile.rows; ++k) {
        V const g = V::load_aligned(tile.towards(k) + n);
        squares = simd::fma(g, g, squares);
      }
      V const second = simd::fma(beta2, V::load_aligned(tile.moment(1, 0) + n), each_row * squares);
      second.store_aligned(tile.moment(1, 0) + n);
      below = divisor(second);
    }
    for (Index k = 0; k < tile.rows; ++k) {
      V const g = V::load_aligned(tile.towards(k) + n);
      V const first = simd::fma(beta1, V::load_aligned(tile.moment(0, k) + n), new1 * g);
      first.store_aligned(tile.moment(0, k) + n);
      if (!over_rows) {
        V const second = simd::fma(beta2, V::load_aligned(tile.moment(1, k) + n), new2 * g * g);
        second.store_aligned(tile.moment(1, k) + n);
        below = divisor(second);
      }
      (share1 * first / below).store_aligned(tile.towards(k) + n);
    }
  }
}

/// The memory of one pass of a descent. All blocks are K x N.
template <Real R>
struct DescentBlocks {
  /// K.
  Index rows;
  /// The distance of rows.
  Index stride;
  /// Numbers in a row.
  Index count;
  /// The gradient.
  R const* gradient;
  /// The blocks that the rule remembers.
  std::span<R* const> moments;
  /// The parameters, which are updated.
  R* parameters;
  R* direction = nullptr;  ///< receives the direction too, where not null
};

/// The operations of one pass of a descent.
template <Real R>
struct DescentTerms {
  SparseRows<R> before = {};  ///< maps the gradient to the input of the rule
  SparseRows<R> after = {};   ///< maps the rule's output to the direction; upper triangular; no rows: the identity
  SparseRows<R> root = {};    ///< C^T, with the metric C C^T
  R decay = 0;                ///< direction += decay * parameters
  R factor = 0;               ///< parameters -= factor * direction
  bool row_by_row = false;    ///< the rule accepts rows one at a time
};

namespace detail {

/// Returns whether the matrix is a diagonal without zeros.
template <Real R>
[[nodiscard]] bool is_diagonal(SparseRows<R> const& matrix) noexcept {
  for (Index k = 0; k < matrix.rows; ++k) {
    if (matrix.starts[k] != k || matrix.columns[k] != k) {
      return false;
    }
  }
  return matrix.starts[matrix.rows] == matrix.rows;
}

/// Applies row k of a tile of the direction to the parameters, and stores it where asked. With `Squares`, it adds the
/// squares of root * direction to `squares`.
template <class T, Real R, bool Squares>
[[nodiscard]] simd::Batch<T, R> finish_row(simd::Batch<T, R> const& root, simd::Batch<T, R> squares,
                                           DescentBlocks<R> const& blocks, R factor, Index k, Index at, Index width,
                                           R const* from) {
  using V = simd::Batch<T, R>;
  R* const parameters = factor == 0 ? nullptr : blocks.parameters + k * blocks.stride + at;
  R* const direction = blocks.direction == nullptr ? nullptr : blocks.direction + k * blocks.stride + at;
  for (Index n = 0; n < width; n += simd::lanes<T, R>) {
    V const d = V::load_aligned(from + n);
    if constexpr (Squares) {
      V const scaled = root * d;
      squares = simd::fma(scaled, scaled, squares);
    }
    if (parameters != nullptr) {
      simd::fma(V(-factor), d, V::load_aligned(parameters + n)).store_aligned(parameters + n);
    }
    if (direction != nullptr) {
      d.store_aligned(direction + n);
    }
  }
  return squares;
}

/// The pass of `descend` over rows that mix.
template <class T, Real R>
[[nodiscard]] double descend_tiles(DescentBlocks<R> const& blocks, DescentTerms<R> const& terms, TileRule<R> rule) {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  Index const rows = blocks.rows;
  bool const diagonal = is_diagonal(terms.root);
  Index const widest = std::clamp(tile_numbers / rows / line<R> * line<R>, line<R>, tile_columns);
  auto const tile_at = [&](Index at, Index width, R* direction) -> double {
    combine_tile<T, R>(terms.before, width, blocks.stride, blocks.gradient + at, width, direction);
    LocalArray<R*, most_moments> moments{};
    for (std::size_t i = 0; i < blocks.moments.size(); ++i) {
      moments[i] = blocks.moments[i] + at;
    }
    rule(Tile<R>{rows, width, direction, width, std::span(moments).first(blocks.moments.size()), blocks.stride});
    if (terms.after.rows > 0) {
      combine_tile<T, R>(terms.after, width, width, direction, width, direction);
    }
    if (terms.decay > 0) {
      for (Index k = 0; k < rows; ++k) {
        for (Index n = 0; n < width; n += lanes) {
          R* const to = direction + k * width + n;
          simd::fma(V(terms.decay), V::load_aligned(blocks.parameters + k * blocks.stride + at + n),
                    V::load_aligned(to))
              .store_aligned(to);
        }
      }
    }
    V squares(R{0});
    for (Index k = 0; k < rows; ++k) {
      R const* const from = direction + k * width;
      if (diagonal) {  // sums squares on the way to the parameters, which saves a pass
        squares = finish_row<T, R, true>(V(terms.root.values[k]), squares, blocks, terms.factor, k, at, width, from);
        continue;
      }
      for_each_line<T, R>(terms.root, k, width, width, direction, [&](Index, auto const& sums) {
        for (auto const& sum : sums) {
          squares = simd::fma(sum, sum, squares);
        }
      });
      squares = finish_row<T, R, false>(V(R{1}), squares, blocks, terms.factor, k, at, width, from);
    }
    return sum_of<T, R>(squares);
  };
  auto const results =
      in_pieces<T>(blocks.count / line<R>, pass_cost * rows * blocks.count, [&](Index first, Index last) -> double {
        alignas(alignment) std::array<R, static_cast<std::size_t>(tile_numbers)> here;
        AlignedVector<R> large;  // for more rows than a tile has numbers
        if (rows * widest > tile_numbers) {
          large.resize(static_cast<std::size_t>(rows * widest));
        }
        double sum = 0;
        for (Index n = first * line<R>; n < last * line<R>; n += widest) {
          sum += tile_at(n, std::min(widest, last * line<R> - n), large.empty() ? here.data() : large.data());
        }
        return sum;
      });
  double sum = 0;
  for (double const x : results) {
    sum += x;
  }
  return sum;
}

}  // namespace detail

/// Makes one pass over K x N blocks, tile by tile: from the gradient through `rule(tile)` to the direction, the moments
/// and the parameters. Returns the sum of squares of C^T direction.
template <class T, Real R>
[[nodiscard]] double descend(DescentBlocks<R> const& blocks, DescentTerms<R> const& terms, TileRule<R> rule) {
  bool const apart = blocks.rows * blocks.count > tile_numbers && terms.row_by_row && terms.after.rows == 0 &&
                     detail::is_diagonal(terms.before) && detail::is_diagonal(terms.root);
  if (!apart) {
    return detail::descend_tiles<T, R>(blocks, terms, rule);
  }
  // Long rows that do not mix are processed one after the other: streams that the processor prefetches.
  constexpr LocalArray<Index, 2> starts{0, 1};
  constexpr Index first = 0;
  double sum = 0;
  for (Index k = 0; k < blocks.rows; ++k) {
    Index const row = k * blocks.stride;
    LocalArray<R*, most_moments> moments{};
    for (std::size_t i = 0; i < blocks.moments.size(); ++i) {
      moments[i] = blocks.moments[i] + row;
    }
    DescentBlocks<R> const own{1,
                               blocks.stride,
                               blocks.count,
                               blocks.gradient + row,
                               std::span(moments).first(blocks.moments.size()),
                               blocks.parameters + row,
                               blocks.direction == nullptr ? nullptr : blocks.direction + row};
    DescentTerms<R> one = terms;
    one.before = {1, starts.data(), &first, terms.before.values + k};
    one.root = {1, starts.data(), &first, terms.root.values + k};
    sum += detail::descend_tiles<T, R>(own, one, rule);
  }
  return sum;
}

}  // namespace wmanifold::kernel
