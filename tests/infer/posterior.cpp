#include <wmanifold/infer/posterior.hpp>
#include <wmanifold/topology/box.hpp>
#include <wmanifold/topology/rp1.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/so3.hpp>
#include <wmanifold/topology/torus.hpp>

#include <support/doctest.hpp>

#include <numbers>

namespace wm = wmanifold;

TEST_CASE("volumes agree with the topologies' own distances") {
  constexpr double pi = std::numbers::pi;
  CHECK(wm::detail::volume_of<wm::S1>() == doctest::Approx(2 * pi));
  CHECK(wm::detail::volume_of<wm::RP1>() == doctest::Approx(pi));
  CHECK(wm::detail::volume_of<wm::Interval>() == doctest::Approx(1));
  CHECK(wm::detail::volume_of<wm::Torus<2>>() == doctest::Approx(4 * pi * pi));
  CHECK(wm::detail::volume_of<wm::S2>() == doctest::Approx(4 * pi).epsilon(1e-4));
  CHECK(wm::detail::volume_of<wm::SO3>() == doctest::Approx(8 * pi * pi).epsilon(1e-4));
  CHECK(wm::detail::volume_of<wm::Product<wm::S2, wm::Interval>>() == doctest::Approx(4 * pi).epsilon(1e-4));
}
