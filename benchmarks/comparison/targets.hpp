#pragma once

#include "results.hpp"

#include <string>
#include <vector>

namespace comparison {

/// A requirement on this library: a ratio, larger is better, met if it is not below the required one. The aim is a
/// wish beyond it.
struct Target {
  std::string name;
  double required = 1;
  double aim = 1;    ///< not below the required one
  double ratio = 0;  ///< 0 where a contender is missing
  bool met = false;
  std::string reason = {};  ///< parts of the ratio, or why it is missing
};

[[nodiscard]] std::vector<Target> judge(Contest const& contest, Results const& results);

}  // namespace comparison
