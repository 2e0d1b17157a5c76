#include <wmanifold/topology/finite.hpp>

#include <wmanifold/testing/topology_laws.hpp>
#include <wmanifold/topology/product.hpp>
#include <wmanifold/topology/s1.hpp>

#include "support/integrals.hpp"
#include "support/laws.hpp"

#include <set>

namespace wm = wmanifold;
using wm::ArgumentError, wm::Finite;

using Days = Finite<7, wm::cycle_graph<7>()>;
using Rooms = Finite<6, wm::grid_graph<2, 3>()>;
using Tree = Finite<4, wm::graph_of<4>({{0, 1}, {0, 2, 0.5}, {3, 2, 2.25}})>;
using Mixed = wm::Product<Finite<3>, wm::S1>;

static_assert(wm::Topology<Finite<3>> && !wm::SmoothTopology<Finite<3>>);
static_assert(wm::Topology<Mixed> && !wm::SmoothTopology<Mixed> && Mixed::dimension == 1 && Mixed::cube_dimension == 2);
static_assert(!std::is_same_v<Finite<7>, Days>);
static_assert(std::is_same_v<Finite<3>, Finite<3, wm::cycle_graph<3>()>>, "a triangle is complete");
static_assert(!wm::graph_of<4>({{0, 1}, {2, 3}}).is_connected() && wm::path_graph<4>().is_connected());

TEST_CASE_TEMPLATE("discrete contexts keep the laws of a topology", T, Finite<1>, Finite<3>, Days, Rooms, Tree, Mixed,
                   wm::Product<Finite<2>, Finite<3>>) {
  support::check_laws(wm::testing::topology_laws<T>(wm::Seed{1}));
}

TEST_CASE("points are counted") {
  CHECK(Finite<3>::at(2)[0] == 2);
  CHECK(Finite<3>::index(Finite<3>::at(1)) == 1);
  CHECK_THROWS_WITH_AS(Finite<3>::at(3), "wmanifold: finite3: expected a whole number in [0, 2], got 3", ArgumentError);
  CHECK_THROWS_WITH_AS(Finite<3>::at(-1), doctest::Contains("got -1"), ArgumentError);
  CHECK_THROWS_WITH_AS(wm::Point<Finite<3>>(wm::Coordinates<Finite<3>>{0.5}),
                       "wmanifold: finite3: expected a whole number in [0, 2], got 0.5", ArgumentError);
}

TEST_CASE("a name contains the graph") {
  CHECK(Finite<3>::name() == "finite3");
  CHECK(Finite<3, wm::path_graph<3>()>::name() == "finite3[0-1,1-2]");
  CHECK(Tree::name() == "finite4[0-1,0-2:0.5,2-3:2.25]");
  CHECK(Mixed::name() == "finite3*s1");
  CHECK(Finite<1>::name() == "finite1");
}

TEST_CASE("distances are lengths of shortest paths") {
  auto const between = []<class T>(T, int i, int j) { return T::distance(T::at(i), T::at(j)); };
  CHECK(between(Finite<5>{}, 0, 4) == 1);
  CHECK(between(Days{}, 0, 6) == 1);
  CHECK(between(Days{}, 1, 5) == 3);
  CHECK(between(Rooms{}, 0, 5) == 3);
  CHECK(between(Tree{}, 1, 0) == 1);
  CHECK(between(Tree{}, 1, 2) == 3);  // a weight of a half is a length of two
  CHECK(between(Tree{}, 1, 3) == doctest::Approx(3 + 1 / 2.25));
  // The way over more edges can be shorter.
  CHECK(between(Finite<3, wm::graph_of<3>({{0, 1}, {1, 2}, {0, 2, 0.1}})>{}, 0, 2) == 2);
  // A shift of both days keeps their distance.
  for (int i = 0; i < 7; ++i) {
    for (int j = 0; j < 7; ++j) {
      CHECK(between(Days{}, (i + 1) % 7, (j + 1) % 7) == between(Days{}, i, j));
    }
  }
}

TEST_CASE("invalid edges are refused") {
  wm::Graph<3> const graph;
  CHECK_THROWS_WITH_AS(
      graph.with({0, 3}),
      "wmanifold: graph: expected an edge of positive weight between two of 3 nodes, got 0 to 3 of weight 1",
      ArgumentError);
  CHECK_THROWS_AS(graph.with({1, 1}), ArgumentError);
  CHECK_THROWS_AS(graph.with({0, 1, 0}), ArgumentError);
  CHECK_THROWS_AS(graph.with({0, 1, -2}), ArgumentError);
  CHECK_THROWS_AS(graph.with({0, 1, std::nan("")}), ArgumentError);
  CHECK_THROWS_AS(graph.with({0, 1, std::numeric_limits<double>::infinity()}), ArgumentError);
  CHECK(graph.with({0, 2, 4}).weight(2, 0) == 4);
  CHECK(graph.with({0, 2, 4}).weight(1, 0) == 0);
}

TEST_CASE("samples: the same number of each, and one in each stratum") {
  wm::Random random{wm::Seed{2}};
  std::array<int, 7> hits{};
  for (auto const& p : wm::stratified_points<Days>(70, random)) {
    ++hits[static_cast<std::size_t>(Days::index(p))];
  }
  CHECK(hits == std::array<int, 7>{10, 10, 10, 10, 10, 10, 10});
  std::set<int> seen;
  for (auto const& p : wm::low_discrepancy_points<Days>(0, 14, wm::Seed{3})) {
    seen.insert(Days::index(p));
  }
  CHECK(seen.size() == 7);
  for (auto const& p : wm::stratified_points<Mixed>(12, random)) {
    CHECK(wm::Point<Mixed>(p.coordinates()) == p);
  }
}

TEST_CASE("means are sums") {
  CHECK(support::mean<Days>(0, [](auto const& p) { return p[0]; }) == support::close_to(3));
  CHECK(support::mean<Mixed>(2, [](auto const& p) { return p[0] * std::cos(p[1]) * std::cos(p[1]); }) ==
        support::close_to(0.5));
}
