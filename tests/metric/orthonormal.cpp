#include <wmanifold/metric/orthonormal.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bernstein_bezier.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/laplacian_eigenvectors.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/basis/total_degree.hpp>
#include <wmanifold/metric/energy.hpp>
#include <wmanifold/testing/basis_laws.hpp>
#include <wmanifold/testing/nested_laws.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::Bernstein, wm::BSpline, wm::Finite, wm::Interval, wm::Orthonormal, wm::S1, wm::Tensor, wm::Torus;

TEST_CASE_TEMPLATE("the orthonormal version keeps the laws of a basis, and both contain each other", B, wm::Constant<>,
                   wm::Line, Bernstein<Interval, 5>, wm::Legendre<Interval, 4>, wm::Fourier<S1, 3>,
                   wm::SphericalHarmonics<wm::S2, 2>, wm::CatmullRom<S1, 5>, BSpline<Interval, 3, 7>, BSpline<S1, 2, 5>,
                   Tensor<wm::Line, wm::Ellipse>, BSpline<Torus<2>, 1, 3>, wm::TotalDegree<Torus<2>, 2>,
                   wm::Additive<wm::Product<Interval, S1>, 2>, Tensor<Orthonormal<wm::Line>, wm::Ellipse>,
                   Orthonormal<wm::Line>, wm::Fourier<wm::RP1, 2>, wm::BernsteinBezier<wm::Simplex<2>, 2>,
                   wm::OnePerContext<Finite<3>>, wm::LaplacianEigenvectors<Finite<5, wm::path_graph<5>()>, 3>,
                   Tensor<wm::OnePerContext<Finite<2>>, wm::Line>) {
  Orthonormal<B> const basis;
  support::check_laws(wm::testing::basis_laws(basis, wm::Seed{1}));
  support::check_laws(wm::testing::nested_laws(B{}, basis, wm::Seed{1}));
  support::check_laws(wm::testing::nested_laws(basis, B{}, wm::Seed{1}));
  CHECK((wm::gram_matrix(basis) - wm::SmallMatrix::Identity(B::size, B::size)).norm() == 0);
}

TEST_CASE("the line: 2 root 3 by hand") {
  // G = [1/3 1/6; 1/6 1/3]: C = [1/root3 0; 1/(2 root3) 1/2].
  auto const phi = wm::values_at(wm::orthonormal(wm::Line{}), Interval::at(0.25));
  CHECK(phi[0] == doctest::Approx(std::sqrt(3.0) * 0.75));
  CHECK(phi[1] == doctest::Approx(2 * 0.25 - 0.75));
  CHECK(Orthonormal<wm::Line>::name() == "orthonormal(bernstein1)");
}

TEST_CASE("knots are kept as its state") {
  using B = BSpline<Interval, 2, 4>;
  B const spline(std::vector<double>{0, 0, 0, 0.25, 1, 1, 1});
  auto const basis = wm::orthonormal(spline);
  CHECK(basis.original() == spline);
  CHECK(wm::state_of(basis) == spline.knots());
  support::check_laws(wm::testing::basis_laws(basis, wm::Seed{1}));
  support::check_laws(wm::testing::nested_laws(spline, basis, wm::Seed{1}));
  support::check_laws(wm::testing::nested_laws(basis, spline, wm::Seed{1}));
}

TEST_CASE("the energy of a function is the same in either basis") {
  Bernstein<Interval, 3> const skew;
  auto const basis = wm::orthonormal(skew);
  auto const change = wm::change_of_basis(skew, basis);
  Eigen::Vector4d const rows(1, -2, 0.5, 3);
  Eigen::VectorXd const same = change * rows;
  CHECK(same.dot(wm::energy_matrix(basis) * same) ==
        doctest::Approx(rows.dot(wm::energy_matrix(skew) * rows)).epsilon(1e-12));
}
