#include <wmanifold/topology/range.hpp>

#include "support/doctest.hpp"

#include <cmath>
#include <limits>

namespace wm = wmanifold;
using wm::ArgumentError, wm::Interval, wm::Range;

TEST_CASE("a linear range, both ways") {
  auto const celsius = Range::linear(-20, 60);
  CHECK(celsius.at(-20) == Interval::at(0));
  CHECK(celsius.at(0) == Interval::at(0.25));
  CHECK(celsius.at(60) == Interval::at(1));
  CHECK(celsius.value(Interval::at(0.25)) == 0);
  auto const falling = Range::linear(60, -20);
  CHECK(falling.at(0) == Interval::at(0.75));
  CHECK(falling.value(Interval::at(1)) == -20);
  CHECK(falling.low() == 60);
  CHECK(falling.high() == -20);
  CHECK_FALSE(falling.is_logarithmic());
}

TEST_CASE("a logarithmic range, both ways") {
  auto const hertz = Range::logarithmic(20, 20000);
  CHECK(hertz.is_logarithmic());
  CHECK(hertz.at(20) == Interval::at(0));
  CHECK(hertz.at(20000) == Interval::at(1));
  CHECK(hertz.at(200)[0] == doctest::Approx(1.0 / 3).epsilon(1e-14));
  CHECK(hertz.value(Interval::at(2.0 / 3)) == doctest::Approx(2000).epsilon(1e-13));
  CHECK(Range::logarithmic(20000, 20).at(2000)[0] == doctest::Approx(1.0 / 3).epsilon(1e-14));
  CHECK(Range::logarithmic(1e-300, 1e300).at(1)[0] == doctest::Approx(0.5).epsilon(1e-14));
}

TEST_CASE("ends are exact to the last bit, and values between them come back") {
  for (double const low : {0.1, 0.3, 1e-300, 7.0}) {
    for (double const high : {0.7, 1.0 / 3, 1e300}) {
      for (auto const& range : {Range::linear(low, high), Range::logarithmic(low, high)}) {
        CHECK(range.at(low)[0] == 0);
        CHECK(range.at(high)[0] == 1);
        CHECK(range.value(Interval::at(0)) == low);
        CHECK(range.value(Interval::at(1)) == high);
        for (double const s : {0.01, 0.4, 0.5, 0.93}) {
          CHECK(range.at(range.value(Interval::at(s)))[0] == doctest::Approx(s).epsilon(1e-12));
        }
      }
    }
  }
}

TEST_CASE("a logarithmic range between neighbouring numbers, and between the least and the greatest") {
  double const low = 1e300;
  double const high = std::nextafter(low, 2e300);  // their logarithms are equal
  auto const narrow = Range::logarithmic(low, high);
  CHECK(narrow.at(low) == Interval::at(0));
  CHECK(narrow.at(high) == Interval::at(1));
  double const least = std::numeric_limits<double>::denorm_min();
  double const greatest = std::numeric_limits<double>::max();
  for (auto const& wide : {Range::logarithmic(least, greatest), Range::logarithmic(greatest, least)}) {
    CHECK(wide.at(wide.low()) == Interval::at(0));
    CHECK(wide.at(wide.high()) == Interval::at(1));
    CHECK(wide.at(std::sqrt(least) * std::sqrt(greatest))[0] == doctest::Approx(0.5).epsilon(1e-12));
    for (double const at : {0.25, 0.4999, 0.5001, 0.75}) {  // halfway, the power of e is beyond a double
      CHECK(wide.at(wide.value(Interval::at(at)))[0] == doctest::Approx(at).epsilon(1e-12));
    }
  }
}

TEST_CASE("values beyond an end are clamped on request, and refused otherwise") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const inf = std::numeric_limits<double>::infinity();
  auto const range = Range::logarithmic(10, 1000);
  CHECK(range.clamped(5) == Interval::at(0));
  CHECK(range.clamped(-5) == Interval::at(0));
  CHECK(range.clamped(inf) == Interval::at(1));
  CHECK(range.clamped(100) == range.at(100));
  CHECK(Range::linear(8, 4).clamped(9) == Interval::at(0));
  CHECK_THROWS_WITH_AS(range.at(5),
                       "wmanifold: interval: expected a value in [10, 1000], got 5; clamp it, or widen the range",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(range.clamped(nan), doctest::Contains("got nan"), ArgumentError);
  CHECK(Interval::clamped(1.5) == Interval::at(1));
  CHECK(Interval::clamped(-inf) == Interval::at(0));
  CHECK(Interval::clamped(0.3) == Interval::at(0.3));
  CHECK_THROWS_WITH_AS(Interval::clamped(nan), "wmanifold: interval: expected s in [0, 1], got nan", ArgumentError);
}

TEST_CASE("invalid ranges are refused") {
  double const inf = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(Range::linear(3, 3),
                       "wmanifold: interval: expected a range with two different ends at a finite distance, got [3, 3]",
                       ArgumentError);
  CHECK_THROWS_AS(Range::linear(0, inf), ArgumentError);
  CHECK_THROWS_AS(Range::logarithmic(1, inf), ArgumentError);
  CHECK_THROWS_WITH_AS(Range::logarithmic(0, 10),
                       "wmanifold: range: expected two positive ends for a logarithmic scale, got [0, 10]",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Range::logarithmic(10, -1), doctest::Contains("got [10, -1]"), ArgumentError);
}
