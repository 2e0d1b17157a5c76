#include <wmanifold/topology/simplex.hpp>

#include <wmanifold/testing/topology_laws.hpp>
#include <wmanifold/topology/product.hpp>
#include <wmanifold/topology/s1.hpp>

#include "support/integrals.hpp"
#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::Simplex;
using Triangle = Simplex<2>;
using Shares = wm::Coordinates<Triangle>;

static_assert(wm::SmoothTopology<Triangle> && Triangle::dimension == 2 && Triangle::coordinates == 3);

TEST_CASE_TEMPLATE("simplices keep the laws of a topology", T, Simplex<1>, Simplex<2>, Simplex<3>, Simplex<4>,
                   wm::Product<wm::S1, Simplex<2>>) {
  support::check_laws(wm::testing::topology_laws<T>(wm::Seed{1}));
  support::check_laws(wm::testing::topology_laws<T>(wm::Seed{2}));
}

TEST_CASE("points of the triangle") {
  CHECK(Triangle::name() == "simplex2");
  CHECK(Triangle::shares({0.5, 0.25, 0.25}).coordinates() == Shares{0.5, 0.25, 0.25});
  CHECK(Triangle::corner(1).coordinates() == Shares{0, 1, 0});
  CHECK(Triangle::distance(Triangle::centre(), Triangle::normalised({7, 7, 7})) < 1e-15);
  CHECK(Triangle::distance(Triangle::corner(0), Triangle::corner(2)) == support::close_to(std::sqrt(2.0)));
  // Shares in float sum to 1 to their precision.
  double const third = 1.0F / 3.0F;
  auto const p = Triangle::shares({third, third, third});
  CHECK(p[0] + p[1] + p[2] == support::close_to(1));
}

TEST_CASE("amounts are normalised on request") {
  CHECK(Triangle::normalised({2, 1, 1}).coordinates() == Shares{0.5, 0.25, 0.25});
  for (double const scale : {1e308, 1e-308, 1e-320}) {
    CHECK(Triangle::distance(Triangle::normalised({2 * (scale / 4), scale / 4, scale / 4}),
                             Triangle::shares({0.5, 0.25, 0.25})) < 1e-3);
  }
  CHECK(Triangle::normalised({1e308, 1e308, 1e308})[0] == support::close_to(1.0 / 3));
}

TEST_CASE("invalid mixtures are refused") {
  double const inf = std::numeric_limits<double>::infinity();
  using wm::ArgumentError;
  CHECK_THROWS_WITH_AS(Triangle::shares({0.5, 0.5, 0.5}),
                       "wmanifold: simplex2: expected 3 shares of at least 0 that sum to 1, got (0.5, 0.5, 0.5) with "
                       "sum 1.5; Simplex::normalised divides by the sum",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Triangle::shares({1.5, -0.5, 0}), doctest::Contains("got (1.5, -0.5, 0) with sum 1"),
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Triangle::shares({std::nan(""), 0.5, 0.5}), doctest::Contains("got (nan, 0.5, 0.5)"),
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Triangle::normalised({0, 0, 0}),
                       "wmanifold: simplex2: expected finite amounts of at least 0, not all of them 0, got (0, 0, 0)",
                       ArgumentError);
  CHECK_THROWS_WITH_AS(Triangle::normalised({1, -1, 1}), doctest::Contains("got (1, -1, 1)"), ArgumentError);
  CHECK_THROWS_WITH_AS(Triangle::normalised({1, inf, 1}), doctest::Contains("got (1, inf, 1)"), ArgumentError);
  CHECK_THROWS_WITH_AS(Triangle::normalised({1, 2, std::nan("")}), doctest::Contains("got (1, 2, nan)"), ArgumentError);
  CHECK_THROWS_WITH_AS(Triangle::corner(3), "wmanifold: simplex2: expected a corner in [0, 2], got 3", ArgumentError);
  CHECK_THROWS_AS(Triangle::corner(-1), ArgumentError);
  std::vector<double> const two{0.5, 0.5};
  CHECK_THROWS_WITH_AS(wm::Point<Triangle>{std::span<double const>(two)},
                       "wmanifold: simplex2: expected 3 coordinates, got 2", ArgumentError);
}

TEST_CASE("exp goes to the nearest mixture") {
  auto const near = [](auto const& p, Shares const& expected) {
    CHECK(Triangle::distance(p, Triangle::shares(expected)) < 1e-15);
  };
  near(Triangle::exp(Triangle::centre(), {0.1, -0.1, 0}), {1.0 / 3 + 0.1, 1.0 / 3 - 0.1, 1.0 / 3});
  near(Triangle::exp(Triangle::corner(0), {1, -0.5, -0.5}), {1, 0, 0});     // straight out
  near(Triangle::exp(Triangle::corner(0), {0, 0.2, -0.2}), {0.9, 0.1, 0});  // along the edge
  near(Triangle::exp(Triangle::centre(), {100, -50, -50}), {1, 0, 0});
  // No other point is nearer.
  wm::Random random{wm::Seed{4}};
  auto const points = wm::uniform_points<Triangle>(200, random);
  for (int i = 0; i < 50; ++i) {
    auto const p = wm::uniform_point<Triangle>(random);
    auto const v = Triangle::tangent(p, {random.normal(), random.normal(), random.normal()});
    auto const distance_to = [&](auto const& q) {
      return std::hypot(p[0] + v[0] - q[0], p[1] + v[1] - q[1], p[2] + v[2] - q[2]);
    };
    double const ours = distance_to(Triangle::exp(p, v));
    for (auto const& q : points) {
      CHECK(distance_to(q) >= ours - 1e-15);
    }
  }
}

TEST_CASE("corners are alike: permuted shares keep distances and means") {
  wm::Random random{wm::Seed{5}};
  double order = 0;
  for (int i = 0; i < 100; ++i) {
    auto const p = wm::uniform_point<Triangle>(random);
    auto const q = wm::uniform_point<Triangle>(random);
    CHECK(Triangle::distance(Triangle::shares({p[1], p[2], p[0]}), Triangle::shares({q[1], q[2], q[0]})) ==
          support::close_to(Triangle::distance(p, q)));
  }
  auto const points = wm::uniform_points<Simplex<3>>(60000, random);
  for (auto const& p : points) {
    order += std::is_sorted(p.coordinates().begin(), p.coordinates().end()) ? 1 : 0;
  }
  CHECK(std::abs(order - 2500) < 5 * 50);  // one of 24 orders
}

TEST_CASE("integrals over simplices agree with Dirichlet's") {
  auto const factorial = [](int n) { return std::tgamma(n + 1.0); };
  for (int degree = 0; degree <= 7; ++degree) {
    for (int a = 0; a <= degree; ++a) {
      for (int b = 0; a + b <= degree; ++b) {
        int const c = degree - a - b;
        CHECK(support::mean<Triangle>(degree, [&](auto const& p) {
                return std::pow(p[0], a) * std::pow(p[1], b) * std::pow(p[2], c);
              }) == support::close_to(2 * factorial(a) * factorial(b) * factorial(c) / factorial(degree + 2)));
      }
    }
  }
  CHECK(support::mean<Simplex<4>>(6, [](auto const& p) { return p[0] * p[0] * p[1] * p[2] * p[3] * p[4]; }) ==
        support::close_to(24.0 * 2 / factorial(10)));
  CHECK(Triangle::quadrature(-1).nodes.size() == 1);
  // The mean of exp(x_0) on a triangle: 2 (e - 2).
  CHECK(support::mean<Triangle>(20, [](auto const& p) { return std::exp(p[0]); }) ==
        support::close_to(2 * (std::exp(1.0) - 2)));
}
