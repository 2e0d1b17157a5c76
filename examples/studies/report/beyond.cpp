#include "contender.hpp"
#include "report/forest.hpp"
#include "report/page.hpp"
#include "text.hpp"

namespace demo {
namespace {

constexpr char const* own_default = "default";

/// The best of other methods than manifolds of weights that have the default's multiply-adds.
Runs const* best_rival(std::vector<Runs> const& table, std::string const& test, bool has_labels) {
  Runs const* const own = find(table, own_default);
  return best_of(table, test, has_labels, [&](Runs const& runs) {
    return own != nullptr && runs.contender->is_rival &&
           runs.records.front().multiply_adds == own->records.front().multiply_adds;
  });
}

std::string variants(std::vector<Results> const& studies) {
  std::string text =
      "| | contexts trained on: better / worse / not told apart | mean gain | contexts never seen | mean gain |\n"
      "|---|---|---|---|---|\n";
  auto const cells = [&](std::string_view name, bool is_unseen) {
    auto const all = comparisons(studies, name, pick(std::string(reference_contender)),
                                 [&](Description::TestText const& test) { return test.is_unseen == is_unseen; });
    if (all.empty()) {
      return std::string(" | |");
    }
    double sum = 0;
    for (Comparison const& one : all) {
      sum += one.difference.mean;
    }
    Count const count = count_of(all);
    double const mean = sum / static_cast<double>(all.size());
    return joined(' ', count.better, " / ", count.worse, " / ", count.neither, " | ", mean >= 0 ? "+" : "",
                  fixed(mean, 1), " |");
  };
  for (auto const& [name, title] : std::vector<std::pair<std::string, std::string>>{
           {"order2", "order 2"},
           {"order3", "order 3"},
           {"order", "order chosen"},
           {"energy", "strength of the energy prior chosen"},
           {"reach", "reach chosen"},
           {"averaging", "averaging along the manifold, its share chosen"},
           {"low-rank", "rank 8, plain descent"},
           {"order1-plain", "plain descent"},
           {"order1-bare", "metric without a price of slopes (where contexts have ends)"},
           {own_default, "the default: order, energy, reach and descent chosen"}}) {
    text += joined("| ", title, " |", cells(name, false), cells(name, true), '\n');
  }
  return text + '\n';
}

std::vector<Comparison> against_rivals(std::vector<Results> const& studies) {
  return comparisons(studies, own_default, best_rival, [](auto const&) { return true; });
}

std::string counts(std::vector<Comparison> const& all) {
  Count const count = count_of(all);
  return joined("Better in ", count.better, ", worse in ", count.worse, ", not told apart in ", count.neither, " of ",
                count.all(), " rows.\n\n");
}

}  // namespace

std::string beyond_of(std::vector<Results> const& studies, std::string const& link) {
  return joined(
      "## Beyond what was published\n\n"
      "Each against the manifold of order 1 under the metric; gains are means over rows, in points. What is *chosen* "
      "is chosen in each setting by three trainings of each candidate, on validation samples alone: for the short "
      "budget under the short one, for the long one among the three best of those, trained under the long one. Where "
      "the tests have a range never seen, in a rehearsal: a training that leaves out some of the "
      "contexts trained on, about as far from the rest as those of the test are from all, and whose validation is "
      "half at what it left out. Where single contexts are trained on, one left out would be twice as far off "
      "as those asked for: there ordinary validation chooses. *Reach*: a context that was not trained on is told to "
      "the network as one part of the "
      "way from the nearest trained one to it, 1 being the whole way and 0 none of it. *Energy*: the strength of the "
      "prior E |dM/ds|^2 / 2. An order above the first is a candidate only where at least two contexts a function are "
      "trained on. These rules were settled on rotation, noise, light and arm, their tests in view; MNIST, the torus "
      "and CIFAR-10 had no part in it, but that the long budget chooses for itself was kept with rotated MNIST in "
      "view, too.\n\n",
      variants(studies), "The default against the best other method: [row by row](", link, "default.md). ",
      counts(against_rivals(studies)));
}

std::string default_by_row(std::vector<Results> const& studies, std::filesystem::path const& pictures,
                           std::string const& summary_link) {
  auto const all = against_rivals(studies);
  write_forest(pictures / "default.svg", "The default against the best of other methods, row by row", all);
  std::string text = joined(
      "# The default, row by row\n\n"
      "The manifold whose order (none at all included), energy, reach and descent (under the metric or plain) are "
      "chosen, against the best, by its mean in "
      "that row, of the methods that are no manifolds of weights and have as many multiply-adds where the context "
      "rests: no context, concatenation, FiLM (with its own reach chosen, too), hypernetwork, polygon with a context "
      "per batch. To pick the best of them row by row favours them. [How it is chosen](",
      summary_link, "#beyond-what-was-published).\n\n", counts(all),
      "![Row by row](default.svg)\n\n"
      "| study | row | the default chose | best other | gain | |\n|---|---|---|---|---|---|\n");
  for (Comparison const& one : all) {
    text += joined("| ", one.study, " | ", one.where, " | ", one.one->choice, " | ", one.other->contender->title,
                   one.other->choice.empty() ? "" : joined(" (", one.other->choice, ')'), " | ",
                   text_of(one.difference), " | ",
                   one.is_better()  ? "better"
                   : one.is_worse() ? "**worse**"
                                    : "",
                   " |\n");
  }
  return text;
}

}  // namespace demo
