#pragma once

#include "experiment.hpp"

#include <string>

namespace demo {

struct Report {
  Plan plan;
  std::vector<Outcome> outcomes;
  std::vector<BlockTimes> times;
  double simulation = 0;  ///< error of the circuit itself
};

/// As text, tables and what is claimed; and all of it as JSON.
[[nodiscard]] std::string text_of(Report const& report);
[[nodiscard]] std::string json_of(Report const& report);

}  // namespace demo
