#include <wmanifold/topology/torus.hpp>

#include <wmanifold/testing/topology_laws.hpp>
#include <wmanifold/topology/interval.hpp>

#include "support/integrals.hpp"
#include "support/laws.hpp"

namespace wm = wmanifold;

static_assert(std::is_same_v<wm::Torus<2>, wm::Product<wm::S1, wm::S1>>);
static_assert(wm::Torus<3>::dimension == 3 && wm::Torus<3>::coordinates == 3 && wm::Torus<3>::factors == 3);

TEST_CASE_TEMPLATE("tori keep the laws of a topology", T, wm::Torus<1>, wm::Torus<2>, wm::Torus<3>) {
  support::check_laws(wm::testing::topology_laws<T>(wm::Seed{1}));
}

TEST_CASE("tori are named by their dimension") {
  CHECK(wm::Torus<2>::name() == "t2");
  CHECK(wm::Torus<3>::name() == "t3");
}

TEST_CASE("integrals over the torus") {
  double const bessel = 1.2660658777520084;  // I_0(1)
  CHECK(support::mean<wm::Torus<2>>(30, [](auto const& t) { return std::exp(std::cos(t[0]) + std::sin(t[1])); }) ==
        support::close_to(bessel * bessel));
  CHECK(support::mean<wm::Torus<3>>(3, [](auto const& t) {
          return std::pow(std::cos(t[0] + t[1] + t[2]), 2);  // of degree 2 in each angle
        }) == support::close_to(0.5));
}

TEST_CASE("angles of a torus that are not finite are refused") {
  wm::Coordinates<wm::Torus<2>> const c{0.5, std::numeric_limits<double>::infinity()};
  CHECK_THROWS_WITH_AS(wm::Point<wm::Torus<2>>{c}, "wmanifold: s1: expected a finite angle, got inf",
                       wm::ArgumentError);
}
