#include "report/page.hpp"

#include "contender.hpp"
#include "files.hpp"
#include "machine.hpp"
#include "report/comparison.hpp"
#include "text.hpp"

#include <cmath>

namespace demo {
namespace {

using Test = Description::TestText;
using SettingText = Description::SettingText;

/// The score of a contender: the best is bold, and scores whose paired interval to it holds zero have a star.
std::string score(Runs const& runs, Runs const* best, Test const& test) {
  Figure const figure = runs.figure(test.name);
  std::string const text = joined(fixed(figure.mean, 1), " ± ", fixed(figure.deviation, 1));
  if (best == nullptr || runs.contender->is_ceiling) {
    return text;
  }
  if (&runs == best) {
    return "**" + text + "**";
  }
  auto const difference = difference_of(runs, *best, test.name);
  bool const is_apart =
      !difference || !std::isfinite(difference->reach) || difference->is_below_zero() || difference->is_above_zero();
  return is_apart ? text : text + " \\*";
}

std::string interval_of(Runs const& runs, Runs const& reference, std::string const& test) {
  auto const difference = difference_of(runs, reference, test);
  return difference ? text_of(*difference) : "";
}

bool is_no_ceiling(Runs const& runs) { return !runs.contender->is_ceiling; }

std::string table(Results const& results, SettingText const& setting, std::string const& budget) {
  auto const& all = results.runs(setting.name, budget);
  Runs const* const reference = find(all, reference_contender);
  bool const has_labels = results.description().has_labels;
  std::string text = "| contender | parameters | multiply-adds | moving | optimiser | n |";
  std::string rule = "|---|---|---|---|---|---|";
  for (Test const& test : setting.tests) {
    text += joined(' ', test.title, " | minus order 1 |");
    rule += "---|---|";
  }
  text += '\n' + rule + '\n';
  for (Runs const& runs : all) {
    Record const& one = runs.records.front();
    text += joined("| ", runs.contender->title, runs.contender->is_ceiling ? " (ceiling)" : "",
                   runs.choice.empty() ? "" : joined(": ", runs.choice), " | ", grouped(one.parameters), " | ",
                   grouped(one.multiply_adds), " | ", grouped(one.moving_multiply_adds), " | ", one.optimiser, ' ',
                   one.rate, " | ", runs.records.size());
    if (runs.failures() > 0) {
      text += joined(", ", runs.failures(), " failed");
    }
    text += " |";
    for (Test const& test : setting.tests) {
      bool const is_reference = &runs == reference;
      text += joined(' ', score(runs, best_of(all, test.name, has_labels, is_no_ceiling), test), " | ",
                     reference == nullptr || is_reference ? "" : interval_of(runs, *reference, test.name), " |");
    }
    text += '\n';
  }
  return text + '\n';
}

/// The page of a study.
std::string page_of(Results const& results, std::filesystem::path const& pictures, std::string const& summary_link) {
  Description const& d = results.description();
  std::string text = joined("# ", d.title, "\n\n", d.text, "\n\n", grouped(static_cast<long long>(results.trainings())),
                            " trainings took ", fixed(results.seconds() / 60, 1),
                            " minutes of one core, tuning included. [How to read the tables](", summary_link,
                            "#how-to-read-the-tables).\n\n") +
                     pictures_of(results, pictures);
  std::string sizes;
  for (SettingText const& setting : d.settings) {
    auto const budgets = results.budgets(setting.name);
    if (budgets.empty()) {
      continue;
    }
    text += joined("## ", setting.title, "\n\n");
    if (setting.sizes != sizes) {
      text += joined(setting.sizes, ".\n\n");
      sizes = setting.sizes;
    }
    for (std::string const& budget : budgets) {
      text += joined(budget == "short" ? "Short budget:" : "Long budget, until validation stops improving:", "\n\n",
                     table(results, setting, budget));
    }
  }
  return text;
}

/// Links to the pages of all studies, with their settings.
std::string list_of(std::vector<Results> const& studies, std::string const& link) {
  std::string text = "| study | settings | trainings | minutes of one core |\n|---|---|---|---|\n";
  for (Results const& results : studies) {
    Description const& d = results.description();
    std::string settings;
    for (SettingText const& setting : d.settings) {
      if (!results.budgets(setting.name).empty()) {
        settings += joined(settings.empty() ? "" : "; ", setting.title);
      }
    }
    text +=
        joined("| [", d.title, "](", link, d.name, ".md) | ", settings, " | ",
               grouped(static_cast<long long>(results.trainings())), " | ", fixed(results.seconds() / 60, 1), " |\n");
  }
  return text + '\n';
}

std::string summary_of(std::vector<Results> const& studies, std::string const& link) {
  return joined(
      "# Results on data\n\n`scripts/reproduce.sh` writes these pages from records; only the figures of "
      "removed methods are typed by hand.\n\n"
      "wmanifold ",
      studies.front().description().version, ", ", compiler_name(), ", ", processor_name(),
      ".\n\n"
      "Each study compares manifolds of weights with other uses of a known context. These are no context, "
      "concatenation at the input or at every layer, FiLM, a hypernetwork, and a polygon of weights. Its page has "
      "all tables and pictures.\n\n",
      list_of(studies, link),
      "## How to read the tables\n\n"
      "- All contenders of a setting and a seed have the same samples and the same budget. Contexts are drawn for "
      "each presentation of a sample.\n"
      "- Each contender's optimiser (momentum 0.9 or Adam) and rate are tuned once per study, in its first setting, "
      "with one seed. The best score on a validation split of the training data decides. Test data tune nothing.\n"
      "- Scores are means ± standard deviations (n - 1) over n seeds. The best is bold. \\* marks a score that a "
      "paired 95 % interval (Student's t over seeds) does not tell apart from the best.\n"
      "- *Minus order 1*: the score minus that of the manifold of order 1 under the metric, seed by seed, with its "
      "95 % interval.\n"
      "- *Multiply-adds* are those of one prediction at a resting context. Work that depends on the context alone is "
      "done before. *Moving*: each prediction has a context of its own.\n"
      "- *As many parameters*: the hidden layers are wider, for as many parameters as the manifold of order 1 has. "
      "All other contenders have its multiply-adds.\n"
      "- *Ceilings* use information that the other contenders lack.\n"
      "- *Failed*: the training left the range of numbers. Its scores are those of the network that was left.\n"
      "- Counts of trainings and minutes include tuning, rehearsals and methods that were removed since.\n\n",
      claims_of(studies, link), beyond_of(studies, link));
}

}  // namespace

std::vector<std::filesystem::path> write_pages(std::vector<Results> const& studies,
                                               std::filesystem::path const& summary) {
  std::filesystem::path const folder = summary.parent_path() / summary.stem();
  make_folder(folder);
  std::string const link = summary.stem().string() + '/';
  std::string const summary_link = "../" + summary.filename().string();
  std::vector<std::filesystem::path> written;
  auto const write = [&](std::filesystem::path const& file, std::string text) {
    text.erase(text.find_last_not_of('\n') + 2);
    write_text(file, text);
    written.push_back(file);
  };
  write(summary, summary_of(studies, link));
  write(folder / "claims.md", claims_by_study(studies, summary_link));
  write(folder / "default.md", default_by_row(studies, folder, summary_link));
  for (Results const& results : studies) {
    write(folder / (results.description().name + ".md"), page_of(results, folder, summary_link));
  }
  return written;
}

}  // namespace demo
