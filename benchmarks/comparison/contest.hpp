#pragma once

#include "case.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace comparison {

/// Contenders and their cases, each checked against the same reference.
struct Contest {
  std::vector<Heat> heats;                      ///< each begins with the FMA loop on one thread
  std::map<std::string, std::string> versions;  ///< of the contenders present
  /// Why a contender is left out: of one case, or (case empty) of all.
  std::map<std::pair<std::string, std::string>, std::string> absences;
};

/// Sets up the heats with a case or target whose name contains `only`. Checks each contender against the reference in
/// double, and leaves it out, with the reason, where results differ.
[[nodiscard]] Contest prepare(std::string const& only);

}  // namespace comparison
