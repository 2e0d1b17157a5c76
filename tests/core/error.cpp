#include <wmanifold/core/error.hpp>

#include "support/doctest.hpp"
#include "support/locales.hpp"

#include <limits>
#include <locale>
#include <sstream>
#include <type_traits>

namespace wm = wmanifold;

TEST_CASE("a failure gives its place and its parts") {
  CHECK_THROWS_WITH_AS(wm::fail("line: expected ", 2, " ends, got ", 0.25),
                       "wmanifold: line: expected 2 ends, got 0.25", wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::fail<wm::NumericalError>("loss: got ", -1.0 / 3), "wmanifold: loss: got -0.333333333",
                       wm::NumericalError);
  CHECK_THROWS_WITH_AS(wm::fail<wm::FileError>("x.bin: ", std::string("too short")), "wmanifold: x.bin: too short",
                       wm::FileError);
}

TEST_CASE("numbers in a failure are those of a classic stream") {
  double const infinity = std::numeric_limits<double>::infinity();
  for (double const x : {0.0, -0.0, 1.0, 1e9, 1e10, -123456789.5, 1234567890.0, 1e-4, 1e-5, 1.0 / 3, 5e-324, 1e308,
                         infinity, -infinity, std::numeric_limits<double>::quiet_NaN(), -1.23456789012e-300}) {
    std::ostringstream expected;
    expected.imbue(std::locale::classic());
    expected.precision(9);
    expected << "wmanifold: " << x << ' ' << static_cast<float>(x) << ", " << true << std::size_t{7}
             << std::numeric_limits<std::ptrdiff_t>::min() << std::numeric_limits<std::size_t>::max() << 'c'
             << std::string_view("view");
    CHECK_THROWS_WITH_AS(
        wm::fail(x, ' ', static_cast<float>(x), ", ", true, std::size_t{7}, std::numeric_limits<std::ptrdiff_t>::min(),
                 std::numeric_limits<std::size_t>::max(), 'c', std::string_view("view")),
        expected.str().c_str(), wm::ArgumentError);
  }
}

TEST_CASE("a failure has the same text under every locale") {
  support::GroupingLocale const locale;
  CHECK_THROWS_WITH_AS(wm::fail("line: expected ", 1024, " points, got ", 1024.5),
                       "wmanifold: line: expected 1024 points, got 1024.5", wm::ArgumentError);
}

TEST_CASE("errors are standard exceptions of their kind") {
  static_assert(std::is_base_of_v<std::invalid_argument, wm::ArgumentError>);
  static_assert(std::is_base_of_v<std::runtime_error, wm::NumericalError>);
  static_assert(std::is_base_of_v<std::runtime_error, wm::FileError>);
  static_assert(!std::is_base_of_v<wm::NumericalError, wm::FileError>);
  CHECK_THROWS_AS(wm::fail("anything"), std::invalid_argument);
}

TEST_CASE("require_count gives the expected and the actual number") {
  CHECK_NOTHROW(wm::require_count("inputs", "columns", 3, 3));
  CHECK_THROWS_WITH_AS(wm::require_count("inputs", "columns", 3, 4), "wmanifold: inputs: expected 3 columns, got 4",
                       wm::ArgumentError);
}

TEST_CASE("texts of strangers have no control characters in a message, and an end") {
  CHECK_THROWS_WITH_AS(wm::fail("got '", std::string("a\033[31m\n\tb\0c\x7f", 12), "', \u00e4"),
                       "wmanifold: got 'a?[31m??b?c?', \u00e4", wm::ArgumentError);
  std::string const endless(1'000'000, 'x');
  CHECK_THROWS_WITH_AS(wm::fail(endless, '.'), ("wmanifold: " + std::string(2000, 'x') + "....").c_str(),
                       wm::ArgumentError);
}
