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

/// Results as text, with tables and claims, and as JSON.
[[nodiscard]] std::string text_of(Report const& report);
[[nodiscard]] std::string json_of(Report const& report);

}  // namespace demo
