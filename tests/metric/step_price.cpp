#include <wmanifold/metric/step_price.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/metric/change.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace wm = wmanifold;
using wm::SmallMatrix;

TEST_CASE("energy matrices in closed form") {
  // Line: slopes -1 and 1. Circle: h^2 / 2. Sphere: l (l + 1).
  SmallMatrix const line = (SmallMatrix(2, 2) << 1, -1, -1, 1).finished();
  CHECK(wm::energy_matrix(wm::Line{}).isApprox(line, 1e-14));
  Eigen::VectorXd circle(5);
  circle << 0, 0.5, 0.5, 2, 2;
  CHECK((wm::energy_matrix(wm::Fourier<wm::S1, 2>{}) - SmallMatrix(circle.asDiagonal())).norm() < 1e-13);
  Eigen::VectorXd sphere(9);
  sphere << 0, 2, 2, 2, 6, 6, 6, 6, 6;
  CHECK((wm::energy_matrix(wm::SphericalHarmonics<wm::S2, 2>{}) - SmallMatrix(sphere.asDiagonal())).norm() < 1e-12);
  // Products: the energies of the factors add up.
  SmallMatrix const torus = wm::energy_matrix(wm::Fourier<wm::Torus<2>, 1>{});
  CHECK(torus(0, 0) == doctest::Approx(0));
  CHECK(torus(1, 1) == doctest::Approx(0.5));
  CHECK(torus(4, 4) == doctest::Approx(0.5));  // cos a cos b: (1/2) (1/2) (1 + 1)
}

TEST_CASE("without stiffness or without ends the price is the movement; on a line it can be plain descent") {
  CHECK(wm::step_price(wm::Bernstein<wm::Interval, 4>{}, 0) == wm::gram_matrix(wm::Bernstein<wm::Interval, 4>{}));
  CHECK((wm::step_price(wm::Line{}, 2) - 0.5 * SmallMatrix::Identity(2, 2)).norm() < 1e-14);
  CHECK(wm::step_price(wm::Ellipse{}, 7) == wm::gram_matrix(wm::Ellipse{}));
  CHECK(wm::step_price(wm::SphericalHarmonics<wm::S2, 2>{}, 7) == wm::gram_matrix(wm::SphericalHarmonics<wm::S2, 2>{}));
  CHECK(wm::step_price(wm::Constant<wm::Interval>{}, 3) == SmallMatrix::Identity(1, 1));
}

TEST_CASE("the least energy above zero sets the unit, wherever it stands in the spectrum") {
  SmallMatrix const gram = SmallMatrix::Identity(3, 3);
  for (Eigen::Vector3d const& energies : {Eigen::Vector3d(2, 8, 4), Eigen::Vector3d(8, 2, 4), Eigen::Vector3d(4, 8, 2),
                                          Eigen::Vector3d(0, 2, 8), Eigen::Vector3d(2, 8, 0)}) {
    SmallMatrix const energy = energies.asDiagonal();
    CHECK((wm::detail::stiff_price(gram, energy, 3) - (gram + 1.5 * energy)).norm() < 1e-14);
  }
}

TEST_CASE_TEMPLATE("close knots and steep polynomials leave the slowest function its price", B,
                   wm::BSpline<wm::Interval, 1, 3>, wm::BSpline<wm::Interval, 3, 5>, wm::BSpline<wm::Interval, 9, 11>,
                   wm::Bernstein<wm::Interval, 24>) {
  // H = G + c E, with c for stiffness 4. The slowest function with an energy has pi^2 in units of G, up to the basis's
  // accuracy.
  auto const basis = [] {
    if constexpr (wm::PiecewiseBasis<B>) {
      std::vector<double> knots(static_cast<std::size_t>(B::degree) + 1, 0.0);
      knots.push_back(1.1e-5);
      knots.resize(static_cast<std::size_t>(B::knot_count), 1.0);
      return B(knots);
    } else {
      return B{};
    }
  }();
  SmallMatrix const energy = wm::energy_matrix(basis);
  SmallMatrix const added = wm::step_price(basis, 4) - wm::gram_matrix(basis);
  double const least = 4 * energy.cwiseAbs().maxCoeff() / added.cwiseAbs().maxCoeff();
  CHECK(least > 9.86);  // pi^2, less rounding
  CHECK(least < 12.1);  // a line's
}

TEST_CASE("on a product, only the ends of its factors count") {
  using Mixed = wm::Tensor<wm::Line, wm::Ellipse>;
  static_assert(wm::ends_of<Mixed::Topology>() == std::array{true, false});
  SmallMatrix const line = wm::step_price(wm::Line{}, 3);
  SmallMatrix const circle = wm::gram_matrix(wm::Ellipse{});
  SmallMatrix expected(6, 6);
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 6; ++j) {
      expected(i, j) = line(i / 3, j / 3) * circle(i % 3, j % 3);
    }
  }
  CHECK(wm::step_price(Mixed{}, 3).isApprox(expected, 1e-12));
}

TEST_CASE("the price is a bilinear form: the same in every basis") {
  wm::Bernstein<wm::Interval, 4> const bernstein;
  wm::Legendre<wm::Interval, 4> const legendre;
  SmallMatrix const change = wm::change_of_basis(bernstein, legendre);
  for (double const stiffness : {0.0, 0.3, 5.0}) {
    SmallMatrix const pulled = change.transpose() * wm::step_price(legendre, stiffness) * change;
    CHECK(wm::step_price(bernstein, stiffness).isApprox(pulled, 1e-12));
  }
}

TEST_CASE("an invalid stiffness is refused") {
  CHECK_THROWS_WITH_AS(
      (void)wm::step_price(wm::Line{}, 1e300),
      doctest::Contains(
          "step price: expected a stiffness of at most 100000000, got 1e+300; lower it, as rounding would"),
      wm::ArgumentError);
  CHECK_NOTHROW((void)wm::Metric(wm::step_price(wm::Bernstein<wm::Interval, 20>{}, wm::most_stiffness)));
  for (double const bad : {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_WITH_AS((void)wm::step_price(wm::Line{}, bad), doctest::Contains("expected a stiffness of at least 0"),
                         wm::ArgumentError);
  }
}
