#pragma once

#include "study.hpp"

#include <filesystem>
#include <functional>

namespace CLI {
class App;
}

namespace demo {

/// What all study programs are told.
struct Options {
  std::filesystem::path out = "build/studies";
  unsigned threads = 0;  ///< 0: as many as the machine has
  unsigned seeds = 5;
  bool is_short = false;  ///< a form that takes seconds, for checks: nothing is learned from its figures
  std::vector<std::string> budgets{"short", "long"};
  std::vector<std::string> settings;    ///< none: all
  std::vector<std::string> contenders;  ///< none: all
};

/// Main of a study's program: reads the command line, to which `add_options` may add, has the study made, tunes every
/// contender's rate, carries out what is not recorded yet, and leaves in the output folder
/// - STUDY.json: what was asked, for the report;
/// - STUDY.jsonl: all trainings, a line each.
/// The same call again goes on where it was ended. Returns the exit status.
[[nodiscard]] int run_program(int count, char const* const* words, std::string const& about,
                              std::function<void(CLI::App&)> const& add_options,
                              std::function<Study(Options const&)> const& make);

/// Sizes of the short form: of everything little.
[[nodiscard]] Sizes short_form(Sizes sizes);

}  // namespace demo
