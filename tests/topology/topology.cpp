#include <wmanifold/topology/topology.hpp>

#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/one_point.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/torus.hpp>

#include "support/doctest.hpp"

#include <type_traits>
#include <vector>

namespace wm = wmanifold;

namespace {

struct NoDistance : wm::S1 {
  static double distance(wm::Point<wm::S1> const&, wm::Point<wm::S1> const&) = delete;
};
struct ThrowingExp : wm::S1 {
  static wm::Point<wm::S1> exp(wm::Point<wm::S1> const& p, wm::Coordinates<wm::S1> const&) { return p; }
};
struct OnlyNumbers {
  static constexpr int dimension = 1;
  static constexpr int coordinates = 1;
};

/// 0 and 1, and nothing in between.
struct Grades {
  static constexpr int dimension = 0;
  static constexpr int cube_dimension = 1;
  static constexpr int coordinates = 1;
  static std::string name() { return "grades"; }
  static wm::Coordinates<Grades> canonical(wm::Coordinates<Grades> const& c) { return c; }
  static wm::Point<Grades> from_cube(wm::CubePoint<Grades> const& u) noexcept {
    return wm::Point<Grades>::unchecked({u[0] < 0.5 ? 0.0 : 1.0});
  }
  static double distance(wm::Point<Grades> const& p, wm::Point<Grades> const& q) noexcept {
    return std::abs(p[0] - q[0]);
  }
  static wm::Quadrature<Grades> quadrature(int);
};

}  // namespace

static_assert(wm::Topology<wm::OnePoint> && wm::Topology<wm::Interval> && wm::Topology<wm::S1> && wm::Topology<wm::S2>);
static_assert(wm::Topology<wm::Torus<3>> && wm::Topology<wm::Product<wm::Torus<2>, wm::Interval>>);
static_assert(!wm::Topology<int> && !wm::Topology<void> && !wm::Topology<std::vector<double>>);
static_assert(!wm::Topology<wm::Point<wm::S1>> && !wm::Topology<wm::S1 const&>);
static_assert(!wm::Topology<OnlyNumbers>);
static_assert(wm::SmoothTopology<wm::OnePoint> && wm::SmoothTopology<wm::Torus<3>> && wm::SmoothTopology<wm::S2>);
static_assert(wm::Topology<Grades> && !wm::SmoothTopology<Grades>, "without directions");
static_assert(!wm::SmoothTopology<wm::Product<wm::S1, Grades>>);
static_assert(wm::Product<wm::S1, Grades, wm::S2>::cube_dimension == 4);
// Points of derived types would be points of S1.
static_assert(!wm::Topology<NoDistance> && !wm::Topology<ThrowingExp>);

TEST_CASE_TEMPLATE("points are plain values", T, wm::OnePoint, wm::Interval, wm::S1, wm::S2, wm::Torus<2>) {
  using Point = wm::Point<T>;
  static_assert(std::copyable<Point> && std::equality_comparable<Point>);
  static_assert(!std::default_initializable<Point>, "a point is always checked: there is none by default");
  static_assert(std::is_nothrow_copy_constructible_v<Point> && std::is_nothrow_move_constructible_v<Point>);
  static_assert(std::is_trivially_copyable_v<Point>);
  static_assert(!std::is_convertible_v<wm::Coordinates<T>, Point>, "numbers become a point only by name");
  auto const p = T::from_cube({});
  auto q = p;
  CHECK(q == p);
  auto const r = std::move(q);
  CHECK(r == p);
  q = T::exp(p, {});
  CHECK(q == p);
}

TEST_CASE("points of different topologies do not mix") {
  static_assert(!std::is_constructible_v<wm::Point<wm::S1>, wm::Point<wm::Interval>>);
  static_assert(!std::is_assignable_v<wm::Point<wm::S1>&, wm::Point<wm::Interval>>);
  static_assert(std::is_same_v<wm::Point<wm::S2>::Topology, wm::S2>);
}

TEST_CASE("a run-time list of coordinates must have the right length") {
  std::vector<double> numbers{0.1, 0.2};
  auto const span = std::span<double const>(numbers);
  CHECK(wm::Point<wm::Torus<2>>(span) == wm::Point<wm::Torus<2>>(wm::Coordinates<wm::Torus<2>>{0.1, 0.2}));
  CHECK(wm::Point<wm::Interval>(span.first(1))[0] == 0.1);
  CHECK(wm::Point<wm::OnePoint>(span.first(0)) == wm::OnePoint::point());
  CHECK_THROWS_WITH_AS(wm::Point<wm::Interval>{span}, "wmanifold: interval: expected 1 coordinates, got 2",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::Point<wm::S2>{span}, "wmanifold: s2: expected 3 coordinates, got 2", wm::ArgumentError);
  CHECK_THROWS_WITH_AS((wm::Point<wm::Product<wm::Interval, wm::S2>>{span}),
                       "wmanifold: interval*s2: expected 4 coordinates, got 2", wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::Point<wm::OnePoint>{span}, "wmanifold: point: expected 0 coordinates, got 2",
                       wm::ArgumentError);
}
