#include "contender.hpp"
#include "report/page.hpp"
#include "text.hpp"

#include <functional>

namespace demo {
namespace {

/// Comparisons of two contenders: where the one is better, where worse, where that is not told.
struct Comparison {
  std::string where;
  double gain = 0;  ///< of the first, the better the larger
  int sign = 0;     ///< 1: better, -1: worse, as a 95 % interval tells
};

using Wanted = std::function<bool(Description::TestText const&)>;

std::vector<Comparison> comparisons(std::vector<Results> const& studies, std::string_view one, std::string_view other,
                                    Wanted const& wanted) {
  std::vector<Comparison> found;
  for (Results const& results : studies) {
    auto const& d = results.description();
    for (auto const& setting : d.settings) {
      for (std::string const& budget : results.budgets(setting.name)) {
        auto const& all = results.runs(setting.name, budget);
        Runs const* const a = find(all, one);
        Runs const* const b = find(all, other);
        for (auto const& test : setting.tests) {
          if (a == nullptr || b == nullptr || !wanted(test)) {
            continue;
          }
          auto const difference = difference_of(*a, *b, test.name);
          if (difference) {
            int const sign = difference->is_above_zero() ? 1 : difference->is_below_zero() ? -1 : 0;
            found.push_back({joined(d.title, ", ", setting.title, ", ", test.title, " (", budget, ')'),
                             d.has_labels ? difference->mean : -difference->mean, d.has_labels ? sign : -sign});
          }
        }
      }
    }
  }
  return found;
}

std::string verdict(std::vector<Comparison> const& all) {
  int better = 0;
  int worse = 0;
  for (Comparison const& one : all) {
    better += one.sign > 0 ? 1 : 0;
    worse += one.sign < 0 ? 1 : 0;
  }
  auto const count = static_cast<int>(all.size());
  std::string const word = all.empty()       ? "not asked"
                           : better == count ? "holds"
                           : better > 0      ? "holds under conditions"
                                             : "does not hold";
  std::string text = joined("**", word, "**: better in ", better, ", worse in ", worse, ", not told apart in ",
                            count - better - worse, " of ", count, " comparisons");
  auto const list = [&](int sign, char const* what) {
    std::string names;
    for (Comparison const& one : all) {
      if (one.sign == sign) {
        names += joined(names.empty() ? "" : "; ", one.where, ' ', one.gain >= 0 ? "+" : "", fixed(one.gain, 1));
      }
    }
    return names.empty() ? std::string() : joined(". ", what, ": ", names);
  };
  if (better < count) {
    text += list(-1, "Worse") + list(0, "Not told apart");
  }
  return text + ".";
}

}  // namespace

std::string claims_of(std::vector<Results> const& studies) {
  auto const any = [](Description::TestText const&) { return true; };
  auto const seen = [](Description::TestText const& test) { return !test.is_unseen; };
  auto const unseen = [](Description::TestText const& test) { return test.is_unseen; };
  auto const claim = [&](char const* text, std::string_view one, std::string_view other, Wanted const& wanted) {
    return joined("- ", text, " ", verdict(comparisons(studies, one, other, wanted)), "\n");
  };
  return joined(
      "## The claims\n\nEach is held against all settings, tests and budgets below that bear on it, by paired 95 % "
      "intervals; what it gained or lost is in points of the score.\n\n",
      claim("A manifold beats the same network with the context concatenated to its input, on contexts it was trained "
            "on:",
            reference_contender, "input", seen),
      claim("So it does at every layer:", reference_contender, "layers", seen),
      claim("And with as many parameters at the input, at its multiples of the price:", reference_contender,
            "input-wide", seen),
      claim("And FiLM:", reference_contender, "film", seen),
      claim("It generalises better than concatenation to contexts never seen:", reference_contender, "input", unseen),
      claim("Better than the concatenated network with as many parameters:", reference_contender, "input-wide", unseen),
      claim("Better than FiLM:", reference_contender, "film", unseen),
      claim("The right topology helps, a wrong one of another K hurts:", reference_contender, "wrong", any),
      claim("Steps under the metric are better than plain descent, order 1:", reference_contender, "order1-plain", any),
      claim("Order 2:", "order2", "order2-plain", any), "\n");
}

}  // namespace demo
