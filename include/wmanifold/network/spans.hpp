#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/kernel/matrix/grouped.hpp>

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

namespace wmanifold {

/// An order of the samples of a batch by the rows that they use, for bases with local support: the samples of a span
/// use the same few rows. Groups that share a context are sorted as a whole. The order is a counting sort, and depends
/// on nothing but the coefficients. The memory grows to the largest batch and is then reused.
template <Real R>
class SampleSpans {
 public:
  /// Forgets the spans: all samples use all rows, in their own order.
  void clear() noexcept { order_.clear(); }

  /// Finds the spans of a batch from its coefficients (samples x rows), at most `rows_met` of a sample other than zero.
  /// There are none if samples use nearly all rows on average: then an order gains nothing.
  void find(R const* coefficients, Index samples, Index rows, Index rows_met) {
    reserve(samples, rows, rows_met);
    group_ends_.clear();
    sort(coefficients, samples, rows);
    find_rows(coefficients, rows);
    if (uses_most(samples, rows)) {
      clear();
    } else {
      finish(coefficients, rows);
    }
  }

  /// Finds the spans of groups of consecutive samples with these ends, from the coefficients of each group (groups x
  /// rows). There are none if all rows for every group cost less.
  void find_groups(R const* coefficients, std::span<Index const> ends, Index rows, Index rows_met) {
    Index const samples = ends.empty() ? 0 : ends.back();
    reserve(samples, rows, rows_met);
    group_ends_.reserve(at(samples));
    of_samples_.reserve(at(samples * rows));
    sort(coefficients, std::ssize(ends), rows);
    find_rows(coefficients, rows);
    if (uses_most(std::ssize(ends), rows) || !kernel::spans_save(std::ssize(ends), rows, std::ssize(rows_), uses_)) {
      clear();
      return;
    }
    finish(coefficients, rows);
    keys_.assign(order_.begin(), order_.end());  // here: the group at each place
    group_ends_.clear();
    order_.clear();
    of_samples_.clear();
    for (Index i = 0; i < std::ssize(keys_); ++i) {
      std::size_t const g = at(keys_[at(i)]);
      for (Index b = g == 0 ? 0 : ends[g - 1]; b < ends[g]; ++b) {
        order_.push_back(b);
        of_samples_.insert(of_samples_.end(), ordered_.data() + i * rows, ordered_.data() + (i + 1) * rows);
      }
      group_ends_.push_back(std::ssize(order_));
    }
  }

  /// Returns whether there are no spans.
  [[nodiscard]] bool empty() const noexcept { return order_.empty(); }
  /// The sample at each place of the order.
  [[nodiscard]] std::vector<Index> const& order() const noexcept { return order_; }
  /// The samples' coefficients in this order, for kernels. The spans are those of samples, and left out after
  /// find_groups.
  [[nodiscard]] kernel::Coefficients<R> coefficients() const noexcept {
    return group_ends_.empty() ? kernel::Coefficients<R>(ordered_.data(), spans())
                               : kernel::Coefficients<R>(of_samples_.data());
  }
  /// The groups in this order, after find_groups.
  [[nodiscard]] kernel::Groups<R> groups() const noexcept {
    return {group_ends_.data(), std::ssize(group_ends_), ordered_.data(), spans()};
  }

  /// Lists for each row the samples, in this order, for which is_wanted(sample, row). Valid until the next call.
  template <class IsWanted>
  [[nodiscard]] kernel::RowRuns runs_where(Index rows, IsWanted const& is_wanted) {
    Index const samples = std::ssize(order_);
    wanted_starts_.assign(at(rows) + 1, 0);
    wanted_runs_.resize(at(rows * (samples + 1) / 2));  // the most: every other sample, of each row
    Index count = 0;
    for (Index k = 0; k < rows; ++k) {
      bool goes_on = false;
      for (Index i = 0; i < samples; ++i) {
        bool const is_own = is_wanted(order_[at(i)], k);
        if (is_own) {
          count += goes_on ? 0 : 1;
          kernel::IndexRange& run = wanted_runs_[at(count - 1)];
          run = {goes_on ? run.begin : i, i + 1};
        }
        goes_on = is_own;
      }
      wanted_starts_[at(k) + 1] = count;
    }
    return {wanted_starts_.data(), wanted_runs_.data()};
  }

  /// Copies samples into this order: `count` numbers each, `stride` apart.
  void gather(R const* from, Index stride, Index count, R* to) const {
    for (std::size_t i = 0; i < order_.size(); ++i) {
      std::copy_n(from + order_[i] * stride, count, to + static_cast<Index>(i) * count);
    }
  }
  /// Copies samples back into their own order: `count` numbers each.
  void scatter(R const* from, Index count, R* to) const {
    for (std::size_t i = 0; i < order_.size(); ++i) {
      std::copy_n(from + static_cast<Index>(i) * count, count, to + order_[i] * count);
    }
  }

 private:
  static std::size_t at(Index i) noexcept { return static_cast<std::size_t>(i); }

  [[nodiscard]] kernel::Spans spans() const noexcept {
    return {
        std::ssize(ends_), ends_.data(), row_starts_.data(), rows_.data(), {run_starts_.data(), runs_.data()}, uses_};
  }

  [[nodiscard]] bool uses_most(Index count, Index rows) const noexcept { return 4 * uses_ > 3 * count * rows; }

  /// Lists the runs and sorts the coefficients.
  void finish(R const* coefficients, Index rows) {
    find_runs(rows);
    ordered_.resize(order_.size() * at(rows));
    for (Index i = 0; i < std::ssize(order_); ++i) {
      std::copy_n(coefficients + order_[at(i)] * rows, rows, ordered_.data() + i * rows);
    }
  }

  /// Makes room for all batches of these sizes, so that no later one allocates.
  void reserve(Index samples, Index rows, Index rows_met) {
    Index const spans = std::min(samples, rows);
    Index const listed = std::min(samples * rows_met, spans * rows);
    order_.reserve(at(samples));
    ends_.reserve(at(spans));
    row_starts_.reserve(at(spans) + 1);
    rows_.reserve(at(listed));
    runs_.reserve(at(listed));
    keys_.reserve(at(std::max(samples, rows + 1)));
    ordered_.reserve(at(samples * rows));
  }

  /// The first of the neighbouring rows that a sample uses. Row 0 follows the last row, as on a circle.
  static Index first_row(R const* phi, Index rows) noexcept {
    Index k = 0;
    while (k < rows && phi[k] == 0) {
      ++k;
    }
    if (k > 0) {
      return k % rows;
    }
    for (Index before = rows; before-- > 1 && phi[before] != 0;) {
      k = before;
    }
    return k;
  }

  /// Sorts the samples by their first row. `ends_` receives the ends of spans that are not empty.
  void sort(R const* coefficients, Index samples, Index rows) {
    keys_.resize(at(samples));
    order_.resize(at(samples));
    run_starts_.assign(at(rows) + 1, 0);  // here: where the samples of each first row start
    for (Index b = 0; b < samples; ++b) {
      keys_[at(b)] = first_row(coefficients + b * rows, rows);
      ++run_starts_[at(keys_[at(b)]) + 1];
    }
    ends_.clear();
    for (Index k = 0; k < rows; ++k) {
      Index const count = run_starts_[at(k) + 1];
      run_starts_[at(k) + 1] += run_starts_[at(k)];
      if (count > 0) {
        ends_.push_back(run_starts_[at(k) + 1]);
      }
    }
    for (Index b = 0; b < samples; ++b) {
      order_[at(run_starts_[at(keys_[at(b)])]++)] = b;
    }
  }

  /// Lists the rows of each span.
  void find_rows(R const* coefficients, Index rows) {
    seen_.assign(at(rows), -1);  // the last span that uses a row
    row_starts_.assign(1, 0);
    rows_.clear();
    uses_ = 0;
    for (Index s = 0, i = 0; s < std::ssize(ends_); ++s) {
      Index const begin = i;
      for (; i < ends_[at(s)]; ++i) {
        R const* const phi = coefficients + order_[at(i)] * rows;
        for (Index k = 0; k < rows; ++k) {
          if (phi[k] != 0 && seen_[at(k)] != s) {
            seen_[at(k)] = s;
            rows_.push_back(k);
          }
        }
      }
      std::sort(rows_.begin() + row_starts_.back(), rows_.end());
      uses_ += (std::ssize(rows_) - row_starts_.back()) * (i - begin);
      row_starts_.push_back(std::ssize(rows_));
    }
  }

  /// Lists the runs of each row: its spans, neighbours joined.
  void find_runs(Index rows) {
    auto const for_each = [&](auto const& body) {  // body(row, its samples in a span, whether its run goes on there)
      seen_.assign(at(rows), -1);                  // the end of a row's last run
      for (Index s = 0, begin = 0; s < std::ssize(ends_); begin = ends_[at(s++)]) {
        for (Index i = row_starts_[at(s)]; i < row_starts_[at(s) + 1]; ++i) {
          Index const k = rows_[at(i)];
          body(k, kernel::IndexRange{begin, ends_[at(s)]}, seen_[at(k)] == begin);
          seen_[at(k)] = ends_[at(s)];
        }
      }
    };
    run_starts_.assign(at(rows) + 1, 0);
    for_each([&](Index k, kernel::IndexRange, bool goes_on) { run_starts_[at(k) + 1] += goes_on ? 0 : 1; });
    std::partial_sum(run_starts_.begin(), run_starts_.end(), run_starts_.begin());
    runs_.resize(at(run_starts_.back()));
    keys_.assign(run_starts_.begin(), run_starts_.end());  // here: the place of a row's next run
    for_each([&](Index k, kernel::IndexRange samples, bool goes_on) {
      if (goes_on) {
        runs_[at(keys_[at(k)] - 1)].end = samples.end;
      } else {
        runs_[at(keys_[at(k)]++)] = samples;
      }
    });
  }

  std::vector<Index> order_;
  std::vector<Index> keys_;  // of each sample, its first row
  std::vector<Index> ends_;
  std::vector<Index> row_starts_;
  std::vector<Index> rows_;
  std::vector<Index> run_starts_;
  std::vector<kernel::IndexRange> runs_;
  std::vector<Index> seen_;
  std::vector<Index> wanted_starts_;
  std::vector<kernel::IndexRange> wanted_runs_;
  AlignedVector<R> ordered_;       // the coefficients in this order, of samples or of groups
  AlignedVector<R> of_samples_;    // the coefficients of groups, for each of their samples
  std::vector<Index> group_ends_;  // in this order; empty: samples are sorted, not groups
  Index uses_ = 0;
};

}  // namespace wmanifold
