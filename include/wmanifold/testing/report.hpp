#pragma once

#include <wmanifold/core/real.hpp>
#include <wmanifold/topology/topology.hpp>

#include <algorithm>
#include <cmath>
#include <locale>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace wmanifold::testing {

/// A law that does not hold: its worst case, the error there, and the allowed error.
struct Violation {
  std::string law;     ///< the law, as a sentence
  std::string where;   ///< place of the worst case
  double error = 0;    ///< error there
  double allowed = 0;  ///< allowed error there

  /// Prints the violation as one line.
  friend std::ostream& operator<<(std::ostream& out, Violation const& v) {
    out << "does not hold: " << v.law << "; error " << v.error << ", allowed " << v.allowed;
    return v.where.empty() ? out : out << "; at " << v.where;
  }
};

/// The violations, one per line; empty if all laws hold.
[[nodiscard]] inline std::string to_string(std::vector<Violation> const& violations) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  for (auto const& violation : violations) {
    text << violation << '\n';
  }
  return text.str();
}

/// A collector of a law suite's findings: the worst case of every violated law.
class Report {
 public:
  /// Checks a law at one place: it holds if `error` <= `allowed`, and fails for NaN. `where` may be points,
  /// coordinates, numbers, text.
  template <class... Where>
  void hold(std::string_view law, double error, double allowed, Where const&... where) {
    ++checks_;
    if (Violation* const worst = error <= allowed ? nullptr : worse(law, error, allowed)) {
      std::ostringstream text;
      text.imbue(std::locale::classic());
      text.precision(17);
      ((print(text, where), text << ' '), ...);
      worst->where = text.str();
      worst->where.resize(worst->where.size() - std::min<std::size_t>(worst->where.size(), 1));
    }
  }

  /// Checks a law that has no error, only a truth value.
  template <class... Where>
  void hold_true(std::string_view law, bool holds, Where const&... where) {
    hold(law, holds ? 0 : 1, 0, where...);
  }

  /// Number of checks of any law: a suite without checks proves nothing.
  [[nodiscard]] Index checks() const noexcept { return checks_; }
  /// Violations so far.
  [[nodiscard]] std::vector<Violation> const& violations() const noexcept { return violations_; }

 private:
  /// Updates the violation of this law with these numbers; null if a worse one is known.
  [[nodiscard]] Violation* worse(std::string_view law, double error, double allowed) {
    auto known = std::find_if(violations_.begin(), violations_.end(), [&](auto const& v) { return v.law == law; });
    if (known == violations_.end()) {
      known = violations_.insert(known, {std::string(law), "", error, allowed});
    } else if (error > known->error) {
      known->error = error;
      known->allowed = allowed;
    } else {
      return nullptr;
    }
    return &*known;
  }

  template <class T>
  static void print(std::ostream& out, Point<T> const& point) {
    print(out, point.coordinates());
  }
  template <std::size_t n>
  static void print(std::ostream& out, std::array<double, n> const& numbers) {
    out << '(';
    for (std::size_t i = 0; i < n; ++i) {
      out << (i == 0 ? "" : ", ") << numbers[i];
    }
    out << ')';
  }
  template <std::size_t n>
  static void print(std::ostream& out, wmanifold::detail::WideArray<double, n> const& numbers) {
    print(out, static_cast<std::array<double, n> const&>(numbers));
  }
  template <class Other>
  static void print(std::ostream& out, Other const& other) {
    out << other;
  }

  std::vector<Violation> violations_;
  Index checks_ = 0;
};

}  // namespace wmanifold::testing
