#include "report/comparison.hpp"

#include "text.hpp"

#include <cmath>

namespace demo {

Pick pick(std::string name) {
  return [=](std::vector<Runs> const& table, std::string const&, bool) { return find(table, name); };
}

std::vector<Comparison> comparisons(std::vector<Results> const& studies, std::string_view one, Pick const& other,
                                    Wanted const& wanted) {
  std::vector<Comparison> found;
  for (Results const& results : studies) {
    auto const& d = results.description();
    for (auto const& setting : d.settings) {
      for (std::string const& budget : results.budgets(setting.name)) {
        auto const& table = results.runs(setting.name, budget);
        for (auto const& test : setting.tests) {
          Runs const* const a = find(table, one);
          Runs const* const b = other(table, test.name, d.has_labels);
          if (a == nullptr || b == nullptr || !wanted(test)) {
            continue;
          }
          if (auto difference = difference_of(*a, *b, test.name)) {
            difference->mean *= d.has_labels ? 1 : -1;
            found.push_back({d.title, joined(setting.title, ", ", test.title, ", ", budget), a, b, *difference});
          }
        }
      }
    }
  }
  return found;
}

Count count_of(std::vector<Comparison> const& comparisons) {
  Count count;
  for (Comparison const& one : comparisons) {
    ++(one.is_better() ? count.better : one.is_worse() ? count.worse : count.neither);
  }
  return count;
}

std::string verdict(Count const& count) {
  return count.all() == 0                                     ? "no comparison"
         : count.worse == 0 && 2 * count.better > count.all() ? "holds"
         : count.better > count.worse                         ? "holds under conditions"
                                                              : "does not hold";
}

std::string text_of(Difference const& difference) {
  auto const with_sign = [](double value) { return joined(value >= 0 ? "+" : "", fixed(value, 1)); };
  if (!std::isfinite(difference.reach)) {
    return with_sign(difference.mean);
  }
  return joined(with_sign(difference.mean), " [", with_sign(difference.mean - difference.reach), ", ",
                with_sign(difference.mean + difference.reach), ']');
}

}  // namespace demo
