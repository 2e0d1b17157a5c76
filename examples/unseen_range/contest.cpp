#include "contest.hpp"

#include "progress.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace demo {
namespace {

template <class Value>
Figure figure_of(std::size_t count, Value const& value) {
  auto const n = static_cast<double>(count);
  Figure figure;
  for (std::size_t i = 0; i < count; ++i) {
    figure.mean += value(i) / n;
  }
  double variance = 0;
  for (std::size_t i = 0; i < count; ++i) {
    variance += std::pow(value(i) - figure.mean, 2) / n;
  }
  figure.spread = std::sqrt(variance);
  return figure;
}

class Contestants {
 public:
  Contestants(Contest const& contest, DataSet const& data, Settings const& settings)
      : contest_(contest), data_(data), settings_(settings), progress_("Training", work()) {}

  std::vector<Row> all() {
    std::vector<Row> rows;
    for (Study const* study : contest_.studies) {
      for (Shape const* shape : contest_.shapes) {
        for (Way const way : contest_.ways) {
          add(*study, *shape, way, rows);
        }
      }
    }
    return rows;
  }

 private:
  [[nodiscard]] double work() const {
    std::size_t runs = 0;
    for (Way const way : contest_.ways) {
      runs += contest_.prices.size() * contest_.seeds + tuned(way) * sizes(way == Way::tuned_budget).size();
    }
    return static_cast<double>(runs * contest_.studies.size() * contest_.shapes.size());
  }
  [[nodiscard]] std::vector<double> const& sizes(bool is_budget) const {
    return is_budget ? contest_.budgets : contest_.rates;
  }
  /// Returns the number of contenders to tune.
  [[nodiscard]] std::size_t tuned(Way way) const { return way == Way::same_rate ? 1 : contest_.prices.size(); }

  /// Adds the contenders of one table.
  void add(Study const& study, Shape const& shape, Way way, std::vector<Row>& rows) {
    std::vector<Outcome> plain;
    Length length;
    for (std::size_t n = 0; n < contest_.prices.size(); ++n) {
      Run run{&study, &shape, contest_.prices[n], length, 0};
      if (n < tuned(way)) {
        length = best(run, way == Way::tuned_budget);
      }
      run.length = length;
      std::vector<Outcome> outcomes;
      for (run.seed = 1; run.seed <= contest_.seeds; ++run.seed) {
        outcomes.push_back(carried_out(run));
      }
      if (n == 0) {
        plain = outcomes;
      }
      auto const figure = [&](double Outcome::*member) {
        return figure_of(outcomes.size(), [&](std::size_t i) { return outcomes[i].*member; });
      };
      Figure const loss = figure_of(outcomes.size(), [&](std::size_t i) { return plain[i].asked - outcomes[i].asked; });
      rows.push_back({&study, &shape, way, run.price, length.size, figure(&Outcome::inside), figure(&Outcome::asked),
                      loss, figure(&Outcome::first), figure(&Outcome::reach)});
    }
  }

  Length best(Run run, bool is_budget) {
    Length found;
    double least = std::numeric_limits<double>::infinity();
    for (double const size : sizes(is_budget)) {
      run.length = {is_budget, size};
      if (double const loss = carried_out(run).validation; loss < least) {
        least = loss;
        found = run.length;
      }
    }
    return found;
  }

  Outcome carried_out(Run const& run) {
    Outcome const outcome = carry_out(run, data_, settings_);
    progress_.advance(1);
    return outcome;
  }

  Contest const& contest_;
  DataSet const& data_;
  Settings const& settings_;
  Progress progress_;
};

}  // namespace

std::string_view name_of(Way way) {
  constexpr std::array<std::string_view, 3> names{"tuned-rate", "same-rate", "tuned-budget"};
  return names[static_cast<std::size_t>(way)];
}

std::vector<Row> carry_out(Contest const& contest, DataSet const& data, Settings const& settings) {
  return Contestants(contest, data, settings).all();
}

}  // namespace demo
