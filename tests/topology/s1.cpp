#include <wmanifold/topology/s1.hpp>

#include <wmanifold/testing/topology_laws.hpp>

#include "support/integrals.hpp"
#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::S1;

namespace {

constexpr double pi = std::numbers::pi;

}  // namespace

TEST_CASE("the circle keeps the laws of a topology") {
  support::check_laws(wm::testing::topology_laws<S1>(wm::Seed{1}));
  support::check_laws(wm::testing::topology_laws<S1>(wm::Seed{2}));
}

TEST_CASE("angles are kept in [0, 2 pi)") {
  CHECK(S1::name() == "s1");
  CHECK(S1::radians(0)[0] == 0);
  CHECK(S1::radians(1)[0] == 1);
  CHECK(S1::radians(-1)[0] == 2 * pi - 1);
  CHECK(S1::radians(2 * pi)[0] == 0);
  CHECK(S1::radians(-2 * pi)[0] == 0);
  CHECK(S1::radians(7)[0] == doctest::Approx(7 - 2 * pi));
  double const below = std::nextafter(2 * pi, 0.0);
  CHECK(S1::radians(below)[0] == below);
  // Rounding must not give a whole turn.
  for (double const tiny : {-1e-15, -1e-16, -1e-17, -1e-300, -5e-324}) {
    auto const p = S1::radians(tiny);
    CHECK(p[0] >= 0);
    CHECK(p[0] < 2 * pi);
    CHECK(S1::distance(p, S1::radians(0)) < 2e-15);
  }
  for (double const huge : {1e6, -1e6, 1e15, -1e300}) {
    auto const p = S1::radians(huge);
    CHECK(p[0] >= 0);
    CHECK(p[0] < 2 * pi);
    CHECK(std::abs(std::cos(p[0]) - std::cos(std::fmod(huge, 2 * pi))) < 1e-15);
  }
}

TEST_CASE("degrees: whole turns are exact") {
  CHECK(S1::degrees(180)[0] == pi);
  CHECK(S1::degrees(360)[0] == 0);
  CHECK(S1::degrees(-720)[0] == 0);
  CHECK(S1::degrees(450) == S1::degrees(90));
  CHECK(S1::degrees(3.6e9 + 90) == S1::degrees(90));
  CHECK(S1::degrees(-90)[0] == doctest::Approx(1.5 * pi));
}

TEST_CASE("angles that are not finite are refused, with the actual value") {
  double const inf = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(S1::radians(inf), "wmanifold: s1: expected a finite angle, got inf", wm::ArgumentError);
  CHECK_THROWS_WITH_AS(S1::degrees(-inf), "wmanifold: s1: expected a finite angle, got -inf", wm::ArgumentError);
  CHECK_THROWS_WITH_AS(S1::degrees(std::nan("")), "wmanifold: s1: expected a finite angle, got nan", wm::ArgumentError);
}

TEST_CASE("the shorter way round, across the seam") {
  auto const before = S1::radians(-0.1);
  auto const after = S1::radians(0.2);
  CHECK(S1::distance(before, after) == support::close_to(0.3));
  CHECK(S1::log(before, after)[0] == support::close_to(0.3));
  CHECK(S1::log(after, before)[0] == support::close_to(-0.3));
  CHECK(S1::exp(before, {0.3})[0] == support::close_to(0.2));
  CHECK(S1::distance(S1::radians(0), S1::radians(pi)) == support::close_to(pi));
  CHECK(S1::distance(S1::radians(0), S1::radians(pi + 0.5)) == support::close_to(pi - 0.5));
}

TEST_CASE("integrals over the circle") {
  // The mean of exp(cos t) is the Bessel function I_0(1).
  CHECK(support::mean<S1>(30, [](auto const& t) { return std::exp(std::cos(t[0])); }) ==
        support::close_to(1.2660658777520084));
  for (int degree = 0; degree <= 20; ++degree) {
    for (int k = 1; k <= degree; ++k) {
      CHECK(support::mean<S1>(degree, [&](auto const& t) { return std::cos(k * t[0]); }) == support::close_to(0));
      CHECK(support::mean<S1>(degree, [&](auto const& t) { return std::sin(k * t[0]); }) == support::close_to(0));
    }
  }
  CHECK(S1::quadrature(4).nodes.size() == 5);
  CHECK(S1::quadrature(-1).nodes.size() == 1);
}
