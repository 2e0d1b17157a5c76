#include <wmanifold/topology/box.hpp>

#include <wmanifold/testing/topology_laws.hpp>

#include "support/integrals.hpp"
#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::Box, wm::Interval;

static_assert(std::is_same_v<Box<2>, wm::Product<Interval, Interval>>);
static_assert(Box<3>::dimension == 3 && Box<3>::has_ends == std::array<bool, 3>{true, true, true});

TEST_CASE_TEMPLATE("boxes keep the laws of a topology", T, Box<1>, Box<2>, Box<3>) {
  support::check_laws(wm::testing::topology_laws<T>(wm::Seed{1}));
}

TEST_CASE("knobs, each with its ends") {
  CHECK(Box<2>::name() == "interval*interval");
  auto const p = Box<2>::at(Interval::at(0.25), Interval::at(0.5));
  CHECK(Box<2>::exp(p, {0.5, 3}) == Box<2>::at(Interval::at(0.75), Interval::at(1)));
  CHECK(support::mean<Box<3>>(4, [](auto const& x) { return x[0] * x[1] * x[1] * std::pow(x[2], 4); }) ==
        support::close_to(1.0 / 30));
  CHECK_THROWS_WITH_AS(wm::Point<Box<2>>(wm::Coordinates<Box<2>>{0.5, -1}),
                       "wmanifold: interval: expected s in [0, 1], got -1; Interval::clamped takes the nearest end",
                       wm::ArgumentError);
}
