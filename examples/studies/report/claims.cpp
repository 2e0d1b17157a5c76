#include "contender.hpp"
#include "report/comparison.hpp"
#include "report/mathematics.hpp"
#include "report/page.hpp"
#include "text.hpp"

#include <algorithm>

namespace demo {
namespace {

bool any(Description::TestText const&) { return true; }
bool seen(Description::TestText const& test) { return !test.is_unseen; }
bool unseen(Description::TestText const& test) { return test.is_unseen; }

/// A comparison of two contenders over all tests that are wanted.
struct Question {
  char const* text;
  std::string_view one;
  char const* other;
  bool (*wanted)(Description::TestText const&);
};

/// A claim. Its first question decides the verdict.
struct Claim {
  char const* text;
  std::vector<Question> questions;
};

constexpr auto ours = reference_contender;

Claim const against_concatenation{
    "1. Manifold networks beat the identical network with the context concatenated to its input",
    {{"concatenated at the input", ours, "input", seen},
     {"concatenated at every layer", ours, "layers", seen},
     {"concatenated at the input, as many parameters (more multiply-adds)", ours, "input-wide", seen},
     {"concatenated at every layer, as many parameters (more multiply-adds)", ours, "layers-wide", seen},
     {"FiLM", ours, "film", seen},
     {"hypernetwork", ours, "hyper", seen},
     {"polygon, a context per batch", ours, "chain-by-batch", seen},
     {"order 2 against FiLM", "order2", "film", seen},
     {"order 2 against the hypernetwork", "order2", "hyper", seen},
     {"order 2 against concatenation at the input with as many parameters as order 1", "order2", "input-wide", seen}}};

Claim const about_unseen_contexts{"2. Manifold networks generalise better to contexts never seen",
                                  {{"concatenated at the input", ours, "input", unseen},
                                   {"concatenated at every layer", ours, "layers", unseen},
                                   {"no context", ours, "none", unseen},
                                   {"concatenated at the input, as many parameters", ours, "input-wide", unseen},
                                   {"FiLM", ours, "film", unseen},
                                   {"hypernetwork", ours, "hyper", unseen},
                                   {"polygon, a context per batch", ours, "chain-by-batch", unseen},
                                   {"order 2 against FiLM", "order2", "film", unseen},
                                   {"order 2 against the hypernetwork", "order2", "hyper", unseen}}};

Claim const about_topology{"3. The topology is an inductive bias: the right one helps, a wrong one hurts",
                           {{"a wrong topology, all contexts", ours, "wrong", any},
                            {"a wrong topology, trained contexts", ours, "wrong", seen},
                            {"a wrong topology, unseen contexts", ours, "wrong", unseen},
                            {"a line for the circle, all contexts", ours, "wrong-line", any}}};

Claim const about_descent{
    "4b. Training under the metric beats plain descent",
    {{"order 1", ours, "order1-plain", any},
     {"order 2", "order2", "order2-plain", any},
     {"order 3", "order3", "order3-plain", any},
     {"order 1 with stiffness 0, as published (interval and square)", "order1-bare", "order1-plain", any},
     {"order 2 with stiffness 0, as published (interval and square)", "order2-bare", "order2-plain", any}}};

std::vector<Comparison> answers(std::vector<Results> const& studies, Question const& question) {
  return comparisons(studies, question.one, pick(question.other), question.wanted);
}

std::string cell(Count const& count) {
  return count.all() == 0 ? std::string() : joined(count.better, " / ", count.worse, " / ", count.neither);
}

/// The verdict on a claim, and on each of its questions, from all studies.
std::string verdicts(std::vector<Results> const& studies, Claim const& claim) {
  auto const count = count_of(answers(studies, claim.questions.front()));
  std::string text =
      joined("### ", claim.text, "\n\n**", verdict(count), "**: better in ", count.better, ", worse in ", count.worse,
             ", not told apart in ", count.neither, " of ", count.all(),
             " comparisons.\n\n| comparison | verdict | better / worse / not told apart |\n|---|---|---|\n");
  for (Question const& question : claim.questions) {
    Count const all = count_of(answers(studies, question));
    text += joined("| ", question.text, " | ", verdict(all), " | ", cell(all), " |\n");
  }
  return text + '\n';
}

/// One row of the table: all studies, then each.
std::string row(std::vector<Results> const& studies, Question const& question) {
  auto const all = answers(studies, question);
  std::string text = joined("| ", question.text, " | ", verdict(count_of(all)), " | ", cell(count_of(all)), " |");
  for (Results const& results : studies) {
    std::vector<Comparison> some;
    for (Comparison const& one : all) {
      if (one.study == results.description().title) {
        some.push_back(one);
      }
    }
    text += joined(' ', cell(count_of(some)), " |");
  }
  return text + '\n';
}

std::string table(std::vector<Results> const& studies, std::vector<Question> const& questions) {
  std::string text = "| comparison | verdict | all |";
  std::string rule = "|---|---|---|";
  for (Results const& results : studies) {
    std::string const& name = results.description().name;
    std::string words = name;
    std::replace(words.begin(), words.end(), '_', ' ');
    text += joined(" [", words, "](", name, ".md) |");
    rule += "---|";
  }
  text += joined('\n', rule, '\n');
  for (Question const& question : questions) {
    text += row(studies, question);
  }
  return text + '\n';
}

/// The comparisons in which a contender is worse.
std::string losses(std::vector<Results> const& studies, Question const& question) {
  std::string text;
  for (Comparison const& one : answers(studies, question)) {
    if (one.is_worse()) {
      text += joined(text.empty() ? "" : "; ", one.study, ", ", one.where, ' ', text_of(one.difference));
    }
  }
  return text.empty() ? "" : joined("Worse in: ", text, ".\n\n");
}

}  // namespace

std::string claims_of(std::vector<Results> const& studies, std::string const& link) {
  return joined(
      "## The claims\n\n"
      "Each claim is tested in all settings, tests and budgets that bear on it. A paired 95 % interval over seeds "
      "decides each comparison: better, worse or not told apart.\n\n"
      "- *holds*: never worse, and better in more than half of the comparisons\n"
      "- *holds under conditions*: better more often than worse\n"
      "- *does not hold*: otherwise\n\n"
      "The manifold has order 1 and is trained under the metric, unless stated. [The claims by study](",
      link, "claims.md) list the comparisons in which it is worse.\n\n", verdicts(studies, against_concatenation),
      verdicts(studies, about_unseen_contexts), verdicts(studies, about_topology),
      "### 4. Optimising the manifold is steepest descent under a constraint on its movement, with a closed-form "
      "inverse\n\n",
      metric_verdict(), "\n\n", verdicts(studies, about_descent),
      "### 5. A minibatch with a context per sample needs no weight matrix per sample\n\n", decomposition_verdict(),
      "\n\n");
}

std::string claims_by_study(std::vector<Results> const& studies, std::string const& summary_link) {
  std::string text =
      joined("# The claims by study\n\nCells count comparisons: better / worse / not told apart. [The verdicts](",
             summary_link, "#the-claims).\n\n");
  for (Claim const* claim : {&against_concatenation, &about_unseen_contexts, &about_topology, &about_descent}) {
    text +=
        joined("## ", claim->text, "\n\n", table(studies, claim->questions), losses(studies, claim->questions.front()));
  }
  return text;
}

}  // namespace demo
