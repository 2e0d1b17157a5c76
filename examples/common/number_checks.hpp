#pragma once

#include "text.hpp"

#include <CLI/CLI.hpp>

#include <concepts>
#include <limits>
#include <string>

/// Checks of options that are numbers. CLI11's own checks let NaN pass and read hexadecimal and octal numbers. These
/// take decimal numbers only, and name the expected and the actual value in one sentence.
namespace demo {
namespace detail {

[[nodiscard]] inline std::string expected(std::string const& what, std::string const& got) {
  return joined("expected ", what, ", got ", got.empty() ? "nothing" : got);
}

}  // namespace detail

/// Requires a finite number for which `holds(number)` is true. `what` describes it.
template <std::predicate<double> Holds>
[[nodiscard]] CLI::Validator number_that(std::string const& what, Holds holds) {
  return {[what, holds](std::string& text) {
            auto const value = decimal_number(text);
            return value && holds(*value) ? std::string() : detail::expected(what, text);
          },
          ""};
}

[[nodiscard]] inline CLI::Validator positive() {
  return number_that("a finite number above 0", [](double x) { return x > 0; });
}

/// Requires a number in [low, high].
[[nodiscard]] inline CLI::Validator within(double low, double high) {
  return number_that(joined("a number from ", low, " to ", high), [=](double x) { return x >= low && x <= high; })
      .description(joined(low, " to ", high));
}

/// Requires a whole number in [low, high].
template <std::integral Number>
[[nodiscard]] CLI::Validator whole(Number low, Number high) {
  return {[=](std::string& text) {
            auto const value = whole_number<Number>(text);
            if (!value || *value < low || *value > high) {
              return detail::expected(joined("a whole number from ", low, " to ", high), text);
            }
            text = joined(*value);  // CLI11 takes a leading 0 for octal
            return std::string();
          },
          joined(low, " to ", high)};
}

/// Requires a seed of random numbers: any.
[[nodiscard]] inline CLI::Validator any_seed() {
  return whole(std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()).description("");
}

}  // namespace demo
