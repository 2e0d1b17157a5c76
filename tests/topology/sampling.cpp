#include <wmanifold/topology/sampling.hpp>

#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/torus.hpp>

#include "support/doctest.hpp"

#include <algorithm>
#include <limits>
#include <numbers>

namespace wm = wmanifold;

TEST_CASE_TEMPLATE("uniform points are points, independent, and follow from the seed", T, wm::Interval, wm::S1, wm::S2,
                   wm::Torus<2>) {
  wm::Random random{wm::Seed{3}};
  auto const points = wm::uniform_points<T>(500, random);
  CHECK(points.size() == 500);
  for (std::size_t i = 0; i < points.size(); ++i) {
    CHECK_NOTHROW(static_cast<void>(T::canonical(points[i].coordinates())));
    CHECK((i == 0 || points[i] != points[i - 1]));
  }
  wm::Random again{wm::Seed{3}};
  CHECK(wm::uniform_points<T>(500, again) == points);
  CHECK(again == random);
  CHECK(wm::uniform_point<T>(again) == wm::uniform_points<T>(1, random).front());
  CHECK(wm::uniform_points<T>(0, random).empty());
}

TEST_CASE("uniform on the sphere: no concentration at the poles") {
  wm::Random random{wm::Seed{4}};
  int caps = 0;  // |z| > 0.9: a tenth of the area
  for (auto const& p : wm::uniform_points<wm::S2>(20000, random)) {
    caps += std::abs(p[2]) > 0.9 ? 1 : 0;
  }
  CHECK(std::abs(caps - 2000) < 5 * 43);
}

TEST_CASE_TEMPLATE("stratified points: one in each stratum of every coordinate of the cube", T, wm::Interval, wm::S1,
                   wm::Torus<2>) {
  wm::Random random{wm::Seed{5}};
  constexpr wm::Index count = 37;
  auto const points = wm::stratified_points<T>(count, random);
  REQUIRE(points.size() == count);
  double const length = std::same_as<T, wm::Interval> ? 1 : 2 * std::numbers::pi;
  for (std::size_t c = 0; c < static_cast<std::size_t>(T::coordinates); ++c) {
    std::vector<int> hits(count);
    for (auto const& p : points) {
      double const turn = p[c] / length - std::floor(p[c] / length);
      ++hits[static_cast<std::size_t>(turn * count)];
    }
    CHECK(std::count(hits.begin(), hits.end(), 1) == count);
  }
  CHECK(wm::stratified_points<T>(0, random).empty());
}

TEST_CASE("low-discrepancy points fill the square evenly, go on where they stopped, and follow from the seed") {
  using T = wm::Torus<2>;
  auto const points = wm::low_discrepancy_points<T>(0, 1024, wm::Seed{6});
  auto rest = wm::low_discrepancy_points<T>(1000, 24, wm::Seed{6});
  CHECK(std::equal(rest.begin(), rest.end(), points.begin() + 1000));
  CHECK(wm::low_discrepancy_points<T>(0, 2, wm::Seed{7}) != wm::low_discrepancy_points<T>(0, 2, wm::Seed{6}));
  // About 16 points in each of 8 x 8 cells; independent ones would deviate by 4 (and by 10 somewhere).
  std::vector<int> hits(64);
  for (auto const& p : points) {
    auto const cell = [](double angle) {
      double const turn = angle / (2 * std::numbers::pi);
      return static_cast<std::size_t>(8 * (turn - std::floor(turn)));
    };
    ++hits[8 * cell(p[0]) + cell(p[1])];
  }
  auto const [least, most] = std::minmax_element(hits.begin(), hits.end());
  CHECK(*least >= 13);
  CHECK(*most <= 19);
  // An integral of a smooth function: far better than the 1 / sqrt(n) = 3e-2 of independent points.
  double sum = 0;
  for (auto const& p : points) {
    sum += std::cos(p[0]) * std::cos(2 * p[1]) + std::sin(p[0]);
  }
  CHECK(std::abs(sum / 1024) < 2e-3);
}

TEST_CASE("invalid numbers of points and degrees are refused") {
  wm::Random random(wm::Seed{1});
  auto const refuses = [](auto const& make, char const* what) {
    CHECK_THROWS_WITH_AS((void)make(), doctest::Contains(what), wm::ArgumentError);
  };
  char const* const few = "expected a number of points of at least 0, got -1 from point 0";
  refuses([&] { return wm::uniform_points<wm::S1>(-1, random); }, few);
  refuses([&] { return wm::stratified_points<wm::S2>(-1, random); }, few);
  refuses([&] { return wm::low_discrepancy_points<wm::Interval>(0, -1, wm::Seed{1}); }, few);
  refuses([&] { return wm::low_discrepancy_points<wm::Interval>(-1, 1, wm::Seed{1}); }, "got 1 from point -1");
  constexpr auto most = std::numeric_limits<wm::Index>::max();
  refuses([&] { return wm::low_discrepancy_points<wm::Interval>(most, 1, wm::Seed{1}); }, "from point 92233");
  CHECK(wm::uniform_points<wm::S1>(0, random).empty());
  CHECK(wm::stratified_points<wm::S1>(0, random).empty());
  constexpr int high = 2'000'000'000;
  refuses([] { return wm::S1::quadrature(high); }, "expected a degree of at most 1000000, got 2000000000");
  refuses([] { return wm::Interval::quadrature(high); }, "expected from 1 to 10000 nodes along a line");
  refuses([] { return wm::S2::quadrature(high); }, "expected from 1 to 10000 nodes along a line");
  CHECK(wm::S1::quadrature(-1).nodes.size() == 1);
}
