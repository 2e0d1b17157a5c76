#include "results.hpp"

#include "columns.hpp"
#include "line_plot.hpp"
#include "text.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace demo {
namespace {

struct Figure {
  double mean = 0;
  double spread = 0;
};

/// Returns mean and spread over seeds of one number of finding n.
Figure figure_of(std::span<Outcome const> outcomes, std::size_t n, double Finding::*member) {
  auto const count = static_cast<double>(outcomes.size());
  Figure figure;
  for (Outcome const& outcome : outcomes) {
    figure.mean += outcome.findings[n].*member / count;
  }
  double variance = 0;
  for (Outcome const& outcome : outcomes) {
    variance += std::pow(outcome.findings[n].*member - figure.mean, 2) / count;
  }
  figure.spread = std::sqrt(variance);
  return figure;
}

struct Column {
  char const* head;  ///< of the table
  char const* key;   ///< in results.json
  double Finding::*member;
  int digits;
};
constexpr std::array accuracies{
    Column{"inferred angle", "found", &Finding::found, 1},
    Column{"all angles", "weighed", &Finding::weighed, 1},
    Column{"true angle", "known", &Finding::known, 1},
    Column{"no context", "plain", &Finding::plain, 1},
};
constexpr std::array angles{
    Column{"error, degrees", "error", &Finding::error, 1},
    Column{"within 1, %", "within_one", &Finding::within_one, 0},
    Column{"within 2, %", "within_two", &Finding::within_two, 0},
    Column{"rank corr.", "rank_correlation", &Finding::rank_correlation, 2},
    Column{"missed, %", "missed", &Finding::missed, 1},
    Column{"runner-up, %", "second", &Finding::second, 0},
};

template <std::size_t n>
std::string table_of(std::span<Outcome const> outcomes, std::array<Column, n> const& columns, bool utf8) {
  std::vector<std::string> head{"angle by", "images"};
  for (Column const& column : columns) {
    head.emplace_back(column.head);
  }
  Columns table(head);
  auto const& findings = outcomes.front().findings;
  for (std::size_t f = 0; f < findings.size(); ++f) {
    std::vector<std::string> cells{std::string(criterion_names[static_cast<std::size_t>(findings[f].by)]),
                                   std::to_string(findings[f].images)};
    for (Column const& column : columns) {
      Figure const figure = figure_of(outcomes, f, column.member);
      bool const is_there = findings[f].by != Criterion::labels || column.member != &Finding::weighed;
      cells.push_back(!is_there ? ""
                                : joined(fixed(figure.mean, column.digits), utf8 ? " \u00B1 " : " +- ",
                                         fixed(figure.spread, column.digits)));
    }
    table.add(cells);
  }
  return table.text();
}

}  // namespace

std::string tables_of(std::span<Outcome const> outcomes, bool utf8) {
  double seconds = 0;
  for (Outcome const& outcome : outcomes) {
    seconds += outcome.seconds_of_search;
  }
  return joined(
      "Accuracy in % of images that share an unknown angle:\n\n", table_of(outcomes, accuracies, utf8),
      "\nInferred angles: median error; share of errors within 1 and 2 uncertainties; rank correlation of uncertainty\n"
      "and error; share of angles missed by more than 30 degrees; share of these that the runner-up hits:\n\n",
      table_of(outcomes, angles, utf8), "\nAll searches took ", fixed(seconds, 1), " s.\n");
}

std::string json_of(std::span<Outcome const> outcomes, Settings const& settings) {
  auto list = nlohmann::ordered_json::array();
  auto const& findings = outcomes.front().findings;
  for (std::size_t f = 0; f < findings.size(); ++f) {
    nlohmann::ordered_json row{{"by", criterion_names[static_cast<std::size_t>(findings[f].by)]},
                               {"images", findings[f].images}};
    auto const add = [&](Column const& column) {
      Figure const figure = figure_of(outcomes, f, column.member);
      row[column.key] = {{"mean", figure.mean}, {"std", figure.spread}};
    };
    std::for_each(accuracies.begin(), accuracies.end(), add);
    std::for_each(angles.begin(), angles.end(), add);
    list.push_back(row);
  }
  nlohmann::ordered_json const all{{"seeds", outcomes.size()},
                                   {"epochs", settings.epochs},
                                   {"training_images", settings.training_images},
                                   {"test_images", settings.test_images},
                                   {"most_groups", settings.most_groups},
                                   {"batch", settings.batch},
                                   {"width", settings.width},
                                   {"order", settings.order},
                                   {"rate", settings.rate},
                                   {"plain_rate", settings.plain_rate},
                                   {"momentum", settings.momentum},
                                   {"points", settings.points},
                                   {"rows", list}};
  return all.dump(2) + '\n';
}

void write_plots(std::filesystem::path const& accuracy, std::filesystem::path const& objective,
                 std::span<Outcome const> outcomes) {
  auto const& findings = outcomes.front().findings;
  LinePlot plot{.title = "Digits at an unknown angle",
                .x = {.label = "images that share the angle", .is_log = true},
                .y = {.label = "accuracy, %"},
                .curves = {}};
  auto const curve = [&](std::string name, char const* colour, Criterion by, double Finding::*member, Dash dash) {
    Curve one{.name = std::move(name), .colour = colour, .points = {}, .dash = dash};
    one.has_dots = dash == Dash::solid;
    for (std::size_t f = 0; f < findings.size(); ++f) {
      if (findings[f].by == by) {
        one.points.push_back({static_cast<double>(findings[f].images), figure_of(outcomes, f, member).mean});
      }
    }
    plot.curves.push_back(std::move(one));
  };
  curve("true angle", colour::grey, Criterion::softened, &Finding::known, Dash::dashed);
  curve("no context", colour::grey, Criterion::softened, &Finding::plain, Dash::dotted);
  curve("by labels of as many others", colour::green, Criterion::labels, &Finding::found, Dash::solid);
  curve("by free energy", colour::purple, Criterion::energy, &Finding::found, Dash::solid);
  curve("by entropy, softened", colour::blue, Criterion::softened, &Finding::found, Dash::solid);
  curve("by entropy", colour::orange, Criterion::entropy, &Finding::found, Dash::solid);
  write_plot(accuracy, plot);

  LinePlot around{.title = "Objective of the search: entropy of softened predictions",
                  .x = {.label = "angle, degrees", .low = 0, .high = 360},
                  .y = {.label = "nats"},
                  .curves = {}};
  std::array const colours{colour::blue, colour::green, colour::purple, colour::orange};
  Scatter truths{.name = "true angle", .colour = "#1c1e21", .points = {}, .radius = 3.5, .opacity = 1};
  Scatter found{.name = "found", .colour = colour::red, .points = {}, .radius = 5, .opacity = 0.85};
  Scatter second{.name = "runner-up", .colour = colour::grey, .points = {}, .radius = 5, .opacity = 0.85};
  for (std::size_t n = 0; n < outcomes.front().looks.size(); ++n) {
    Look const& look = outcomes.front().looks[n];
    around.curves.push_back({.name = joined(look.images, look.images == 1 ? " image" : " images"),
                             .colour = colours[n % colours.size()],
                             .points = look.objective});
    found.points.push_back(look.point);
    if (look.runner_up) {
      second.points.push_back(*look.runner_up);
    }
    auto const at = static_cast<std::size_t>(std::lround(look.truth / 360 * double(look.objective.size() - 1)));
    truths.points.push_back({look.truth, look.objective[at].y});
  }
  around.scatters = {found, second, truths};
  write_plot(objective, around);
}

}  // namespace demo
