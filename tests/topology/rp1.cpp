#include <wmanifold/topology/rp1.hpp>

#include <wmanifold/testing/topology_laws.hpp>

#include "support/integrals.hpp"
#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::RP1;

namespace {

constexpr double pi = std::numbers::pi;

}  // namespace

static_assert(wm::SmoothTopology<RP1>);

TEST_CASE("lines without a direction keep the laws of a topology") {
  support::check_laws(wm::testing::topology_laws<RP1>(wm::Seed{1}));
  support::check_laws(wm::testing::topology_laws<RP1>(wm::Seed{2}));
}

TEST_CASE("angles modulo half a turn") {
  CHECK(RP1::name() == "rp1");
  CHECK(RP1::radians(0.5)[0] == 0.5);
  CHECK(RP1::radians(pi)[0] == 0);
  CHECK(RP1::radians(-0.5)[0] == support::close_to(pi - 0.5));
  CHECK(RP1::radians(-1e-300)[0] == 0);
  CHECK(RP1::degrees(180) == RP1::degrees(0));
  CHECK(RP1::degrees(270) == RP1::degrees(90));
  CHECK(RP1::degrees(-45)[0] == support::close_to(3 * pi / 4));
  double const inf = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(RP1::radians(inf), "wmanifold: rp1: expected a finite angle, got inf", wm::ArgumentError);
  CHECK_THROWS_WITH_AS(RP1::degrees(std::nan("")), "wmanifold: rp1: expected a finite angle, got nan",
                       wm::ArgumentError);
}

TEST_CASE("the distance of lines is their smaller angle") {
  CHECK(RP1::distance(RP1::degrees(1), RP1::degrees(179)) == support::close_to(pi / 90));
  CHECK(RP1::distance(RP1::degrees(0), RP1::degrees(90)) == support::close_to(pi / 2));
  // Turning both changes nothing.
  wm::Random random{wm::Seed{3}};
  for (int i = 0; i < 100; ++i) {
    double const a = random.uniform(-9, 9);
    double const b = random.uniform(-9, 9);
    double const turn = random.uniform(-9, 9);
    CHECK(RP1::distance(RP1::radians(a + turn), RP1::radians(b + turn)) ==
          support::close_to(RP1::distance(RP1::radians(a), RP1::radians(b))));
  }
}

TEST_CASE("integrals over lines") {
  CHECK(support::mean<RP1>(20, [](auto const& t) { return std::exp(std::cos(2 * t[0])); }) ==
        support::close_to(1.2660658777520084));  // I_0(1)
  for (int degree = 0; degree <= 12; ++degree) {
    CHECK(RP1::quadrature(degree).nodes.size() == static_cast<std::size_t>(degree + 1));
    for (int k = 1; k <= degree; ++k) {
      CHECK(support::mean<RP1>(degree, [&](auto const& t) { return std::cos(2 * k * t[0] + 0.3); }) ==
            support::close_to(0));
    }
  }
}
