#pragma once

#include "study.hpp"

#include <map>
#include <mutex>

namespace demo {

/// What was scored: in %, and bin by bin where a test has a profile.
struct Score {
  double value = 0;
  std::vector<double> profile;
};

/// The samples that networks are examined on, made once: the same for all contenders and seeds. Threads share it.
class Examinations {
 public:
  explicit Examinations(Study const& study);

  /// Training samples that validation leaves, and those of validation.
  [[nodiscard]] std::span<std::size_t const> pool() const noexcept;

  /// Scores of a learner; those of a validation only where `bin` is not negative in that bin of contexts.
  [[nodiscard]] double validate(Setting const& setting, Contender const& contender, Learner& learner, int bin = -1);
  [[nodiscard]] Score test(Setting const& setting, Test const& test, Contender const& contender, Learner& learner);

 private:
  /// A batch, and the contexts of its samples where those that the network is told are others.
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
  std::vector<std::size_t> training_;  // all samples in an order that is the same for all; the last ones are validation
  std::vector<std::size_t> test_;
  std::size_t validation_ = 0;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

/// The score of nothing learned: a class that is never hit, an error far above the deviation.
[[nodiscard]] double worst_score(Material const& material);
/// Is a the better score?
[[nodiscard]] bool is_better(Material const& material, double a, double b);

}  // namespace demo
