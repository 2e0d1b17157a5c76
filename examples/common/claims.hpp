#pragma once

#include <iostream>
#include <string_view>

namespace demo {

/// What a program sets out to show, and whether it did.
class Claims {
 public:
  void check(std::string_view claim, bool holds) {
    std::cout << (holds ? "  holds: " : "  FAILS: ") << claim << '\n';
    all_hold_ = all_hold_ && holds;
  }
  /// What is aimed at: a miss is said, and fails nothing.
  static void aim(std::string_view target, bool is_met) {
    std::cout << (is_met ? "  met: " : "  MISSED: ") << target << '\n';
  }
  /// The program's exit status.
  [[nodiscard]] int status() const noexcept { return all_hold_ ? 0 : 2; }

 private:
  bool all_hold_ = true;
};

}  // namespace demo
