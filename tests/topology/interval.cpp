#include <wmanifold/topology/interval.hpp>

#include <wmanifold/testing/topology_laws.hpp>

#include "support/integrals.hpp"
#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::Interval;

TEST_CASE("the interval keeps the laws of a topology") {
  support::check_laws(wm::testing::topology_laws<Interval>(wm::Seed{1}));
  support::check_laws(wm::testing::topology_laws<Interval>(wm::Seed{2}));
}

TEST_CASE("points of the interval") {
  CHECK(Interval::name() == "interval");
  CHECK(Interval::at(0)[0] == 0);
  CHECK(Interval::at(1)[0] == 1);
  CHECK(Interval::at(0.3)[0] == 0.3);
  CHECK(Interval::at(-0.0) == Interval::at(0.0));
}

TEST_CASE("a user's own range, in either order") {
  CHECK(Interval::at(20, 20, 20000)[0] == 0);
  CHECK(Interval::at(20000, 20, 20000)[0] == 1);
  CHECK(Interval::at(-1, -2, 2)[0] == 0.25);
  CHECK(Interval::at(-1, 2, -2)[0] == 0.75);
  // Ends are exact to the last bit.
  for (double const high : {0.1, 0.3, 1.0 / 3, 1e-300, 1e300}) {
    CHECK(Interval::at(high, 0.7 * high, high)[0] == 1);
    CHECK(Interval::at(high, high, 0.7 * high)[0] == 0);
  }
}

TEST_CASE("numbers outside the interval are refused") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const inf = std::numeric_limits<double>::infinity();
  using wm::ArgumentError;
  CHECK_THROWS_WITH_AS(Interval::at(1.5),
                       "wmanifold: interval: expected s in [0, 1], got 1.5; Interval::clamped takes the nearest end",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Interval::at(-1e-9),
                       "wmanifold: interval: expected s in [0, 1], got -1e-09; Interval::clamped takes the nearest end",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Interval::at(nan), "wmanifold: interval: expected s in [0, 1], got nan", ArgumentError);
  CHECK_THROWS_WITH_AS(Interval::at(inf),
                       "wmanifold: interval: expected s in [0, 1], got inf; Interval::clamped takes the nearest end",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Interval::at(11, 0, 10),
                       "wmanifold: interval: expected a value in [0, 10], got 11; clamp it, or widen the range",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Interval::at(nan, 0, 10),
                       "wmanifold: interval: expected a value in [0, 10], got nan; clamp it, or widen the range",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Interval::at(3, 3, 3),
                       "wmanifold: interval: expected a range with two different ends at a finite distance, got [3, 3]",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Interval::at(3, 0, inf),
                       "wmanifold: interval: expected a range with two different ends at a finite distance, got [0, inf]",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Interval::at(3, nan, 4), doctest::Contains("got [nan, 4]"), ArgumentError);
  // Ends whose difference overflows this type.
  CHECK_THROWS_WITH_AS(Interval::at(0, -1e308, 1e308), doctest::Contains("ends at a finite distance"), ArgumentError);
  // Just outside, where the quotient is rounded to an end.
  CHECK_THROWS_AS(Interval::at(1 + 1e-7, -1e10, 1), ArgumentError);
  CHECK_THROWS_AS(Interval::at(1 + 1e-7, 1, -1e10), ArgumentError);
  CHECK_THROWS_AS(Interval::at(-1e-300, 0, 1), ArgumentError);
}

TEST_CASE("exp stops at the ends") {
  CHECK(Interval::exp(Interval::at(0.9), {0.2}) == Interval::at(1));
  CHECK(Interval::exp(Interval::at(0.9), {-2}) == Interval::at(0));
  CHECK(Interval::exp(Interval::at(0.25), {0.5}) == Interval::at(0.75));
  CHECK(Interval::log(Interval::at(0.75), Interval::at(0.25))[0] == -0.5);
}

TEST_CASE("integrals over the interval") {
  CHECK(support::mean<Interval>(20, [](auto const& s) { return std::exp(s[0]); }) ==
        support::close_to(std::exp(1.0) - 1));
  CHECK(support::mean<Interval>(40, [](auto const& s) { return 1 / (1 + s[0] * s[0]); }) ==
        support::close_to(std::atan(1.0)));
  for (int degree = 0; degree <= 30; ++degree) {
    for (int power = 0; power <= degree; ++power) {
      CHECK(support::mean<Interval>(degree, [&](auto const& s) { return std::pow(s[0], power); }) ==
            support::close_to(1.0 / (power + 1)));
    }
  }
  // The least sufficient number of nodes.
  CHECK(Interval::quadrature(5).nodes.size() == 3);
  CHECK(Interval::quadrature(-1).nodes.size() == 1);
}
