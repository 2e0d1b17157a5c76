#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "text.hpp"
#include "columns.hpp"
#include "line_plot.hpp"
#include "locales.hpp"
#include "number_checks.hpp"
#include "progress.hpp"
#include "svg.hpp"

#include <doctest/doctest.h>

#include <iostream>
#include <limits>
#include <utility>

namespace {

using namespace demo;

/// Returns texts of all kinds that the examples write.
std::string everything() {
  std::string text = joined(1234567, ' ', 0.5, ' ', 1234567.5, ' ', std::size_t{1000000}, ' ', true, '\n');
  text += fixed(12345.678, 1) + ' ' + scientific(0.000123, 1) + ' ' + grouped(-1234567) + ' ' + escaped("<1.5>") + '\n';
  Columns columns({"n", "value"});
  columns.add({joined(12345), fixed(1234.5, 2)});
  text += columns.text();
  Svg svg(1234.5, 2000, "1234.5");
  svg.line({1000.5, 0.5}, {2000, 1}, "line");
  svg.circle({1000.5, 0.5}, 1.5, "circle");
  svg.image({0, 0}, {1000.5, 1}, "data:,");
  text += svg.file("");
  for (bool const is_log : {false, true}) {
    LinePlot plot{"plot", {"x"}, {"y", is_log}, {{"curve", colour::blue, {{0.5, 0.25}, {12345.5, 98765}}}}};
    text += svg_of(plot);
  }
  std::ostringstream errors;
  auto* const before = std::cerr.rdbuf(errors.rdbuf());
  Progress("work", 1).advance(1);
  std::cerr.rdbuf(before);
  return text + errors.str();
}

std::string said(CLI::Validator const& check, std::string text) { return check(text); }

}  // namespace

TEST_CASE("text: the same bytes under every locale") {
  std::string const expected = everything();
  CHECK(expected.starts_with("1234567 0.5 1.23457e+06 1000000 1\n12345.7 1.2e-04 -1,234,567 &lt;1.5&gt;\n"));
  CHECK(expected.find("viewBox=\"0 0 1234.5 2000\"") != expected.npos);
  CHECK(expected.ends_with("work: 100 %, took 0 s\n"));
  under_other_locales([&] { CHECK(everything() == expected); });
}

TEST_CASE("numbers from text: decimal, finite, all of it, under every locale") {
  auto const hold = [] {
    for (auto const& [text, number] : {std::pair{"0.5", 0.5},
                                       {"-2e-3", -2e-3},
                                       {"+7", 7.0},
                                       {".25", 0.25},
                                       {"1.", 1.0},
                                       {"1E4", 1e4},
                                       {"12345.5", 12345.5}}) {
      CHECK(decimal_number(text) == number);
    }
    for (char const* const text : {"", " 1", "1 ", "nan", "inf", "-inf", "1x", "0x10", "0x1p3", "1,5", "1.000,5",
                                   "1e999", "1e", "e5", "--1", "1.2.3", "1_000", "١"}) {
      CAPTURE(text);
      CHECK(!decimal_number(text));
      CHECK(!whole_number<int>(text));
    }
    CHECK(whole_number<int>("-12345") == -12345);
    CHECK(whole_number<int>("010") == 10);
    CHECK(!whole_number<int>("1.5"));
    CHECK(!whole_number<int>("4000000000"));
    CHECK(!whole_number<unsigned>("-1"));
    CHECK(whole_number<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  };
  hold();
  under_other_locales(hold);
}

TEST_CASE("checks of options name the expected and the actual value") {
  CHECK(said(positive(), "0.1").empty());
  CHECK(said(positive(), "0") == "expected a finite number above 0, got 0");
  CHECK(said(positive(), "nan") == "expected a finite number above 0, got nan");
  CHECK(said(positive(), "inf") == "expected a finite number above 0, got inf");
  CHECK(said(within(0, 1), "-1e-9") == "expected a number from 0 to 1, got -1e-9");
  CHECK(said(within(0.5, 600), "600").empty());
  CHECK(said(within(0.5, 600), "") == "expected a number from 0.5 to 600, got nothing");
  CHECK(said(whole(1, 1000), "1000").empty());
  CHECK(said(whole(1, 1000), "1001") == "expected a whole number from 1 to 1000, got 1001");
  CHECK(said(whole(1, 1000), "1e18") == "expected a whole number from 1 to 1000, got 1e18");
  CHECK(said(any_seed(), "-1") == "expected a whole number from 0 to 18446744073709551615, got -1");
  std::string text = "010";  // CLI11 would read 8
  CHECK(whole(1, 1000)(text).empty());
  CHECK(text == "10");
}
