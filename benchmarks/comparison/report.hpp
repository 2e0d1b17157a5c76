#pragma once

#include "results.hpp"
#include "targets.hpp"

#include <map>
#include <string>
#include <vector>

namespace comparison {

struct Report {
  std::string machine;  ///< processor, cores, compiler, flags
  std::string build;    ///< target of the build
  std::map<std::string, std::string> contenders;
  Results results;
  std::vector<Target> targets;
};

[[nodiscard]] std::string json_of(Report const& report);
/// Returns text for the terminal: every case, then every target.
[[nodiscard]] std::string text_of(Report const& report);

}  // namespace comparison
