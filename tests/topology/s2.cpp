#include <wmanifold/topology/s2.hpp>

#include <wmanifold/testing/topology_laws.hpp>

#include "support/integrals.hpp"
#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::S2;

namespace {

double length(wm::Coordinates<S2> const& v) { return std::hypot(v[0], v[1], v[2]); }
double dot(wm::Coordinates<S2> const& a, wm::Coordinates<S2> const& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
wm::Point<S2> opposite(wm::Point<S2> const& p) { return wm::Point<S2>::unchecked({-p[0], -p[1], -p[2]}); }

constexpr double pi = std::numbers::pi;

}  // namespace

TEST_CASE("the sphere keeps the laws of a topology") {
  support::check_laws(wm::testing::topology_laws<S2>(wm::Seed{1}));
  support::check_laws(wm::testing::topology_laws<S2>(wm::Seed{2}));
}

TEST_CASE("unit vectors are normalised to the last bit, others refused") {
  CHECK(S2::name() == "s2");
  CHECK(S2::vector(0, 0, -1).coordinates() == wm::Coordinates<S2>{0, 0, -1});
  CHECK(std::abs(length(S2::vector(0.6F, 0.8F, 0).coordinates()) - 1) < 2e-16);
  CHECK(std::abs(length(S2::vector(1 + 9e-6, 0, 0).coordinates()) - 1) < 2e-16);
  CHECK_THROWS_WITH_AS(
      S2::vector(0, 2, 0),
      "wmanifold: s2: expected a vector of length 1, got (0, 2, 0) of length 2; S2::direction scales it",
      wm::ArgumentError);
  CHECK_THROWS_WITH_AS(
      S2::vector(0, 0, 0),
      "wmanifold: s2: expected a vector of length 1, got (0, 0, 0) of length 0; S2::direction scales it",
      wm::ArgumentError);
  CHECK_THROWS_WITH_AS(S2::vector(1 + 2e-5, 0, 0), doctest::Contains("expected a vector of length 1"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(S2::vector(std::nan(""), 0, 0), doctest::Contains("got (nan, 0, 0)"), wm::ArgumentError);
}

TEST_CASE("any vector but zero has a direction") {
  CHECK(S2::direction(0, 0, 7) == S2::vector(0, 0, 1));
  CHECK(S2::distance(S2::direction(3, 4, 0), S2::vector(0.6, 0.8, 0)) < 1e-15);
  double const inf = std::numeric_limits<double>::infinity();
  for (double const scale : {1e308, 1.0, 1e-300, 1e-320}) {
    auto const p = S2::direction(scale, -scale, scale);
    CHECK(std::abs(length(p.coordinates()) - 1) < 3e-16);
    CHECK(S2::distance(p, S2::direction(1, -1, 1)) < 1e-15);
  }
  CHECK(std::abs(length(S2::direction(1e-323, 5e-324, 0).coordinates()) - 1) < 3e-16);
  CHECK_THROWS_WITH_AS(S2::direction(0, 0, 0), "wmanifold: s2: expected a finite vector other than zero, got (0, 0, 0)",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(S2::direction(1, inf, 0),
                       "wmanifold: s2: expected a finite vector other than zero, got (1, inf, 0)", wm::ArgumentError);
  CHECK_THROWS_WITH_AS(S2::direction(1, 0, std::nan("")), doctest::Contains("got (1, 0, nan)"), wm::ArgumentError);
}

TEST_CASE("longitude and latitude") {
  CHECK(S2::distance(S2::degrees(0, 0), S2::vector(1, 0, 0)) < 1e-15);
  CHECK(S2::distance(S2::degrees(90, 0), S2::vector(0, 1, 0)) < 1e-15);
  CHECK(S2::distance(S2::degrees(-270, 0), S2::vector(0, 1, 0)) < 1e-15);
  CHECK(S2::distance(S2::degrees(123, 90), S2::vector(0, 0, 1)) < 1e-15);
  CHECK(S2::distance(S2::degrees(123, -90), S2::vector(0, 0, -1)) < 1e-15);
  CHECK(S2::degrees(370, 20) == S2::degrees(10, 20));
  CHECK(S2::distance(S2::degrees(0, 0), S2::degrees(30, 0)) == support::close_to(pi / 6));
  CHECK_THROWS_WITH_AS(S2::degrees(0, 91),
                       "wmanifold: s2: expected a finite longitude and a latitude in [-90, 90] degrees, got (0, 91)",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(S2::degrees(std::nan(""), 0), doctest::Contains("got (nan, 0)"), wm::ArgumentError);
}

TEST_CASE("great circles") {
  auto const x = S2::vector(1, 0, 0);
  auto const y = S2::vector(0, 1, 0);
  CHECK(S2::distance(x, y) == support::close_to(pi / 2));
  auto const v = S2::log(x, y);
  CHECK(v[0] == support::close_to(0));
  CHECK(v[1] == support::close_to(pi / 2));
  CHECK(S2::distance(S2::exp(x, {0, 2 * pi, 0}), x) < 1e-15);
  CHECK(S2::distance(S2::exp(x, {0, 0, pi}), opposite(x)) < 1e-15);
}

TEST_CASE("opposite points: log is one of the shortest ways, at the largest distance, and accurate close by") {
  auto const check_way = [](wm::Point<S2> const& p, wm::Point<S2> const& q, double expected) {
    auto const v = S2::log(p, q);
    CHECK(std::abs(dot(v, p.coordinates())) < 1e-14);  // tangent
    CHECK(std::abs(length(v) - expected) < 1e-14);
    CHECK(S2::distance(S2::exp(p, v), q) < 1e-14);
  };
  wm::Random random{wm::Seed{5}};
  for (auto const& p : wm::uniform_points<S2>(200, random)) {
    CHECK(S2::distance(p, opposite(p)) == support::close_to(pi));
    check_way(p, opposite(p), pi);
    check_way(opposite(p), p, pi);
    for (double const longer : {-2e-16, -1e-16, 1e-16, 2e-16, 4e-16}) {  // possible rests of normalising
      auto const q = opposite(p).coordinates();
      check_way(p, wm::Point<S2>::unchecked({(1 + longer) * q[0], (1 + longer) * q[1], (1 + longer) * q[2]}), pi);
    }
    auto const frame = wm::tangent_frame(p);
    REQUIRE(frame.size() == 2);
    for (double const short_of : {1e-3, 1e-6, 1e-9, 1e-12}) {
      check_way(p, S2::exp(p, wm::testing::scaled(pi - short_of, frame[0])), pi - short_of);
    }
  }
  for (double const aside : {1e-12, 1e-15, 3e-16, 2e-16, 1e-16, 1e-17, 1e-100, 1e-300, 5e-324}) {
    check_way(S2::vector(0, 0, 1), S2::vector(aside, -aside, -1), pi - std::sqrt(2.0) * aside);
    check_way(S2::vector(0.6, 0, -0.8), S2::vector(-0.6, aside, 0.8), pi - aside);
  }
}

TEST_CASE("integrals over the sphere") {
  auto const moment = [](int degree, int a, int b, int c) {
    return support::mean<S2>(degree,
                             [&](auto const& p) { return std::pow(p[0], a) * std::pow(p[1], b) * std::pow(p[2], c); });
  };
  CHECK(moment(2, 2, 0, 0) == support::close_to(1.0 / 3));
  CHECK(moment(4, 2, 2, 0) == support::close_to(1.0 / 15));
  CHECK(moment(4, 0, 0, 4) == support::close_to(1.0 / 5));
  CHECK(moment(6, 2, 2, 2) == support::close_to(1.0 / 105));
  CHECK(moment(3, 1, 1, 1) == support::close_to(0));
  // All monomials up to the degree: odd powers vanish, even ones are (a-1)!! (b-1)!! (c-1)!! / (a + b + c + 1)!!.
  auto const double_factorial = [](int n) {
    double product = 1;
    for (; n > 1; n -= 2) {
      product *= n;
    }
    return product;
  };
  for (int degree = 0; degree <= 12; ++degree) {
    for (int a = 0; a <= degree; ++a) {
      for (int b = 0; a + b <= degree; ++b) {
        int const c = degree - a - b;
        bool const even = a % 2 == 0 && b % 2 == 0 && c % 2 == 0;
        double const expected = even ? double_factorial(a - 1) * double_factorial(b - 1) * double_factorial(c - 1) /
                                           double_factorial(degree + 1)
                                     : 0;
        CHECK(moment(degree, a, b, c) == support::close_to(expected));
      }
    }
  }
  // The mean of exp(a . p) is sinh |a| / |a|.
  CHECK(support::mean<S2>(30, [](auto const& p) { return std::exp(2 * p[0] - p[1] + 2 * p[2]); }) ==
        support::close_to(std::sinh(3.0) / 3));
}
