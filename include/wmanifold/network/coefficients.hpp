#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/network/plan.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

namespace wmanifold {

/// Makes room for at least `count` elements; never gives any back.
template <class Vector>
void grow(Vector& vector, Index count) {
  if (static_cast<Index>(vector.size()) < count) {
    vector.resize(static_cast<std::size_t>(count));
  }
}

/// The coefficients phi(s) by which the samples of a batch mix K rows of parameters: what a batch's contexts become for
/// a network that knows nothing of topologies. Its memory grows to the largest batch and is then reused.
template <Real R>
struct BatchCoefficients {
  /// The part of the rows in a sample.
  enum class Rows {
    one,       ///< there is one row, the network of all samples
    mixed,     ///< each sample mixes all rows by its coefficients
    of_groups  ///< row g is the network of group g
  };

  Rows kind = Rows::one;
  Index samples = 0;
  Index rows = 1;                  ///< K
  Plan plan;                       ///< how mixed rows are worked on
  std::vector<Index> ends;         ///< where groups of consecutive samples end; empty: each sample is a group
  AlignedVector<R> of_samples;     ///< samples x K, where rows are mixed
  AlignedVector<R> of_each_group;  ///< groups x K, likewise

  [[nodiscard]] Index groups() const noexcept { return ends.empty() ? samples : std::ssize(ends); }

  /// One row for all samples.
  void set_one_row(Index count, Plan how) {
    kind = Rows::one;
    samples = count;
    rows = 1;
    plan = how;
    ends.clear();
  }

  /// A row for each group.
  void set_row_of_groups(Index count, std::span<Index const> group_ends) {
    kind = Rows::of_groups;
    samples = count;
    ends.assign(group_ends.begin(), group_ends.end());
    rows = groups();
    plan = {};
  }

  /// Mixed rows, K of them; evaluate(g, out) writes the K coefficients of group g.
  template <class Evaluate>
  void set_mixed(Index count, std::span<Index const> group_ends, Index k, Plan how, Evaluate const& evaluate) {
    kind = Rows::mixed;
    samples = count;
    rows = k;
    plan = how;
    ends.assign(group_ends.begin(), group_ends.end());
    if (plan.mixing == Mixing::by_groups && ends.empty()) {  // as wished: groups of one
      ends.resize(static_cast<std::size_t>(samples));
      std::iota(ends.begin(), ends.end(), Index{1});
    }
    grow(of_samples, samples * rows);
    grow(of_each_group, groups() * rows);
    for (Index g = 0, b = 0; g < groups(); ++g) {
      R* const group = of_each_group.data() + g * rows;
      evaluate(g, group);
      for (Index const end = ends.empty() ? b + 1 : ends[static_cast<std::size_t>(g)]; b < end; ++b) {
        std::copy_n(group, rows, of_samples.data() + b * rows);
      }
    }
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
