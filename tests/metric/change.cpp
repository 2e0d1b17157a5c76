#include <wmanifold/metric/change.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/metric/change.hpp>
#include <wmanifold/testing/nested_laws.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::Bernstein, wm::Constant, wm::Fourier, wm::Interval, wm::Legendre, wm::S1, wm::S2, wm::SmallMatrix,
    wm::SphericalHarmonics, wm::Torus;

namespace {

template <class From, class To>
void check_nested() {
  CAPTURE(From::name());
  CAPTURE(To::name());
  support::check_laws(wm::testing::nested_laws(From{}, To{}, wm::Seed{1}));
}

template <class From, class To>
void check_refused() {
  auto const expected = "wmanifold: change of basis: expected a basis that contains " + From::name() + ", got " +
                        To::name() + "; raise its order or degree";
  CHECK_THROWS_WITH_AS(wm::change_of_basis(From{}, To{}), expected.c_str(), wm::ArgumentError);
}

double distance(SmallMatrix const& a, SmallMatrix const& b) { return (a - b).cwiseAbs().maxCoeff(); }

}  // namespace

TEST_CASE("a constant is the centre of any basis") {
  check_nested<Constant<Interval>, Bernstein<Interval, 0>>();
  check_nested<Constant<Interval>, Bernstein<Interval, 5>>();
  check_nested<Constant<Interval>, Legendre<Interval, 5>>();
  check_nested<Constant<S1>, Fourier<S1, 3>>();
  check_nested<Constant<Torus<3>>, Fourier<Torus<3>, 1>>();
  check_nested<Constant<S2>, SphericalHarmonics<S2, 4>>();
  check_nested<Constant<wm::Product<Interval, S1>>, wm::Tensor<Bernstein<Interval, 2>, wm::Ellipse>>();
  check_nested<Constant<>, Constant<>>();
}

TEST_CASE("an order is raised") {
  check_nested<Fourier<S1, 1>, Fourier<S1, 2>>();
  check_nested<Fourier<Torus<2>, 1>, Fourier<Torus<2>, 2>>();
  check_nested<SphericalHarmonics<S2, 1>, SphericalHarmonics<S2, 3>>();
  check_nested<Legendre<Interval, 2>, Legendre<Interval, 5>>();
  check_nested<wm::Tensor<wm::Line, wm::Ellipse>, wm::Tensor<Bernstein<Interval, 3>, Fourier<S1, 2>>>();
  CHECK(distance(wm::change_of_basis(wm::Ellipse{}, Fourier<S1, 2>{}), SmallMatrix::Identity(5, 3)) < 1e-14);
}

TEST_CASE("Bernstein's degree is elevated, and converted to Legendre and back") {
  check_nested<Bernstein<Interval, 1>, Bernstein<Interval, 2>>();
  check_nested<Bernstein<Interval, 3>, Bernstein<Interval, 5>>();
  check_nested<Bernstein<Interval, 15>, Bernstein<Interval, 16>>();
  check_nested<Bernstein<Interval, 4>, Legendre<Interval, 4>>();
  check_nested<Legendre<Interval, 4>, Bernstein<Interval, 4>>();
  check_nested<Legendre<Interval, 2>, Bernstein<Interval, 5>>();

  SmallMatrix elevated(3, 2);
  elevated << 1, 0, 0.5, 0.5, 0, 1;
  CHECK(distance(wm::change_of_basis(wm::Line{}, Bernstein<Interval, 2>{}), elevated) < 1e-14);
  SmallMatrix line_in_legendre(2, 2);
  line_in_legendre << 0.5, 0.5, -0.5, 0.5;
  CHECK(distance(wm::change_of_basis(wm::Line{}, Legendre<Interval, 1>{}), line_in_legendre) < 1e-14);
}

TEST_CASE("there and back is the identity") {
  auto const there = wm::change_of_basis(Bernstein<Interval, 5>{}, Legendre<Interval, 5>{});
  auto const back = wm::change_of_basis(Legendre<Interval, 5>{}, Bernstein<Interval, 5>{});
  CHECK(distance(back * there, SmallMatrix::Identity(6, 6)) < 1e-14);
}

TEST_CASE("a basis that does not contain the other is refused by name") {
  check_refused<Fourier<S1, 2>, Fourier<S1, 1>>();
  check_refused<wm::Ellipse, Constant<S1>>();
  check_refused<Bernstein<Interval, 3>, Legendre<Interval, 2>>();
  check_refused<SphericalHarmonics<S2, 2>, SphericalHarmonics<S2, 1>>();
  check_refused<Fourier<Torus<2>, 1>, Constant<Torus<2>>>();
}
