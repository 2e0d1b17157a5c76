#pragma once

#include <chrono>
#include <mutex>
#include <string>

namespace demo {

/// Shows the progress of work on standard error: a bar on a terminal, otherwise a line for every tenth. Any thread may
/// report.
class Progress {
 public:
  /// `total` in any unit of work.
  Progress(std::string what, double total);
  ~Progress();
  Progress(Progress const&) = delete;
  Progress& operator=(Progress const&) = delete;

  void advance(double work);

 private:
  void draw_bar(double fraction, std::string const& rest);
  [[nodiscard]] std::string time_left(double fraction) const;

  std::string what_;
  double total_;
  double done_ = 0;
  int tenths_ = 0;
  bool is_terminal_;
  bool has_drawn_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point drawn_ = start_;
  std::mutex mutex_;
};

}  // namespace demo
