#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/sampling.hpp>
#include <wmanifold/topology/torus.hpp>

#include "support/doctest.hpp"

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

TEST_CASE("uniform on the sphere: no pole is crowded") {
  wm::Random random{wm::Seed{4}};
  int caps = 0;  // |z| > 0.9: a tenth of the area
  for (auto const& p : wm::uniform_points<wm::S2>(20000, random)) {
    caps += std::abs(p[2]) > 0.9 ? 1 : 0;
  }
  CHECK(std::abs(caps - 2000) < 5 * 43);
}
