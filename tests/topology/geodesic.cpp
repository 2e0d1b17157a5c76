#include <wmanifold/topology/geodesic.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/product.hpp>
#include <wmanifold/topology/s1.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/sampling.hpp>
#include <wmanifold/topology/simplex.hpp>
#include <wmanifold/topology/so3.hpp>

#include "support/doctest.hpp"

#include <cmath>
#include <numbers>

namespace wm = wmanifold;

using wm::detail::dot;

TEST_CASE_TEMPLATE("tangent frames are orthonormal and tangent", T, wm::Interval, wm::S1, wm::S2, wm::SO3,
                   wm::Simplex<3>, wm::Product<wm::S2, wm::Interval>) {
  wm::Random random{wm::Seed{1}};
  for (auto const& p : wm::uniform_points<T>(50, random)) {
    auto const frame = wm::tangent_frame(p);
    static_assert(frame.size() == static_cast<std::size_t>(T::dimension));
    for (std::size_t i = 0; i < frame.size(); ++i) {
      auto const projected = T::tangent(p, frame[i]);
      for (std::size_t c = 0; c < projected.size(); ++c) {
        CHECK(std::abs(projected[c] - frame[i][c]) < 1e-14);
      }
      for (std::size_t j = 0; j < frame.size(); ++j) {
        CHECK(std::abs(dot(frame[i], frame[j]) - (i == j ? 1 : 0)) < 1e-14);
      }
    }
  }
}

TEST_CASE("a geodesic is a shortest way at constant speed") {
  auto const p = wm::S2::degrees(10, 0);
  auto const q = wm::S2::degrees(100, 0);
  CHECK(wm::S2::distance(wm::geodesic(p, q, 1.0 / 3), wm::S2::degrees(40, 0)) < 1e-15);
  CHECK(wm::S2::distance(wm::geodesic(p, q, 0), p) == 0);
  CHECK(wm::S2::distance(wm::geodesic(p, q, 1), q) < 1e-15);
  auto const across = wm::geodesic(wm::S1::degrees(350), wm::S1::degrees(20), 0.5);  // over the seam
  CHECK(wm::S1::distance(across, wm::S1::degrees(5)) < 1e-15);
}

TEST_CASE("a retraction goes along the tangent part, and stops at ends") {
  auto const pole = wm::S2::vector(0, 0, 1);
  CHECK(wm::S2::distance(wm::retraction(pole, {0.3, 0, 7}), wm::S2::degrees(0, 90 - 0.3 * 180 / std::numbers::pi)) <
        1e-15);
  CHECK(wm::retraction(wm::Interval::at(0.9), {0.5}) == wm::Interval::at(1));
}

TEST_CASE("a walk makes steps of its length and comes everywhere") {
  wm::Random random{wm::Seed{2}};
  auto const walk = wm::geodesic_walk(wm::SO3::identity(), 0.5, 20000, random);
  REQUIRE(walk.size() == 20000);
  CHECK(walk.front() == wm::SO3::identity());
  double mean = 0;  // of |w|^2, whose mean is 1/4 over all rotations
  for (std::size_t i = 0; i < walk.size(); ++i) {
    if (i > 0) {
      CHECK(wm::SO3::distance(walk[i - 1], walk[i]) == doctest::Approx(0.5).epsilon(1e-12));
    }
    mean += walk[i][0] * walk[i][0] / static_cast<double>(walk.size());
  }
  CHECK(std::abs(mean - 0.25) < 0.02);
  wm::Random again{wm::Seed{2}};
  CHECK(wm::geodesic_walk(wm::SO3::identity(), 0.5, 20000, again) == walk);
  CHECK(wm::geodesic_walk(wm::Interval::at(0.5), 0.3, 5, random).back()[0] <= 1);
  CHECK_THROWS_WITH_AS(static_cast<void>(wm::geodesic_walk(wm::Interval::at(0.5), NAN, 5, random)),
                       "wmanifold: geodesic_walk: expected steps of a finite length, got nan", wm::ArgumentError);
}
