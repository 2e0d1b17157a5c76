#pragma once

#include "study.hpp"

#include <filesystem>
#include <functional>

namespace CLI {
class App;
}

namespace demo {

/// Options of all study programs.
struct Options {
  std::filesystem::path out = "build/studies";
  unsigned threads = 0;  ///< 0: as many as the machine has
  unsigned seeds = 5;
  bool is_short = false;  ///< a form that takes seconds, for checks: its figures say nothing
  std::vector<std::string> budgets{"short", "long"};
  std::vector<std::string> settings;    ///< none: all
  std::vector<std::string> contenders;  ///< none: all
};

/// Runs a study's program: reads the command line, to which `add_options` may add, makes the study, tunes every
/// contender's rate, and carries out all trainings without a record. It leaves in the output folder
/// - STUDY.json: the description, for the report;
/// - STUDY.jsonl: all trainings, a line each.
/// The same call again continues an interrupted run. Returns the exit status.
[[nodiscard]] int run_program(int count, char const* const* words, std::string const& about,
                              std::function<void(CLI::App&)> const& add_options,
                              std::function<Study(Options const&)> const& make);

/// Returns the small sizes of the short form.
[[nodiscard]] Sizes short_form(Sizes sizes);

}  // namespace demo
