#pragma once

#include "description.hpp"
#include "record.hpp"
#include "statistics.hpp"

#include <functional>
#include <optional>

namespace demo {

/// The trainings of one contender in one setting under one budget, seed by seed.
struct Runs {
  Description::ContenderText const* contender = nullptr;
  std::vector<Record> records;
  std::string choice = {};  ///< the title of the candidate that was chosen; empty where there was no choice

  [[nodiscard]] Figure figure(std::string const& test) const;
  [[nodiscard]] std::size_t failures() const;
};

/// All of a study that was recorded.
class Results {
 public:
  /// Reads STUDY.jsonl beside the description; throws wm::FileError.
  Results(Description description, std::filesystem::path const& records);

  [[nodiscard]] Description const& description() const noexcept { return description_; }
  /// short and long, as far as there is one.
  [[nodiscard]] std::vector<std::string> budgets(std::string const& setting) const;
  /// In the order of the contenders.
  [[nodiscard]] std::vector<Runs> const& runs(std::string const& setting, std::string const& budget) const;
  [[nodiscard]] std::size_t trainings() const noexcept { return trainings_; }
  [[nodiscard]] double seconds() const noexcept { return seconds_; }

 private:
  Description description_;
  std::map<std::pair<std::string, std::string>, std::vector<Runs>> runs_;  // by setting and budget
  std::size_t trainings_ = 0;
  double seconds_ = 0;
};

/// Scores of a less those of b, seed by seed, over the seeds that both have; nothing where they share none.
[[nodiscard]] std::optional<Difference> difference_of(Runs const& a, Runs const& b, std::string const& test);

[[nodiscard]] Runs const* find(std::vector<Runs> const& all, std::string_view contender);
/// The best by its mean of those that are wanted; null where there is none.
[[nodiscard]] Runs const* best_of(std::vector<Runs> const& all, std::string const& test, bool has_labels,
                                  std::function<bool(Runs const&)> const& wanted);

}  // namespace demo
