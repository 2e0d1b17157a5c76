#include "line_plot.hpp"
#include "report/page.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace demo {
namespace {

constexpr std::array colours{colour::blue, colour::green, colour::orange, colour::red, colour::purple, colour::grey};
constexpr std::array dashes{Dash::solid, Dash::solid, Dash::dashed, Dash::dash_dot, Dash::dotted, Dash::dashed};

/// Manifolds first: they have the first colours.
std::vector<Description::ContenderText const*> shown(Description const& d) {
  std::vector<Description::ContenderText const*> found;
  for (bool const manifolds : {true, false}) {
    for (auto const& contender : d.contenders) {
      if (contender.in_plots && contender.name.starts_with("order") == manifolds) {
        found.push_back(&contender);
      }
    }
  }
  return found;
}

Curve curve(std::string name, std::size_t n) {
  Curve curve{std::move(name), colours[n % colours.size()], {}};
  curve.dash = dashes[n % dashes.size()];
  curve.has_dots = true;
  return curve;
}

std::string link_to(std::string const& name, std::string const& title) {
  return joined("![", title, "](", name, ")\n\n");
}

/// The loss of each epoch that all seeds reached, averaged over seeds, against epochs or seconds.
std::vector<Place> losses(Runs const& runs, bool is_by_seconds) {
  std::size_t epochs = runs.records.front().looks.size();
  for (Record const& record : runs.records) {
    epochs = std::min(epochs, record.looks.size());
  }
  std::vector<Place> places;
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    Place sum{0, 0};
    for (Record const& record : runs.records) {
      sum.x += is_by_seconds ? record.looks[epoch].seconds : static_cast<double>(epoch + 1);
      sum.y += record.looks[epoch].loss;
    }
    auto const count = static_cast<double>(runs.records.size());
    places.push_back({sum.x / count, sum.y / count});
  }
  return places;
}

std::string score_label(Description const& d) { return d.has_labels ? "accuracy, %" : "error, %"; }

}  // namespace

std::string pictures_of(Results const& results, std::filesystem::path const& folder) {
  Description const& d = results.description();
  auto const contenders = shown(d);
  std::string text;
  // Scores along a number of the context.
  for (auto const& setting : d.settings) {
    auto const budgets = results.budgets(setting.name);
    for (auto const& test : setting.tests) {
      if (test.profile_label.empty() || budgets.empty()) {
        continue;
      }
      LinePlot plot;
      plot.title = joined(setting.title, ": ", test.title, " (", budgets.back(), " budget)");
      plot.x.label = test.profile_label;
      plot.y.label = score_label(d);
      for (std::size_t n = 0; n < contenders.size(); ++n) {
        Runs const* const runs = find(results.runs(setting.name, budgets.back()), contenders[n]->name);
        if (runs == nullptr) {
          continue;
        }
        Curve one = curve(contenders[n]->title, n);
        for (std::size_t bin = 0; bin + 1 < test.edges.size(); ++bin) {
          double sum = 0;
          for (Record const& record : runs->records) {
            sum += record.profiles.at(test.name).at(bin) / static_cast<double>(runs->records.size());
          }
          if (std::isfinite(sum)) {
            one.points.push_back({(test.edges[bin] + test.edges[bin + 1]) / 2, sum});
          }
        }
        plot.curves.push_back(std::move(one));
      }
      std::string const name = joined(d.name, '-', setting.name, '-', test.name, ".svg");
      write_plot(folder / name, plot);
      text += link_to(name, plot.title);
    }
  }
  // The cost of training, in steps and in time.
  for (auto const& setting : d.settings) {
    auto const budgets = results.budgets(setting.name);
    for (bool const is_by_seconds : {false, true}) {
      if (!d.has_curves || budgets.empty()) {
        continue;
      }
      LinePlot plot;
      plot.title = joined(setting.title, " (", budgets.front(), " budget)");
      plot.x.label = is_by_seconds ? "seconds of training" : "epochs";
      plot.y.label = "loss of the epoch";
      for (std::size_t n = 0; n < contenders.size(); ++n) {
        if (Runs const* const runs = find(results.runs(setting.name, budgets.front()), contenders[n]->name)) {
          Curve one = curve(contenders[n]->title, n);
          one.points = losses(*runs, is_by_seconds);
          plot.curves.push_back(std::move(one));
        }
      }
      std::string const name = joined(d.name, '-', setting.name, is_by_seconds ? "-seconds.svg" : "-epochs.svg");
      write_plot(folder / name, plot);
      text += link_to(name, plot.title);
    }
  }
  // Settings in a series.
  if (!d.series.empty()) {
    LinePlot plot;
    plot.title = "Score under the longest budget recorded";
    plot.x.label = d.series;
    plot.x.is_log = d.is_log;
    plot.y.label = score_label(d);
    for (std::size_t n = 0; n < contenders.size(); ++n) {
      Curve one = curve(contenders[n]->title, n);
      for (auto const& setting : d.settings) {
        auto const budgets = results.budgets(setting.name);
        if (!std::isfinite(setting.x) || budgets.empty()) {
          continue;
        }
        if (Runs const* const runs = find(results.runs(setting.name, budgets.back()), contenders[n]->name)) {
          one.points.push_back({setting.x, runs->figure(setting.tests.front().name).mean});
        }
      }
      std::sort(one.points.begin(), one.points.end(), [](Place a, Place b) { return a.x < b.x; });
      if (!one.points.empty()) {
        plot.curves.push_back(std::move(one));
      }
    }
    std::string const name = joined(d.name, "-series.svg");
    write_plot(folder / name, plot);
    text += link_to(name, plot.title);
  }
  return text;
}

}  // namespace demo
