#pragma once

#include "case.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace comparison {

/// Who takes part in what, all of them found to compute the same.
struct Contest {
  std::vector<Heat> heats;                      ///< each begins with the FMA loop on one thread
  std::map<std::string, std::string> versions;  ///< of the contenders that are there
  /// Why a contender takes no part: in a case, or (case empty) at all.
  std::map<std::pair<std::string, std::string>, std::string> absences;
};

/// Sets up the heats with a case or target whose name contains `only`. Each contender is checked on the way: one that
/// computes something else than the reference in double is left out, with the reason.
[[nodiscard]] Contest prepare(std::string const& only);

}  // namespace comparison
