#include <wmanifold/topology/geodesic.hpp>

#include <wmanifold/topology/finite.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/one_point.hpp>
#include <wmanifold/topology/product.hpp>
#include <wmanifold/topology/rp1.hpp>
#include <wmanifold/topology/s1.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/sampling.hpp>
#include <wmanifold/topology/simplex.hpp>
#include <wmanifold/topology/so3.hpp>
#include <wmanifold/topology/torus.hpp>

#include "support/doctest.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace wm = wmanifold;

using wm::Finite, wm::Interval, wm::OnePoint, wm::Product, wm::RP1, wm::S1, wm::S2, wm::SO3;
using wm::detail::dot;

namespace {

/// A user's topology: off and on.
struct Switch {
  static constexpr int dimension = 0;
  static constexpr int cube_dimension = 1;
  static constexpr int coordinates = 1;
  static std::string name() { return "switch"; }
  static wm::Point<Switch> at(bool on) noexcept { return wm::Point<Switch>::unchecked({on ? 1.0 : 0.0}); }
  static wm::Coordinates<Switch> canonical(wm::Coordinates<Switch> const& c) { return c; }
  static wm::Point<Switch> from_cube(wm::CubePoint<Switch> const& u) noexcept { return at(u[0] >= 0.5); }
  static double distance(wm::Point<Switch> const& p, wm::Point<Switch> const& q) noexcept {
    return std::abs(p[0] - q[0]);
  }
  static wm::Quadrature<Switch> quadrature(int) { return {{at(false), at(true)}, {0.5, 0.5}}; }
};

/// A user's topology: the line from 0 to 1, without exp and log.
struct Unwritten : Switch {
  static constexpr int dimension = 1;
  static wm::Coordinates<Unwritten> canonical(wm::Coordinates<Unwritten> const& c) { return c; }
  static wm::Point<Unwritten> from_cube(wm::CubePoint<Unwritten> const& u) noexcept {
    return wm::Point<Unwritten>::unchecked(u);
  }
  static double distance(wm::Point<Unwritten> const& p, wm::Point<Unwritten> const& q) noexcept {
    return std::abs(p[0] - q[0]);
  }
  static wm::Quadrature<Unwritten> quadrature(int) { return {}; }
};

/// Checks that steps of the largest allowed length go to q, shorten the distance by that length, and arrive.
template <class T>
void check_steps(wm::Point<T> const& p, wm::Point<T> const& q) {
  double const whole = T::distance(p, q);
  double const length = whole / 4.5;
  auto at = p;
  for (int i = 1; i <= 4; ++i) {
    auto const next = wm::step_towards(at, q, length);
    CHECK(std::abs(T::distance(at, next) - length) < 1e-13);
    CHECK(std::abs(T::distance(next, q) - (whole - i * length)) < 1e-13);
    at = next;
  }
  CHECK(wm::step_towards(at, q, length) == q);
}

}  // namespace

static_assert(wm::Steppable<S2> && wm::Steppable<OnePoint> && wm::Steppable<Finite<3>> && wm::Steppable<Switch>);
static_assert(wm::Steppable<Product<Product<S2, Switch>, Finite<2>>> && wm::Steppable<Product<Finite<2>, Finite<3>>>);
static_assert(wm::Topology<Unwritten> && !wm::Steppable<Unwritten> && !wm::Steppable<Product<S1, Unwritten>>);
static_assert(!wm::Steppable<int> && !wm::Steppable<wm::Point<S1>>);
static_assert(noexcept(wm::step_towards(SO3::identity(), SO3::identity(), 1)));

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

TEST_CASE("between points with several shortest ways, a geodesic is one of them") {
  auto const p = S2::direction(1, 2, 3);
  auto const q = S2::direction(-1, -2, -3);
  CHECK(S2::distance(wm::geodesic(p, q, 1), q) < 1e-15);
  CHECK(std::abs(S2::distance(p, wm::geodesic(p, q, 0.5)) - std::numbers::pi / 2) < 1e-15);
  CHECK(wm::geodesic(p, q, 0.5) == wm::geodesic(p, q, 0.5));
}

TEST_CASE("steps lead to any point, also to opposite ones") {
  check_steps(S2::vector(0, 0, 1), S2::vector(1, 0, 0));
  check_steps(S2::vector(0, 0, 1), S2::vector(0, 0, -1));
  check_steps(S2::vector(0.6, 0, 0.8), S2::vector(-0.6, 0, -0.8));
  check_steps(S2::degrees(10, 20), S2::degrees(190, -20));
  for (double const aside : {1e-12, 1e-15, 1e-16, 1e-17, 1e-300, 5e-324}) {
    CAPTURE(aside);
    check_steps(S2::vector(0, 0, 1), S2::vector(aside, 0, -1));
    check_steps(S2::vector(1, 0, 0), S2::vector(-1, aside, -aside));
  }
  wm::Random random{wm::Seed{3}};
  for (auto const& p : wm::uniform_points<S2>(100, random)) {
    check_steps(p, wm::Point<S2>::unchecked({-p[0], -p[1], -p[2]}));
  }
  check_steps(S1::radians(0), S1::degrees(180));
  check_steps(S1::degrees(350), S1::degrees(170));
  check_steps(RP1::degrees(0), RP1::degrees(90));
  check_steps(RP1::degrees(170), RP1::degrees(80));
  check_steps(SO3::identity(), SO3::axis_angle({1, 1, 1}, std::numbers::pi));
  check_steps(SO3::quaternion(0, 1, 0, 0), SO3::quaternion(0, 0, 1, 0));
  check_steps(SO3::quaternion(0.5, 0.5, 0.5, 0.5), SO3::quaternion(0.5, -0.5, 0.5, -0.5));
  check_steps(wm::Simplex<2>::corner(0), wm::Simplex<2>::corner(2));
  using Torus = wm::Torus<2>;
  check_steps(Torus::at(S1::radians(0), S1::radians(1)),
              Torus::at(S1::degrees(180), S1::radians(1 + std::numbers::pi)));
  using Aimed = Product<S2, Interval>;
  check_steps(Aimed::at(S2::vector(0, 1, 0), Interval::at(0)), Aimed::at(S2::vector(0, -1, 0), Interval::at(1)));
  CHECK(wm::step_towards(OnePoint::point(), OnePoint::point(), 0.1) == OnePoint::point());
}

TEST_CASE("steps of any length") {
  auto const p = S2::vector(0, 0, 1);
  auto const q = S2::vector(0, 0, -1);
  CHECK(wm::step_towards(p, q, std::numeric_limits<double>::infinity()) == q);
  CHECK(wm::step_towards(p, q, 1e300) == q);
  CHECK(wm::step_towards(p, q, 0) == p);
  CHECK(wm::step_towards(p, p, 0) == p);
  CHECK(S2::distance(p, wm::step_towards(p, q, 5e-324)) <= 5e-324);
}

TEST_CASE("discrete factors arrive at once and take no part of a step, smooth ones move") {
  CHECK(wm::step_towards(Finite<3>::at(0), Finite<3>::at(2), 0) == Finite<3>::at(2));
  CHECK(wm::step_towards(Switch::at(false), Switch::at(true), 1e-9) == Switch::at(true));
  using Modes = Product<Finite<2>, Switch>;
  auto const other = Modes::at(Finite<2>::at(1), Switch::at(true));
  CHECK(wm::step_towards(Modes::at(Finite<2>::at(0), Switch::at(false)), other, 0.1) == other);

  using Chain = Finite<4, wm::path_graph<4>()>;
  using Inner = Product<S1, Chain>;
  using Space = Product<Interval, Switch, Inner>;
  auto const at = [](double s, bool on, double t, int i) {
    return Space::at(Interval::at(s), Switch::at(on), Inner::at(S1::radians(t), Chain::at(i)));
  };
  auto const q = at(0.6, true, 6, 3);
  auto s = at(0, false, 5.2, 0);  // 0.6 and 0.8 from q in the smooth factors, so 1
  for (int i = 1; i <= 3; ++i) {
    s = wm::step_towards(s, q, 0.25);
    CHECK(Space::part<1>(s) == Switch::at(true));
    CHECK(Inner::part<1>(Space::part<2>(s)) == Chain::at(3));
    CHECK(Space::part<0>(s)[0] == doctest::Approx(0.15 * i).epsilon(1e-12));
    CHECK(Inner::part<0>(Space::part<2>(s))[0] == doctest::Approx(5.2 + 0.2 * i).epsilon(1e-12));
  }
  CHECK(wm::step_towards(s, q, 0.26) == q);
  CHECK(wm::step_towards(at(0.6, false, 6, 0), q, 0) == q);
}

TEST_CASE("a retraction goes along the tangent part, and stops at ends") {
  auto const pole = wm::S2::vector(0, 0, 1);
  CHECK(wm::S2::distance(wm::retraction(pole, {0.3, 0, 7}), wm::S2::degrees(0, 90 - 0.3 * 180 / std::numbers::pi)) <
        1e-15);
  CHECK(wm::retraction(wm::Interval::at(0.9), {0.5}) == wm::Interval::at(1));
}

TEST_CASE("a walk makes steps of its length and reaches all parts") {
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
  CHECK(wm::geodesic_walk(wm::Interval::at(0.5), 0.3, 0, random).empty());
  CHECK(wm::geodesic_walk(wm::Interval::at(0.5), 0.3, -1, random).empty());
  CHECK_THROWS_WITH_AS(static_cast<void>(wm::geodesic_walk(wm::Interval::at(0.5), NAN, 5, random)),
                       "wmanifold: geodesic_walk: expected a finite step length, got nan", wm::ArgumentError);
}
