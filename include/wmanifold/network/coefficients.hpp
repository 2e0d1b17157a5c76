#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/network/plan.hpp>
#include <wmanifold/network/spans.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

namespace wmanifold {

/// Grows a vector to at least `count` elements. Never shrinks it.
template <class Vector>
void grow(Vector& vector, Index count) {
  if (static_cast<Index>(vector.size()) < count) {
    vector.resize(static_cast<std::size_t>(count));
  }
}

/// The coefficients phi(s) by which the samples of a batch mix K rows of parameters. A network sees contexts only in
/// this form. The memory grows to the largest batch and is then reused.
template <Real R>
struct BatchCoefficients {
  /// The relation between rows and samples.
  enum class Rows {
    one,       ///< one row, the network of all samples
    mixed,     ///< each sample mixes all rows by its coefficients
    of_groups  ///< row g is the network of group g
  };

  Rows kind = Rows::one;           ///< relation of this batch
  Index samples = 0;               ///< number of samples
  Index rows = 1;                  ///< K
  Plan plan;                       ///< how mixed rows are processed
  std::vector<Index> ends;         ///< ends of groups of consecutive samples; empty: each sample is a group
  AlignedVector<R> of_samples;     ///< samples x K, for mixed rows
  AlignedVector<R> of_each_group;  ///< groups x K, for mixed rows of groups that have ends
  SampleSpans<R> spans;            ///< of samples or groups that use few of the rows

  /// Number of groups.
  [[nodiscard]] Index groups() const noexcept { return ends.empty() ? samples : std::ssize(ends); }

  /// Throws ArgumentError unless groups with these ends (none: a group per sample) are those of this batch.
  void require_groups(std::span<Index const> group_ends) const {
    Index const got = group_ends.empty() ? samples : std::ssize(group_ends);
    bool are_same = kind != Rows::mixed || got == groups();
    for (std::size_t g = 0; are_same && g < std::min(ends.size(), group_ends.size()); ++g) {
      are_same = ends[g] == group_ends[g];
    }
    if (!are_same) [[unlikely]] {
      fail("backward: expected the contexts of the forward pass, in its ", groups(), " groups, got ", got,
           got == groups() ? " of other sizes" : "");
    }
  }

  /// Sets one row for all samples.
  void set_one_row(Index count, Plan how) {
    kind = Rows::one;
    samples = count;
    rows = 1;
    plan = how;
    ends.clear();
    spans.clear();
  }

  /// Sets one row per group.
  void set_row_of_groups(Index count, std::span<Index const> group_ends) {
    kind = Rows::of_groups;
    samples = count;
    ends.assign(group_ends.begin(), group_ends.end());
    rows = groups();
    plan = {};
    spans.clear();
  }

  /// Sets K mixed rows. `evaluate(g, out)` writes the K coefficients of group g.
  template <class Evaluate>
  void set_mixed(Index count, std::span<Index const> group_ends, Index k, Plan how, Evaluate const& evaluate) {
    kind = Rows::mixed;
    samples = count;
    rows = k;
    plan = how;
    ends.assign(group_ends.begin(), group_ends.end());
    if (plan.mixing == Mixing::by_groups && ends.empty()) {  // requested by the caller: groups of one
      ends.resize(static_cast<std::size_t>(samples));
      std::iota(ends.begin(), ends.end(), Index{1});
    }
    grow(of_samples, samples * rows);
    if (ends.empty()) {
      for (Index b = 0; b < samples; ++b) {
        evaluate(b, of_samples.data() + b * rows);
      }
    } else {
      grow(of_each_group, groups() * rows);
      for_each_group([&](Index g, Index begin, Index end) {
        R* const group = of_each_group.data() + g * rows;
        evaluate(g, group);
        for (Index b = begin; b < end; ++b) {
          std::copy_n(group, rows, of_samples.data() + b * rows);
        }
      });
    }
    spans.clear();
  }

  /// Orders the samples, or the groups, by the rows that they use. For bases of local support, after set_mixed.
  void find_spans() {
    if (plan.rows_met == rows) {
      return;
    }
    if (plan.mixing == Mixing::by_groups) {
      spans.find_groups(of_each_group.data(), ends, rows, plan.rows_met);
    } else {
      spans.find(of_samples.data(), samples, rows, plan.rows_met);
    }
  }

  /// The samples of each row k, in the order of the spans, for which is_wanted(group, k). All samples if there are no
  /// spans. Valid until the next call.
  template <class IsWanted>
  [[nodiscard]] kernel::RowRuns runs_where(IsWanted const& is_wanted) {
    if (spans.empty()) {
      return {};
    }
    Index const* const first = ends.data();
    return spans.runs_where(rows, [&](Index sample, Index k) {
      return is_wanted(ends.empty() ? sample : std::upper_bound(first, first + groups(), sample) - first, k);
    });
  }

  /// The coefficients of the samples, in the order of the spans if there are any.
  [[nodiscard]] kernel::Coefficients<R> of_ordered_samples() const noexcept {
    return spans.empty() ? kernel::Coefficients<R>(of_samples.data()) : spans.coefficients();
  }

  /// The groups that are mixed at once, in the order of the spans if there are any.
  [[nodiscard]] kernel::Groups<R> ordered_groups() const noexcept {
    return spans.empty() ? kernel::Groups<R>{ends.data(), std::ssize(ends), of_each_group.data()} : spans.groups();
  }

  /// Calls body(g, begin, end) for the samples of each group.
  template <class Body>
  void for_each_group(Body const& body) const {
    for (Index g = 0, begin = 0; g < groups(); ++g) {
      Index const end = ends.empty() ? begin + 1 : ends[static_cast<std::size_t>(g)];
      body(g, begin, end);
      begin = end;
    }
  }
};

}  // namespace wmanifold
