#pragma once

#include <cstdarg>
#include <cstdio>
#include <string>

namespace check {

/// Returns the text that printf would print.
[[gnu::format(printf, 1, 2)]] inline std::string text(char const* format, ...) {
  char line[512];
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  return line;
}

/// The page that the program prints, and the number of failed checks.
class Report {
 public:
  /// Begins a section.
  void section(std::string const& title) { std::printf("\n%s\n", title.c_str()); }

  /// Prints a fact.
  void fact(char const* name, std::string const& value) {
    std::printf("  %-14s %s\n", name, value.c_str());
    std::fflush(stdout);  // a later instruction that the processor does not know would lose it
  }

  /// Prints the headings of columns.
  void headings(std::string const& line) { std::printf("  %s\n", line.c_str()); }

  /// Prints the result of a check, and of a failed one the reasons.
  void result(std::string const& line, bool holds, std::string const& reasons = "") {
    std::printf("  %-90s %s\n", line.c_str(), holds ? "PASS" : "FAIL");
    if (!holds) {
      ++failed_;
      std::printf("%s", reasons.c_str());
    }
    std::fflush(stdout);
  }

  /// Prints why a check does not run.
  void left_out(char const* name, char const* reason) { std::printf("  %-14s not checked here: %s\n", name, reason); }

  /// Number of failed checks.
  [[nodiscard]] int failed() const noexcept { return failed_; }

 private:
  int failed_ = 0;
};

/// The largest of some errors, and the places of those above what is allowed.
class Errors {
 public:
  /// Adds an error. A NaN is above every limit. Errors in a row at one place are named once.
  void add(double error, double allowed, std::string const& place) {
    largest_ = error > largest_ || error != error ? error : largest_;
    if (!(error <= allowed) && place != last_) {
      last_ = place;
      if (++above_ <= most_named) {
        above_places_ += text("    %s: %.3g, allowed %.3g\n", place.c_str(), error, allowed);
      }
    }
  }

  /// The largest error.
  [[nodiscard]] double largest() const noexcept { return largest_; }
  /// Whether all errors are allowed.
  [[nodiscard]] bool hold() const noexcept { return above_ == 0; }
  /// The first places with errors above the limit, a line each.
  [[nodiscard]] std::string places() const {
    return above_ > most_named ? above_places_ + text("    and %d places more\n", above_ - most_named) : above_places_;
  }

 private:
  static constexpr int most_named = 3;

  double largest_ = 0;
  int above_ = 0;
  std::string last_;
  std::string above_places_;
};

}  // namespace check
