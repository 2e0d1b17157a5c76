#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace faults {

/// The faults of one kind: how many were injected, and how many the library survived.
class Tally {
 public:
  explicit Tally(std::string kind) : kind_(std::move(kind)) {}

  /// Counts a fault. Prints the first of those that were not survived; `what` says which.
  void count(bool survived, std::string_view what) {
    ++injected_;
    survived_ += survived ? 1 : 0;
    if (!survived && injected_ - survived_ <= 20) {
      std::printf("%s, not survived: %.*s\n", kind_.c_str(), static_cast<int>(what.size()), what.data());
    }
  }

  /// Prints the line that scripts/faults.sh reads. Returns whether there were faults, all of them survived.
  [[nodiscard]] bool report() const {
    std::printf("faults: %s: %ld injected, %ld survived\n", kind_.c_str(), injected_, survived_);
    std::fflush(stdout);
    return injected_ > 0 && survived_ == injected_;
  }

 private:
  std::string kind_;
  long injected_ = 0;
  long survived_ = 0;
};

}  // namespace faults
