#pragma once

#include "report/results.hpp"

#include <functional>

namespace demo {

/// Two contenders on one test of one setting under one budget.
struct Comparison {
  std::string study;  ///< title
  std::string where;  ///< setting, test, budget
  Runs const* one = nullptr;
  Runs const* other = nullptr;
  Difference difference;  ///< one less the other, turned so that above zero is better
  [[nodiscard]] bool is_better() const noexcept { return difference.is_above_zero(); }
  [[nodiscard]] bool is_worse() const noexcept { return difference.is_below_zero(); }
};

using Wanted = std::function<bool(Description::TestText const&)>;
/// Returns the contender of a table to compare with; null if there is none.
using Pick = std::function<Runs const*(std::vector<Runs> const& table, std::string const& test, bool has_labels)>;

/// The contender of that name.
[[nodiscard]] Pick pick(std::string name);
/// All comparisons of tests that are wanted, study by study.
[[nodiscard]] std::vector<Comparison> comparisons(std::vector<Results> const& studies, std::string_view one,
                                                  Pick const& other, Wanted const& wanted);

/// How many of them are better, worse, neither.
struct Count {
  int better = 0;
  int worse = 0;
  int neither = 0;

  [[nodiscard]] int all() const noexcept { return better + worse + neither; }
};
[[nodiscard]] Count count_of(std::vector<Comparison> const& comparisons);
/// holds, holds under conditions, does not hold, no comparison
[[nodiscard]] std::string verdict(Count const& count);

/// "+1.2 [+0.3, +2.1]", without the interval where there is a single seed.
[[nodiscard]] std::string text_of(Difference const& difference);

}  // namespace demo
