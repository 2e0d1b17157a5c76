#include "csv.hpp"

#include <doctest/doctest.h>

#include <clocale>
#include <fstream>
#include <locale>

namespace wm = wmanifold;
using demo::parse_csv;

namespace {

void refuses(char const* text, char const* message) {
  CHECK_THROWS_WITH_AS(static_cast<void>(parse_csv(text, "a.csv")), doctest::Contains(message), wm::FileError);
}

struct Commas : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

}  // namespace

TEST_CASE("numbers are read below their names, with any line ends, blanks and quotes") {
  wm::Matrix<double> const expected{{1, -2.5, 3e-7}, {1234.5, 0, 6}};
  for (char const* const text : {"a,b,c\n1,-2.5,3e-7\n1234.5,0,6\n", "a,b,c\r\n1,-2.5,3e-7\r\n1234.5,0,6",
                                 "\xEF\xBB\xBF\n \"a\", b ,c\n\n1,\t-2.5,3e-7 \n \"1234.5\",0,6\n\n"}) {
    auto const table = parse_csv(text, "a.csv");
    CHECK(table.names == std::vector<std::string>{"a", "b", "c"});
    CHECK(table.numbers() == expected);
    CHECK(table.column("c") == 2);
  }
  CHECK(parse_csv("a,b\n", "a.csv").numbers().rows() == 0);
  CHECK(parse_csv("a\n5", "a.csv").numbers()(0, 0) == 5);
}

TEST_CASE("CSV does not depend on the locale") {
  auto const before = std::locale::global(std::locale(std::locale::classic(), new Commas));
  CHECK(parse_csv("a,b\n1.5,2000", "a.csv").numbers() == wm::Matrix<double>{{1.5, 2000}});
  std::locale::global(before);
}

TEST_CASE("text that is no number is refused with its line and column") {
  refuses("a,b\n1,2\n3,x\n", "a.csv, line 3, column 2 (b): expected a finite number, got 'x'");
  refuses("a,b\n\n1 2,3\n", "a.csv, line 3, column 1 (a): expected a finite number, got '1 2'");
  refuses("a,b\n1,\n", "line 2, column 2 (b): expected a finite number, got ''");
  refuses("a\nnan\n", "expected a finite number, got 'nan'");
  refuses("a\ninf\n", "expected a finite number, got 'inf'");
  refuses("a\n1e999\n", "expected a finite number, got '1e999'");
  refuses("a,b\n1,2\n1,2,3\n", "a.csv, line 3: expected 2 columns, got 3");
  refuses("a,b\n1\n", "a.csv, line 2: expected 2 columns, got 1");
  refuses("", "a.csv: expected a line of names, got an empty file");
  refuses("\n \n", "expected a line of names");
  CHECK_THROWS_WITH_AS(static_cast<void>(parse_csv("a,b\n", "a.csv").column("c")),
                       doctest::Contains("expected one of the columns a, b, got c"), wm::ArgumentError);
}

TEST_CASE("files are read, and unreadable ones are named in the error") {
  auto const path = std::filesystem::temp_directory_path() / "wmanifold_csv_test.csv";
  std::ofstream(path) << "a,b\n1,2\n";
  CHECK(demo::read_csv(path).numbers() == wm::Matrix<double>{{1, 2}});
  std::filesystem::remove(path);
  CHECK_THROWS_WITH_AS(static_cast<void>(demo::read_csv(path)), doctest::Contains("wmanifold_csv_test.csv"),
                       wm::FileError);
  CHECK_THROWS_AS(static_cast<void>(demo::read_csv(std::filesystem::temp_directory_path())), wm::FileError);
}
