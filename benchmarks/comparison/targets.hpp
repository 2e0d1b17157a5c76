#pragma once

#include "results.hpp"

#include <string>
#include <vector>

namespace comparison {

/// What is asked of this library: a ratio, larger is better, met where it is not below what is required.
struct Target {
  std::string name;
  double required = 1;
  double ratio = 0;  ///< 0 where a contender is missing
  bool met = false;
  std::string reason = {};  ///< what the ratio is made of; where it is missing, why
};

[[nodiscard]] std::vector<Target> judge(Contest const& contest, Results const& results);

}  // namespace comparison
