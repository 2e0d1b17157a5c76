#include <wmanifold/basis/bernstein_bezier.hpp>
#include <wmanifold/metric/change.hpp>
#include <wmanifold/testing/basis_laws.hpp>
#include <wmanifold/testing/nested_laws.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::BernsteinBezier, wm::Simplex;
using Triangle = Simplex<2>;

static_assert(BernsteinBezier<Triangle, 1>::size == 3 && BernsteinBezier<Triangle, 2>::size == 6);
static_assert(BernsteinBezier<Simplex<4>, 3>::size == 35 && BernsteinBezier<Simplex<3>, 0>::size == 1);
static_assert(std::is_empty_v<BernsteinBezier<Triangle, 2>>);

TEST_CASE_TEMPLATE("Bernstein-Bezier bases keep the laws of a basis", B, BernsteinBezier<Simplex<1>, 3>,
                   BernsteinBezier<Triangle, 0>, BernsteinBezier<Triangle, 1>, BernsteinBezier<Triangle, 2>,
                   BernsteinBezier<Triangle, 5>, BernsteinBezier<Simplex<3>, 2>, BernsteinBezier<Simplex<4>, 1>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE("degree 1 is the shares, degree 2 their products") {
  CHECK(BernsteinBezier<Triangle, 2>::name() == "bernstein_bezier2");
  auto const s = Triangle::shares({0.5, 0.375, 0.125});
  CHECK(wm::values_at(BernsteinBezier<Triangle, 1>{}, s) == std::array<double, 3>{0.5, 0.375, 0.125});
  auto const phi = wm::values_at(BernsteinBezier<Triangle, 2>{}, s);
  CHECK(phi ==
        std::array<double, 6>{0.25, 2 * 0.5 * 0.375, 2 * 0.5 * 0.125, 0.375 * 0.375, 2 * 0.375 * 0.125, 0.125 * 0.125});
}

TEST_CASE("at a corner the network is that of the corner's row") {
  for (int i = 0; i <= 2; ++i) {
    auto const phi = wm::values_at(BernsteinBezier<Triangle, 3>{}, Triangle::corner(i));
    CHECK(phi[i == 0 ? 0 : i == 1 ? 6 : 9] == 1);
    CHECK(std::count(phi.begin(), phi.end(), 0.0) == 9);
  }
}

TEST_CASE("on the simplex of dimension 1 it is Bernstein's basis") {
  for (double const x : {0.0, 0.125, 0.5, 0.75, 1.0}) {
    auto const ours = wm::values_at(BernsteinBezier<Simplex<1>, 4>{}, Simplex<1>::shares({1 - x, x}));
    auto const theirs = wm::values_at(wm::Bernstein<wm::Interval, 4>{}, wm::Interval::at(x));
    for (std::size_t k = 0; k < 5; ++k) {
      CHECK(std::abs(ours[k] - theirs[k]) < 1e-15);
    }
  }
  CHECK((wm::gram_matrix(BernsteinBezier<Simplex<1>, 4>{}) - wm::gram_matrix(wm::Bernstein<wm::Interval, 4>{}))
            .cwiseAbs()
            .maxCoeff() < 1e-16);
}

TEST_CASE("the degree is raised without changing the function") {
  support::check_laws(
      wm::testing::nested_laws(BernsteinBezier<Triangle, 1>{}, BernsteinBezier<Triangle, 2>{}, wm::Seed{2}));
  support::check_laws(
      wm::testing::nested_laws(BernsteinBezier<Simplex<3>, 2>{}, BernsteinBezier<Simplex<3>, 4>{}, wm::Seed{2}));
  // The middle of an edge is halfway between its ends.
  auto const change = wm::change_of_basis(BernsteinBezier<Triangle, 1>{}, BernsteinBezier<Triangle, 2>{});
  CHECK(change(1, 0) == doctest::Approx(0.5));
  CHECK(change(1, 1) == doctest::Approx(0.5));
  CHECK(std::abs(change(1, 2)) < 1e-13);
  CHECK_THROWS_WITH_AS(wm::change_of_basis(BernsteinBezier<Triangle, 2>{}, BernsteinBezier<Triangle, 1>{}),
                       doctest::Contains("expected a basis that contains bernstein_bezier2"), wm::ArgumentError);
}

TEST_CASE("the metric of degree 1") {
  // E x_i x_j on a triangle: 1/6 and 1/12.
  auto const gram = wm::gram_matrix(BernsteinBezier<Triangle, 1>{});
  CHECK(gram(0, 0) == doctest::Approx(1.0 / 6).epsilon(1e-15));
  CHECK(gram(0, 1) == doctest::Approx(1.0 / 12).epsilon(1e-15));
}
