#pragma once

#include "study.hpp"

#include <map>
#include <mutex>

namespace demo {

/// A score in %, and bin by bin if the test has a profile.
struct Score {
  double value = 0;
  std::vector<double> profile;
};

/// The samples for examining networks, made once: the same for all contenders and seeds. Threads share it.
class Examinations {
 public:
  explicit Examinations(Study const& study);

  /// Returns the training samples without those of validation.
  [[nodiscard]] std::span<std::size_t const> pool() const noexcept;

  /// Return scores of a learner. A validation counts only contexts in bin `bin`, if that is not negative.
  [[nodiscard]] double validate(Setting const& setting, Contender const& contender, Learner& learner, int bin = -1);
  [[nodiscard]] Score test(Setting const& setting, Test const& test, Contender const& contender, Learner& learner);

 private:
  /// A batch, and the true contexts of its samples if the network is told others.
  struct Asked {
    Batch batch;
    std::vector<Context> contexts;
  };
  using Batches = std::vector<Asked>;
  struct Entry {
    std::once_flag is_made;
    Batches batches;
  };

  Batches const& batches(std::string const& name, Setting const& setting, Part part, Contender const& contender,
                         Draw const& draw);

  Study const* study_;
  std::vector<std::size_t> training_;  // all samples in one order for all; the last ones are validation
  std::vector<std::size_t> test_;
  std::size_t validation_ = 0;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

/// Returns the score of an untrained model: no hits, or an error far above the deviation.
[[nodiscard]] double worst_score(Material const& material);
/// Returns whether a is the better score.
[[nodiscard]] bool is_better(Material const& material, double a, double b);

}  // namespace demo
