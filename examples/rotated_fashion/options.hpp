#pragma once

#include "experiment.hpp"
#include "output.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace demo {

inline constexpr char const* default_data = "/usr/share/datasets/fashion-mnist";

struct Options {
  std::filesystem::path data = default_data;
  Output output{".", {}};
  Settings settings;
  unsigned seeds = 3;
  unsigned threads = 1;
  std::vector<Study const*> studies;
  std::vector<Contender const*> contenders;

  /// Returns the runs: study by study, in each contender by contender, with all seeds of each.
  [[nodiscard]] std::vector<Run> runs() const;
};

/// Returns the command line's options. Returns none, and the exit status, if it was answered already (--help, errors).
[[nodiscard]] std::optional<Options> read_options(int count, char const* const* words, int& status);

}  // namespace demo
