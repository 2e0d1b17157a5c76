#include "results.hpp"

#include "columns.hpp"
#include "machine.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace demo {
namespace {

using Json = nlohmann::ordered_json;

struct Figure {
  double mean = 0;
  double spread = 0;
};

template <class Value>
Figure figure_of(std::vector<Outcome const*> const& outcomes, Value const& value) {
  auto const n = static_cast<double>(outcomes.size());
  Figure figure;
  for (auto const* outcome : outcomes) {
    figure.mean += value(*outcome) / n;
  }
  for (auto const* outcome : outcomes) {
    figure.spread += std::pow(value(*outcome) - figure.mean, 2) / n;
  }
  figure.spread = std::sqrt(figure.spread);
  return figure;
}

std::vector<Outcome const*> of_kind(Report const& report, Kind kind) {
  std::vector<Outcome const*> found;
  for (Outcome const& outcome : report.outcomes) {
    if (outcome.kind == kind) {
      found.push_back(&outcome);
    }
  }
  return found;
}

std::string cell(Figure const& figure, std::size_t seeds) {
  std::string const mean = scientific(figure.mean, 2);
  return seeds > 1 ? joined(mean, " (", scientific(figure.spread, 0), ')') : mean;
}

std::string db_text(double db) { return std::isfinite(db) ? fixed(db, 1) : "-inf"; }

std::string microseconds(double seconds) { return fixed(1e6 * seconds, 2); }

std::string errors_text(Report const& report) {
  Columns table(
      {"", "multiply-adds", "parameters", "trained, s", "at trained", "held out", "worst held out", "corners"});
  for (Kind const kind : all_kinds) {
    auto const outcomes = of_kind(report, kind);
    auto const figure = [&](auto value) { return cell(figure_of(outcomes, value), outcomes.size()); };
    Contender const& first = outcomes.front()->trained.contender;
    table.add({first.title, grouped(wm::multiply_adds_of(Network::Stack{})), grouped(first.parameters),
               fixed(figure_of(outcomes, [](Outcome const& o) { return o.trained.contender.seconds; }).mean, 0),
               figure(std::mem_fn(&Outcome::at_trained)), figure(std::mem_fn(&Outcome::held_out)),
               figure(std::mem_fn(&Outcome::worst_held_out)), figure(std::mem_fn(&Outcome::in_corners))});
  }
  return joined("Error-to-signal ratios with resting knobs, at ", trained_positions * trained_positions,
                " trained positions and ", (trained_positions - 1) * (trained_positions - 1),
                " held-out ones\nhalf-way between them; the corners are 4 of these\n", table.text());
}

std::string sweeps_text(Report const& report) {
  Columns table({"", "knob", "at rest", "every 8", "every 8 / at rest", "every 32", "every 32 / at rest"});
  for (Kind const kind : all_kinds) {
    auto const outcomes = of_kind(report, kind);
    for (std::size_t s = 0; s < outcomes.front()->swept.size(); ++s) {
      auto const figure = [&](auto value) {
        return figure_of(outcomes, [&](Outcome const& o) { return value(o.swept[s]); });
      };
      table.add({outcomes.front()->trained.contender.title, outcomes.front()->swept[s].name,
                 cell(figure([](Swept const& w) { return w.resting; }), outcomes.size()),
                 cell(figure([](Swept const& w) { return w.moving; }), outcomes.size()),
                 fixed(figure([](Swept const& w) { return w.moving / w.resting; }).mean, 3),
                 cell(figure([](Swept const& w) { return w.coarse; }), outcomes.size()),
                 fixed(figure([](Swept const& w) { return w.coarse / w.resting; }).mean, 3)});
    }
  }
  return "Error-to-signal ratios under a sweep of 10 Hz from 0.1 to 0.9; the network moves every 8 or 32 samples\n" +
         table.text();
}

std::string residuals_text(Report const& report) {
  Columns table({"", "silence", "sine, every 32", "sine, every 8"});
  for (Kind const kind : all_kinds) {
    auto const& outcome = *of_kind(report, kind).front();
    Residual const& r = outcome.residual;
    table.add({outcome.trained.contender.title, db_text(r.silence), db_text(r.sine), db_text(r.sine_8)});
  }
  return "Peak that moving both knobs adds, in dBFS (10 Hz, end to end; seed 1): to silence; to a steady sine, beside\n"
         "the network formed anew for each sample, with a move every 32 or 8 samples\n" +
         table.text();
}

std::string times_text(Report const& report) {
  Columns table({"block", "lasts, us", "at rest", "99 %", "moving", "99 %", "a move", "moving / (at rest + a move)",
                 "real-time factor, moving"});
  for (BlockTimes const& t : report.times) {
    table.add({joined(t.block), microseconds(t.seconds()), microseconds(t.resting.median), microseconds(t.resting.most),
               microseconds(t.moving.median), microseconds(t.moving.most), microseconds(t.move()), fixed(t.ratio(), 3),
               fixed(t.moving.median / t.seconds(), 4)});
  }
  return joined("Time of a block in microseconds, median and 99 % quantile of all timed blocks (", processor_name(),
                ", one core)\n", table.text());
}

}  // namespace

std::string text_of(Report const& report) {
  return joined("Simulated circuit, 8 steps a sample against 128: error-to-signal ratio at most ",
                scientific(report.simulation, 1), "\n\n", errors_text(report), '\n', sweeps_text(report), '\n',
                residuals_text(report), '\n', times_text(report));
}

std::string json_of(Report const& report) {
  Json outcomes = Json::array();
  for (Outcome const& o : report.outcomes) {
    Json swept = Json::array();
    for (Swept const& w : o.swept) {
      swept.push_back(
          {{"knob", w.name}, {"moving_every_8", w.moving}, {"moving_every_32", w.coarse}, {"at_rest", w.resting}});
    }
    // JSON has no minus infinity: null.
    outcomes.push_back(
        {{"contender", name_of(o.kind)},
         {"seed", o.seed},
         {"rate", default_rate(o.kind)},
         {"parameters", o.trained.contender.parameters},
         {"training_seconds", o.trained.contender.seconds},
         {"at_trained", o.at_trained()},
         {"held_out", o.held_out()},
         {"worst_held_out", o.worst_held_out()},
         {"corners", o.in_corners()},
         {"map", o.map},
         {"sweeps", swept},
         {"residual_db",
          {{"silence", o.residual.silence}, {"sine_every_32", o.residual.sine}, {"sine_every_8", o.residual.sine_8}}}});
  }
  Json times = Json::array();
  for (BlockTimes const& t : report.times) {
    times.push_back({{"block", t.block},
                     {"resting", {{"median", t.resting.median}, {"p99", t.resting.most}}},
                     {"moving", {{"median", t.moving.median}, {"p99", t.moving.most}}},
                     {"form", t.form},
                     {"sample", t.sample},
                     {"ratio", t.ratio()}});
  }
  Settings const& s = report.plan.settings;
  return Json{{"steps", s.steps},
              {"positions", s.positions},
              {"samples", s.samples},
              {"training_signal", s.signal},
              {"multiply_adds", wm::multiply_adds_of(Network::Stack{})},
              {"latency", latency},
              {"simulation_error", report.simulation},
              {"contenders", outcomes},
              {"blocks", times}}
             .dump(2) +
         '\n';
}

}  // namespace demo
