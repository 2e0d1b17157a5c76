#include <wmanifold/topology/one_point.hpp>

#include <wmanifold/testing/topology_laws.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;

TEST_CASE("the point keeps the laws of a topology") {
  support::check_laws(wm::testing::topology_laws<wm::OnePoint>(wm::Seed{1}));
}

TEST_CASE("there is one point, with all of the measure") {
  static_assert(wm::OnePoint::dimension == 0 && wm::OnePoint::coordinates == 0);
  CHECK(wm::OnePoint::name() == "point");
  CHECK(wm::OnePoint::from_cube({}) == wm::OnePoint::point());
  CHECK(wm::OnePoint::distance(wm::OnePoint::point(), wm::OnePoint::point()) == 0);
  for (int const degree : {-1, 0, 7}) {
    auto const quadrature = wm::OnePoint::quadrature(degree);
    CHECK(quadrature.nodes.size() == 1);
    CHECK(quadrature.weights == std::vector<double>{1.0});
  }
}
