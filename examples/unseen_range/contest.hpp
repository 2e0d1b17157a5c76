#pragma once

#include "experiment.hpp"

#include <string>

namespace demo {

/// The way of finding the lengths of steps.
enum class Way {
  tuned_rate,    ///< for each contender the rate of least validation loss inside the trained range
  same_rate,     ///< the best rate of plain descent
  tuned_budget,  ///< as tuned_rate, for budgets of movement
};

[[nodiscard]] std::string_view name_of(Way way);

/// The contenders and conditions of the comparison.
struct Contest {
  std::vector<Study const*> studies;
  std::vector<Shape const*> shapes;
  std::vector<Way> ways;
  std::vector<Price> prices;                                        ///< the first of them plain
  std::vector<double> rates{0.025, 0.05, 0.1, 0.2, 0.4, 0.8};       ///< to choose from
  std::vector<double> budgets{0.0125, 0.025, 0.05, 0.1, 0.2, 0.4};  ///< to choose from
  unsigned seeds = 5;
};

/// A mean over seeds and its standard deviation, as of a population.
struct Figure {
  double mean = 0;
  double spread = 0;
};

/// The results of one contender over its seeds.
struct Row {
  Study const* study = nullptr;
  Shape const* shape = nullptr;
  Way way = Way::tuned_rate;
  Price price;
  double length = 0;  ///< rate or budget of the first step
  Figure inside;
  Figure asked;
  Figure loss_to_plain;  ///< points of `asked` by which plain descent exceeds this, seed by seed
  Figure first;
  Figure reach;
};

/// Tunes with seed 0, then runs seeds 1, 2, .... Reports progress on standard error.
[[nodiscard]] std::vector<Row> carry_out(Contest const& contest, DataSet const& data, Settings const& settings);

}  // namespace demo
