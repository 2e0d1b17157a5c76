#include <wmanifold/topology/product.hpp>

#include <wmanifold/testing/topology_laws.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/one_point.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/torus.hpp>

#include "support/integrals.hpp"
#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::Interval, wm::OnePoint, wm::Product, wm::S1, wm::S2, wm::Torus;

TEST_CASE_TEMPLATE("products keep the laws of a topology", T, Product<Interval>, Product<Interval, S1>, Product<S1, S2>,
                   Product<Interval, Interval>, Product<Torus<2>, Interval>, Product<OnePoint, S1>) {
  support::check_laws(wm::testing::topology_laws<T>(wm::Seed{1}));
}

TEST_CASE("products are named by their factors") {
  CHECK(Product<Interval, S1>::name() == "interval*s1");
  CHECK(Product<S1, S2>::name() == "s1*s2");
  CHECK(Product<Interval, Interval>::name() == "interval*interval");
  CHECK(Product<Torus<2>, Interval>::name() == "t2*interval");
}

TEST_CASE("a point is the concatenation of its parts") {
  using T = Product<Interval, S2, S1>;
  static_assert(T::dimension == 4 && T::coordinates == 5 && T::factors == 3);
  auto const knob = Interval::at(0.25);
  auto const direction = S2::direction(1, 2, 2);
  auto const angle = S1::radians(3);
  auto const p = T::at(knob, direction, angle);
  CHECK(p.coordinates() == wm::Coordinates<T>{0.25, direction[0], direction[1], direction[2], 3});
  CHECK(T::part<0>(p) == knob);
  CHECK(T::part<1>(p) == direction);
  CHECK(T::part<2>(p) == angle);
  CHECK(T::slice<1>({1, 2, 3, 4, 5}) == wm::Coordinates<S2>{2, 3, 4});
  static_assert(std::is_same_v<T::Factor<1>, S2>);
}

TEST_CASE("distances are Euclidean over the factors") {
  using T = Product<Interval, S1>;
  auto const p = T::at(Interval::at(0.1), S1::radians(-0.2));
  auto const q = T::at(Interval::at(0.4), S1::radians(0.2));
  CHECK(T::distance(p, q) == support::close_to(0.5));
  // Ends stop, circles go round.
  CHECK(T::exp(p, {5, 0.2}) == T::at(Interval::at(1), S1::exp(S1::radians(-0.2), {0.2})));
}

TEST_CASE("each factor checks its own part") {
  using T = Product<Interval, S1, S2>;
  using Numbers = wm::Coordinates<T>;
  auto const p = wm::Point<T>(Numbers{0.5, -1, 0, 0, 1});
  CHECK(T::part<1>(p) == S1::radians(-1));
  CHECK_THROWS_WITH_AS((wm::Point<T>{Numbers{1.5, 0, 0, 0, 1}}),
                       "wmanifold: interval: expected s in [0, 1], got 1.5; Interval::clamped takes the nearest end",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS((wm::Point<T>{Numbers{0.5, std::nan(""), 0, 0, 1}}),
                       "wmanifold: s1: expected a finite angle, got nan", wm::ArgumentError);
  CHECK_THROWS_WITH_AS((wm::Point<T>{Numbers{0.5, 0, 0, 0, 2}}), doctest::Contains("s2: expected a vector of length 1"),
                       wm::ArgumentError);
}

TEST_CASE("integrals over products") {
  using T = Product<Interval, S1>;
  CHECK(support::mean<T>(30, [](auto const& p) { return std::exp(p[0] * 2) * std::exp(std::cos(p[1])); }) ==
        support::close_to((std::exp(2.0) - 1) / 2 * 1.2660658777520084));
  using U = Product<S1, S2>;
  CHECK(support::mean<U>(8, [](auto const& p) { return std::pow(std::cos(p[0]) * p[1] + std::sin(p[0]) * p[2], 2); }) ==
        support::close_to(1.0 / 3));
  CHECK(T::quadrature(3).nodes.size() == 2 * 4);
  // The last factor runs fastest.
  auto const nodes = T::quadrature(3).nodes;
  CHECK(nodes[0][0] == nodes[1][0]);
  CHECK(nodes[0][1] != nodes[1][1]);
}
