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
using Setting = Description::SettingText;

/// The best is bold; what is not told apart from it, as its paired interval holds zero, has a star.
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

std::string table(Results const& results, Setting const& setting, std::string const& budget) {
  auto const& all = results.runs(setting.name, budget);
  Runs const* const reference = find(all, reference_contender);
  bool const has_labels = results.description().has_labels;
  std::string text = "| | parameters | multiply-adds | moving | optimiser | n |";
  std::string rule = "|---|---|---|---|---|---|";
  for (Test const& test : setting.tests) {
    text += joined(' ', test.title, " | less the manifold |");
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
  std::string text =
      joined("# ", d.title, "\n\n", d.text, "\n\n", grouped(static_cast<long long>(results.trainings())),
             " trainings, those of tuning included, ", fixed(results.seconds() / 60, 1),
             " minutes of one core. [How to read the tables](", summary_link, "#how-to-read-the-tables).\n\n") +
      pictures_of(results, pictures);
  std::string sizes;
  for (Setting const& setting : d.settings) {
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
      text += joined(budget == "short" ? "Short budget:" : "Trained until validation stops improving:", "\n\n",
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
    for (Setting const& setting : d.settings) {
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
      "# What the method does on data\n\nWritten by `scripts/reproduce.sh`; nothing here is typed by hand.\n\n"
      "wmanifold ",
      studies.front().description().version, ", ", compiler_name(), ", ", processor_name(),
      ".\n\n"
      "Each study compares manifolds of weights with other ways of using a known context: none, concatenation to the "
      "input or to every layer, FiLM, a hypernetwork, a polygon of weights. Its page has all tables and pictures.\n\n",
      list_of(studies, link),
      "## How to read the tables\n\n"
      "All contenders of a setting and a seed have the same samples and the same budget; contexts are "
      "drawn for each presentation. Each contender's optimiser (momentum 0.9 or Adam) and rate are those with the best "
      "score on a validation split of the training data with one seed, once per study, in its first setting; test data "
      "tune nothing. Scores are means ± standard deviations (n - 1) over n seeds, the best in bold, \\* where a paired "
      "95 % interval (Student's t over seeds) does not tell a score from the best. *Less the manifold*: the difference "
      "to "
      "the manifold of order 1 under the metric, seed by seed, with its 95 % interval. Multiply-adds are those of one "
      "prediction where the context rests, so that what depends on it alone was done before; *moving*: where each "
      "prediction has a context of its own. *As many parameters* is wider than the others until it holds as many "
      "numbers as the manifold of order 1; all others have its multiply-adds. Ceilings have what the others cannot "
      "have. Where training left the range of numbers it has failed, and its scores are those of what was left.\n\n",
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
