#pragma once

#include <wmanifold/core/real.hpp>
#include <wmanifold/kernel/pieces.hpp>

#include <algorithm>
#include <cstddef>

/// The operands of a dense layer's kernels.
namespace wmanifold::kernel {

/// The parameters of one layer, K rows.
template <Real R>
struct DenseRows {
  /// The parameters of row 0.
  R const* parameters;
  /// K.
  Index rows;
  /// The distance of rows.
  Index stride;
  /// Inputs of the layer.
  Index inputs;
  /// Outputs of the layer.
  Index outputs;
};

/// The writable parameters, or gradient, of one layer, K rows.
template <Real R>
struct MutableDenseRows {
  /// The parameters of row 0.
  R* parameters;
  /// K.
  Index rows;
  /// The distance of rows.
  Index stride;
  /// Inputs of the layer.
  Index inputs;
  /// Outputs of the layer.
  Index outputs;
};

/// A matrix of samples x features, its rows `stride` apart.
template <class R>
struct Samples {
  /// The first sample.
  R* data;
  /// The distance of samples.
  Index stride;
};

/// The samples of each row, as runs. Without starts, each row has all samples.
struct RowRuns {
  /// The start of each row's runs in `ranges`, and the end of the last.
  Index const* starts = nullptr;
  /// The runs of each row, ascending.
  IndexRange const* ranges = nullptr;

  /// Calls body(run) for the samples of row k that lie within `samples`.
  template <class Body>
  void for_each(Index k, IndexRange samples, Body const& body) const {
    if (starts == nullptr) {
      body(samples);
      return;
    }
    for (Index i = starts[k]; i < starts[k + 1]; ++i) {
      IndexRange const run{std::max(ranges[i].begin, samples.begin), std::min(ranges[i].end, samples.end)};
      if (run.begin < run.end) {
        body(run);
      }
    }
  }
};

/// The rows that the samples of a batch use, for coefficients that are mostly zero. The samples lie in spans; those of
/// one span use the same rows. A row's samples are runs of consecutive spans. Without spans, all samples use all rows.
/// In a batch of groups that share contexts, the groups take the place of samples.
struct Spans {
  /// Number of spans; 0: all samples use all rows.
  Index count = 0;
  /// The end (exclusive) of each span in the samples.
  Index const* ends = nullptr;
  /// The start of each span's rows in `rows`, and the end of the last.
  Index const* row_starts = nullptr;
  /// The rows of each span, ascending.
  Index const* rows = nullptr;
  /// The samples that use each row.
  RowRuns runs = {};
  /// The sum over samples of the rows that they use.
  Index uses = 0;

  /// Calls body(block, its rows, add) for blocks of the samples within `samples` and consecutive rows, `all_rows` at
  /// most. All coefficients other than zero lie in the blocks. `add` is false in the first block of a sample. The block
  /// of samples that use no row has no rows.
  template <class Body>
  void for_each_block(IndexRange samples, Index all_rows, Body const& body) const {
    if (count == 0) {
      body(samples, IndexRange{0, all_rows}, false);
      return;
    }
    Index s = std::upper_bound(ends, ends + count, samples.begin) - ends;
    for (Index begin = samples.begin; begin < samples.end; begin = ends[s++]) {
      IndexRange const block{begin, std::min(ends[s], samples.end)};
      Index const first = row_starts[s];
      Index const last = row_starts[s + 1];
      if (first == last) {
        body(block, IndexRange{0, 0}, false);
      }
      for (Index i = first, next = first; i < last; i = next) {
        do {
          ++next;
        } while (next < last && rows[next] == rows[next - 1] + 1);
        body(block, IndexRange{rows[i], rows[next - 1] + 1}, i > first);
      }
    }
  }

  /// Returns whether a sample before this one uses row k, or lies in the span of one that does. There are spans.
  [[nodiscard]] bool is_used_before(Index sample, Index k) const noexcept {
    return is_used(k) && runs.ranges[runs.starts[k]].begin < sample;
  }
  /// Returns whether a sample uses row k.
  [[nodiscard]] bool is_used(Index k) const noexcept { return count == 0 || runs.starts[k] < runs.starts[k + 1]; }
  /// Returns the sum over samples of the rows that they use, of `all_rows` rows.
  [[nodiscard]] Index uses_of(Index samples, Index all_rows) const noexcept {
    return count == 0 ? samples * all_rows : uses;
  }
};

/// The coefficients of a batch, samples x K. Null numbers mean a single row with coefficient 1.
template <Real R>
struct Coefficients {
  /// No coefficients.
  Coefficients(std::nullptr_t = nullptr) noexcept {}
  /// Coefficients, and the rows that samples use: the others must be zero.
  Coefficients(R const* phi, Spans const& rows = {}) noexcept : numbers(phi), spans(rows) {}

  /// The coefficients.
  R const* numbers = nullptr;
  /// The rows that samples use.
  Spans spans = {};
};

namespace detail {

/// The left-hand side for terms that are equal in all rows: a 1, read with stride 0.
template <Real R>
inline constexpr R one = R{1};

}  // namespace detail
}  // namespace wmanifold::kernel
