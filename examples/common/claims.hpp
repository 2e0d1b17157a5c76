#pragma once

#include <iostream>
#include <string_view>

namespace demo {

/// The claims of a program, and their outcomes.
class Claims {
 public:
  void check(std::string_view claim, bool holds) {
    std::cout << (holds ? "  holds: " : "  FAILS: ") << claim << '\n';
    all_hold_ = all_hold_ && holds;
  }
  /// Prints whether a goal is met. A miss does not fail the program.
  static void aim(std::string_view target, bool is_met) {
    std::cout << (is_met ? "  met: " : "  MISSED: ") << target << '\n';
  }
  /// Returns the program's exit status.
  [[nodiscard]] int status() const noexcept { return all_hold_ ? 0 : 2; }

 private:
  bool all_hold_ = true;
};

}  // namespace demo
