#include <wmanifold/testing/probes.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/one_point.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/torus.hpp>

#include "support/doctest.hpp"

#include <algorithm>
#include <numbers>

namespace wm = wmanifold;
namespace laws = wm::testing;
using wm::Interval, wm::S1, wm::S2;

TEST_CASE("probes include the critical points: ends, seams, poles, corners") {
  auto const has = [](auto const& points, auto const& point) {
    return std::find(points.begin(), points.end(), point) != points.end();
  };
  laws::Probes<Interval> const interval(wm::Seed{1});
  CHECK(has(interval.points(), Interval::at(0)));
  CHECK(has(interval.points(), Interval::at(1)));
  CHECK(interval.diameter() == 1);
  laws::Probes<S1> const circle(wm::Seed{1});
  CHECK(has(circle.points(), S1::radians(0)));
  CHECK(has(circle.points(), S1::radians(-1e-9)));
  CHECK(std::abs(circle.diameter() - std::numbers::pi) < 0.01);
  laws::Probes<S2> const sphere(wm::Seed{1});
  CHECK(has(sphere.special(), S2::vector(0, 0, 1)));
  CHECK(has(sphere.special(), S2::vector(0, 0, -1)));
  laws::Probes<wm::OnePoint> const point(wm::Seed{1});
  CHECK(point.diameter() == 0);
  CHECK(point.special().size() == 1);
  laws::Probes<wm::Torus<5>> const large(wm::Seed{1});
  CHECK(large.special().size() == 27);
}

TEST_CASE("walking stops at ends and beyond half of a circle") {
  laws::Probes<Interval> const interval(wm::Seed{1});
  CHECK(interval.walks(Interval::at(0), {0.1}));
  CHECK_FALSE(interval.walks(Interval::at(0), {-0.1}));
  laws::Probes<S1> const circle(wm::Seed{1});
  CHECK(circle.walks(S1::radians(0), {-3}));
  CHECK_FALSE(circle.walks(S1::radians(0), {4}));
}

TEST_CASE("the largest number of a vector keeps a NaN") {
  CHECK(laws::largest(std::array<double, 3>{1, -3, 2}) == 3);
  CHECK(std::isnan(laws::largest(std::array<double, 3>{1, std::nan(""), 2})));
}
