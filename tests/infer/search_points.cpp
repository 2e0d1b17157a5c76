#include <wmanifold/infer/search_points.hpp>
#include <wmanifold/topology/torus.hpp>

#include <support/doctest.hpp>

namespace wm = wmanifold;
using Torus = wm::Torus<2>;

TEST_CASE("the chosen points are followed by the lowest ones elsewhere, none a neighbour of another") {
  wm::detail::SearchPoints<Torus> const search(64, {});
  auto const points = search.points();
  std::vector<double> values;
  for (auto const& p : points) {
    values.push_back(Torus::distance(p, points[7]));
  }
  values[20] = std::numeric_limits<double>::infinity();
  auto chosen = search.local_minima(values);
  REQUIRE(chosen == std::vector<std::size_t>{7});
  search.add_lowest_elsewhere(values, 5, chosen);
  REQUIRE(chosen.size() == 5);
  for (std::size_t n = 1; n < chosen.size(); ++n) {
    CHECK(wm::is_finite(values[chosen[n]]));
    CHECK(values[chosen[n]] >= values[chosen[n - 1]]);
    for (std::size_t m = 0; m < n; ++m) {
      CHECK(Torus::distance(points[chosen[n]], points[chosen[m]]) > search.spacing());
    }
  }
  // No more than there is room for, and none if nothing is finite.
  search.add_lowest_elsewhere(values, 1000, chosen);
  CHECK(chosen.size() < 32);
  std::vector<double> const none(64, std::numeric_limits<double>::infinity());
  chosen.clear();
  search.add_lowest_elsewhere(none, 5, chosen);
  CHECK(chosen.empty());
}
