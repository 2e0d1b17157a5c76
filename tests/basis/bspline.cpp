#include <wmanifold/basis/bspline.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/metric/energy.hpp>
#include <wmanifold/metric/metric.hpp>
#include <wmanifold/testing/basis_laws.hpp>
#include <wmanifold/testing/nested_laws.hpp>

#include "support/laws.hpp"

#include <numeric>

namespace wm = wmanifold;
using wm::BSpline, wm::Interval, wm::PeriodicBSpline, wm::PolygonalChain, wm::S1, wm::Tensor, wm::Torus;

static_assert(BSpline<Interval, 3, 8>::size == 8 && BSpline<Interval, 3, 8>::support == 4);
static_assert(BSpline<Interval, 3, 8>::knot_count == 12 && PeriodicBSpline<S1, 3, 8>::knot_count == 8);
static_assert(std::same_as<PolygonalChain<Interval, 4>, BSpline<Interval, 1, 4>>);
static_assert(BSpline<Torus<2>, 2, 5>::size == 25 && BSpline<Torus<2>, 2, 5>::support == 9);
static_assert(wm::PiecewiseBasis<BSpline<Interval, 2, 4>> && wm::PiecewiseBasis<PeriodicBSpline<Torus<2>, 2, 4>>);

namespace {

constexpr double turn = 2 * std::numbers::pi;

template <class B>
void check(std::vector<double> const& knots) {
  B const basis(knots);
  CHECK(basis.knots() == knots);
  support::check_laws(wm::testing::basis_laws(basis, wm::Seed{1}));
}

template <class B>
double value(B const& basis, int k, double s) {
  return wm::values_at(basis, wm::Point<typename B::Topology>({s}))[static_cast<std::size_t>(k)];
}

/// A B-spline by its definition: the truncated powers' divided difference over knots 0, ..., m + 1, all different.
double by_definition(std::vector<double> const& t, double s) {
  auto const degree = static_cast<int>(t.size()) - 2;
  double sum = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    double product = 1;
    for (std::size_t j = 0; j < t.size(); ++j) {
      product *= i == j ? 1 : t[i] - t[j];
    }
    sum += std::pow(std::max(t[i] - s, 0.0), degree) / product;
  }
  return (t.back() - t.front()) * sum;
}

template <class B>
void refuses(std::vector<double> const& knots, char const* what) {
  CHECK_THROWS_WITH_AS(B{knots}, doctest::Contains(what), wm::ArgumentError);
}

}  // namespace

TEST_CASE_TEMPLATE("B-splines with uniform knots keep the laws of a basis", B, BSpline<Interval, 1, 2>,
                   BSpline<Interval, 1, 7>, BSpline<Interval, 2, 3>, BSpline<Interval, 2, 6>, BSpline<Interval, 3, 4>,
                   BSpline<Interval, 3, 9>, BSpline<Interval, 5, 8>, BSpline<Interval, 9, 11>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE_TEMPLATE("closed splines keep the laws of a basis", B, PeriodicBSpline<S1, 1, 2>, PeriodicBSpline<S1, 1, 5>,
                   PeriodicBSpline<S1, 2, 3>, PeriodicBSpline<S1, 2, 4>, PeriodicBSpline<S1, 2, 7>,
                   PeriodicBSpline<S1, 3, 4>, PeriodicBSpline<S1, 3, 5>, PeriodicBSpline<S1, 3, 8>,
                   PeriodicBSpline<S1, 5, 6>, PeriodicBSpline<S1, 4, 13>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE_TEMPLATE("products of splines keep the laws of a basis", B, BSpline<Torus<2>, 2, 4>,
                   BSpline<wm::Product<Interval, S1>, 1, 3>, Tensor<wm::Ellipse, BSpline<Interval, 2, 4>>,
                   Tensor<BSpline<Interval, 1, 3>, wm::Line>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE("splines with given knots keep the laws of a basis, repeated knots too") {
  check<BSpline<Interval, 1, 4>>({0, 0, 0.25, 0.875, 1, 1});
  check<BSpline<Interval, 3, 7>>({0, 0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1});
  check<BSpline<Interval, 3, 7>>({0, 0, 0, 0, 0.375, 0.375, 0.625, 1, 1, 1, 1});
  check<BSpline<Interval, 3, 7>>({0, 0, 0, 0, 0.375, 0.375, 0.375, 1, 1, 1, 1});
  check<PeriodicBSpline<S1, 1, 3>>({0.5, 2, 5});
  check<PeriodicBSpline<S1, 3, 6>>({0.5, 1.5, 2.5, 3, 4, 6});
  check<PeriodicBSpline<S1, 3, 6>>({0, 1.5, 2.5, 2.5, 4, 6});
  check<PeriodicBSpline<S1, 2, 5>>({1, 1, 3, 4, 6});
}

TEST_CASE("values agree with the definition by divided differences") {
  BSpline<Interval, 3, 11> const basis;  // knots at multiples of 1/8; function 4 is on those from 1/8 to 5/8
  for (double s = 0; s <= 1; s += 0.0137) {
    CHECK(std::abs(value(basis, 4, s) - by_definition({0.125, 0.25, 0.375, 0.5, 0.625}, s)) < 1e-13);
  }
  PeriodicBSpline<S1, 2, 5> const closed(std::vector<double>{0.5, 1, 2.5, 4, 6});
  for (double s = 0; s < turn; s += 0.0173) {  // function 1 on knots 0 to 3; function 4 over the seam
    CHECK(std::abs(value(closed, 1, s) - by_definition({0.5, 1, 2.5, 4}, s)) < 1e-14);
    double const over =
        std::max(by_definition({4, 6, turn + 0.5, turn + 1}, s), by_definition({4 - turn, 6 - turn, 0.5, 1}, s));
    CHECK(std::abs(value(closed, 4, s) - over) < 1e-13);
  }
}

TEST_CASE("a single span has Bernstein's polynomials") {
  for (double s = 0; s <= 1; s += 0.0625) {
    auto const spline = wm::values_at(BSpline<Interval, 3, 4>{}, Interval::at(s));
    auto const bernstein = wm::values_at(wm::Bernstein<Interval, 3>{}, Interval::at(s));
    for (std::size_t k = 0; k < 4; ++k) {
      CHECK(std::abs(spline[k] - bernstein[k]) < 1e-15);
    }
  }
  wm::SmallMatrix const error =
      wm::gram_matrix(BSpline<Interval, 3, 4>{}) - wm::gram_matrix(wm::Bernstein<Interval, 3>{});
  CHECK(error.cwiseAbs().maxCoeff() < 1e-16);
}

TEST_CASE("a chain goes through its rows at the knots; closed, from the last to the first") {
  std::vector<double> const knots{0, 0, 0.25, 0.75, 1, 1};
  PolygonalChain<Interval, 4> const chain(knots);
  CHECK(wm::values_at(chain, Interval::at(0)) == std::array<double, 4>{1, 0, 0, 0});
  CHECK(wm::values_at(chain, Interval::at(0.25)) == std::array<double, 4>{0, 1, 0, 0});
  CHECK(wm::values_at(chain, Interval::at(0.5)) == std::array<double, 4>{0, 0.5, 0.5, 0});
  CHECK(wm::values_at(chain, Interval::at(1)) == std::array<double, 4>{0, 0, 0, 1});
  PolygonalChain<S1, 3> const closed(std::vector<double>{0.5, 2, 5});
  CHECK(wm::values_at(closed, S1::radians(0.5)) == std::array<double, 3>{1, 0, 0});
  CHECK(wm::values_at(closed, S1::radians(3.5)) == std::array<double, 3>{0, 0.5, 0.5});
  CHECK(value(closed, 2, 5 + (turn - 4.5) / 4) == doctest::Approx(0.75));
  CHECK(value(closed, 0, 5 + (turn - 4.5) / 4) == doctest::Approx(0.25));
  CHECK(value(closed, 0, 0.25) == doctest::Approx(1 - 0.25 / (turn - 4.5)));
}

TEST_CASE_TEMPLATE("values are not negative, and the seam is like any other place", B, PeriodicBSpline<S1, 1, 4>,
                   PeriodicBSpline<S1, 3, 8>, PeriodicBSpline<S1, 4, 5>) {
  B const basis;
  for (double t = 0; t < turn; t += 0.01) {
    auto const phi = wm::values_at(basis, S1::radians(t));
    CHECK(*std::min_element(phi.begin(), phi.end()) >= 0);
    CHECK(std::abs(std::accumulate(phi.begin(), phi.end(), -1.0)) < 1e-15);
  }
  auto const start = wm::values_at(basis, S1::radians(0));
  auto const end = wm::values_at(basis, S1::radians(std::nextafter(turn, 0.0)));
  for (std::size_t k = 0; k < start.size(); ++k) {
    CHECK(std::abs(end[k] - start[k]) < 1e-14);
  }
}

TEST_CASE("closed with uniform knots, all functions are shifts of one; the Gram matrix is circulant") {
  PeriodicBSpline<S1, 3, 7> const basis;
  for (int k = 0; k < 7; ++k) {
    CHECK(value(basis, k, 1 + turn * k / 7) == doctest::Approx(value(basis, 0, 1)).epsilon(1e-13));
    CHECK(value(basis, k, turn * k / 7) == doctest::Approx(2.0 / 3));  // about knot k
    CHECK(basis.gram(k, (k + 2) % 7) == doctest::Approx(1.0 / 42 / 7).epsilon(1e-13));
    CHECK(basis.gram(k, k) == doctest::Approx(151.0 / 315 / 7).epsilon(1e-13));
  }
}

TEST_CASE("invalid knots are refused, with the value") {
  using B = BSpline<Interval, 2, 5>;
  double const nan = std::numeric_limits<double>::quiet_NaN();
  refuses<B>({0, 0, 0, 0.5, 1, 1, 1}, "spline: expected 8 knots, got 7");
  refuses<B>({0, 0, 0, 0.5, 0.4, 1, 1, 1}, "do not decrease, got 0.4 after 0.5 as knot 4");
  refuses<B>({0, 0, 0, 0.5, 1.25, 1, 1, 1}, "knots in [0, 1], got 1.25 as knot 4");
  refuses<B>({0, 0, 0, nan, 0.5, 1, 1, 1}, "knots in [0, 1], got nan as knot 3");
  refuses<B>({0, 0, 0.25, 0.5, 0.75, 1, 1, 1}, "begin with 3 zeros and end with as many ones, got 0.25 as knot 2");
  refuses<B>({0, 0, 0, 0.5, 0.75, 0.875, 1, 1}, "and 0.875 as knot 5");
  refuses<B>({0, 0, 0, 0, 0.5, 1, 1, 1}, "at most 2 times, got 0 3 times");
  refuses<BSpline<Interval, 2, 6>>({0, 0, 0, 0.5, 0.5, 0.5, 1, 1, 1}, "at most 2 times, got 0.5 3 times");
  using Closed = PeriodicBSpline<S1, 2, 4>;
  refuses<Closed>({0, 1, 2}, "closed spline: expected 4 knots, got 3");
  refuses<Closed>({0, 1, 2, 6.5}, "knots in [0, 2 pi), got 6.5 as knot 3");
  refuses<Closed>({0, 1, 1, 1}, "at most 2 times, got 1 3 times");
}

TEST_CASE("different knots closer than a share of 1e-5 of the length are refused") {
  using B = BSpline<Interval, 2, 5>;
  for (double const near : {1e-5, 2e-5}) {
    CHECK_NOTHROW(B{std::vector<double>{0, 0, 0, near, 0.5, 1, 1, 1}});
  }
  refuses<B>({0, 0, 0, 0.9e-5, 0.5, 1, 1, 1},
             "spline: expected neighbouring knots that are equal or at least 1e-05 apart, "
             "got 9e-06 between knots 2 and 3");
  for (double const near : {1e-8, 1e-16, 1e-160, 1e-310, std::numeric_limits<double>::denorm_min()}) {
    refuses<B>({0, 0, 0, near, 0.5, 1, 1, 1}, "between knots 2 and 3");
  }
  refuses<B>({0, 0, 0, 0.5, std::nextafter(0.5, 1.0), 1, 1, 1}, "between knots 3 and 4");
  refuses<B>({0, 0, 0, 0.5, std::nextafter(1.0, 0.0), 1, 1, 1}, "between knots 4 and 5");
  // On the circle a share of a turn, over the seam too.
  using Closed = PeriodicBSpline<S1, 2, 4>;
  CHECK_NOTHROW(Closed{std::vector<double>{0, 1, 1 + 7e-5, turn - 7e-5}});
  refuses<Closed>({0, 1, 1 + 6e-5, 5},
                  "closed spline: expected neighbouring knots that are equal or at least 6.28318531e-05 "
                  "apart, got 6e-05 between knots 1 and 2");
  refuses<Closed>({0, 1, 2, std::nextafter(turn, 0.0)}, "between knots 3 and 0");
  refuses<Closed>({0, 1e-310, 2, 3}, "between knots 0 and 1");
}

TEST_CASE_TEMPLATE("knots at the least distance leave Gram matrix, slopes and energies good to 1e-10", B,
                   BSpline<Interval, 1, 4>, BSpline<Interval, 2, 5>, BSpline<Interval, 3, 7>, BSpline<Interval, 5, 8>) {
  // Close to 0, where double is finest, and mirrored, close to 1.
  constexpr int n = B::size;
  double const near = std::ldexp(1.0, -16);  // 1.5e-5
  std::vector<double> knots(static_cast<std::size_t>(B::degree) + 1, 0.0);
  for (int i = 1; i < n - B::degree; ++i) {
    knots.push_back(i * near);
  }
  knots.resize(static_cast<std::size_t>(B::knot_count), 1.0);
  std::vector<double> mirrored(knots.rbegin(), knots.rend());
  std::transform(mirrored.begin(), mirrored.end(), mirrored.begin(), [](double t) { return 1 - t; });
  B const low(knots);
  B const high(mirrored);
  auto const error = [](wm::SmallMatrix const& a, wm::SmallMatrix const& b) {
    wm::SmallMatrix const scale = a.diagonal().cwiseSqrt() * a.diagonal().cwiseSqrt().transpose();
    return (a - b.reverse()).cwiseQuotient(scale).cwiseAbs().maxCoeff();
  };
  CHECK(error(wm::gram_matrix(low), wm::gram_matrix(high)) < 1e-10);
  CHECK(error(wm::energy_matrix(low), wm::energy_matrix(high)) < 1e-10);
  CHECK(wm::Metric(high).inverse().allFinite());
  std::array<double, static_cast<std::size_t>(n)> up{};
  std::array<double, static_cast<std::size_t>(n)> down{};
  for (double const s : {0.25 * near, 0.75 * near, 1.25 * near, 0.5}) {
    low.derivatives(Interval::at(s), up);
    high.derivatives(Interval::at(1 - s), down);
    for (std::size_t k = 0; k < up.size(); ++k) {
      CHECK(std::abs(up[k] + down[up.size() - 1 - k]) < 1e-10 * B::degree / near);
    }
  }
}

TEST_CASE("Gram matrix and energies of a chain in closed form, for knots at the least distance") {
  PolygonalChain<Interval, 4> const chain(std::vector<double>{0, 0, 0.5, 0.5 + 1.1e-5, 1, 1});
  double const h = (0.5 + 1.1e-5) - 0.5;
  CHECK(chain.gram(1, 1) == doctest::Approx((0.5 + h) / 3).epsilon(1e-14));
  CHECK(chain.gram(1, 2) == doctest::Approx(h / 6).epsilon(1e-10));
  wm::SmallMatrix const energy = wm::energy_matrix(chain);
  CHECK(energy(1, 1) == doctest::Approx(2 + 1 / h).epsilon(1e-14));
  CHECK(energy(1, 2) == doctest::Approx(-1 / h).epsilon(1e-14));
}

TEST_CASE("only given knots are a state; a product keeps apart those of its factors") {
  using B = BSpline<Interval, 1, 3>;
  std::vector<double> const knots{0, 0, 0.25, 1, 1};
  CHECK(wm::state_of(B{}).empty());
  CHECK(wm::state_of(B{std::vector<double>{0, 0, 0.5, 1, 1}}).empty());
  CHECK(wm::state_of(B{knots}) == knots);
  CHECK(B{knots} == B{knots});
  CHECK(!(B{knots} == B{}));
  CHECK(wm::state_of(Tensor<B, B>{}).empty());
  CHECK(wm::state_of(Tensor<B, B>{B{knots}, B{}}) == std::vector<double>{5, 0, 0, 0.25, 1, 1, 0});
  CHECK(wm::state_of(Tensor<B, B>{B{}, B{knots}}) == std::vector<double>{0, 5, 0, 0, 0.25, 1, 1});
  support::check_laws(wm::testing::basis_laws(Tensor<B, B>{B{knots}, B{}}, wm::Seed{1}));
}

TEST_CASE("more knots and a higher degree keep the function") {
  auto const nested = [](auto const& from, auto const& to) {
    support::check_laws(wm::testing::nested_laws(from, to, wm::Seed{1}));
  };
  nested(wm::Constant<Interval>{}, BSpline<Interval, 2, 5>{});
  nested(BSpline<Interval, 3, 5>{}, BSpline<Interval, 3, 7>{});  // knots at 1/2, and at 1/4 and 3/4 too
  nested(PeriodicBSpline<S1, 3, 5>{}, PeriodicBSpline<S1, 3, 10>{});
  nested(wm::Bernstein<Interval, 3>{}, BSpline<Interval, 3, 7>{});
  nested(BSpline<Interval, 3, 4>{}, wm::Bernstein<Interval, 5>{});
  // One degree more, and each knot once more.
  nested(BSpline<Interval, 1, 3>{}, BSpline<Interval, 2, 5>(std::vector<double>{0, 0, 0, 0.5, 0.5, 1, 1, 1}));
  nested(PolygonalChain<S1, 3>(std::vector<double>{1, 2, 5}),
         PeriodicBSpline<S1, 2, 6>(std::vector<double>{1, 1, 2, 2, 5, 5}));
  // A closed Catmull-Rom spline has one continuous derivative, as a cubic one with double knots has there.
  std::vector<double> twice;
  for (int i = 0; i < 10; ++i) {
    twice.push_back(turn * (i / 2) / 5);
  }
  nested(wm::CatmullRom<S1, 5>{}, PeriodicBSpline<S1, 3, 10>(twice));
  nested(BSpline<Torus<2>, 1, 3>{}, BSpline<Torus<2>, 1, 6>{});
  CHECK_THROWS_AS((void)wm::change_of_basis(BSpline<Interval, 3, 6>{}, BSpline<Interval, 3, 7>{}), wm::ArgumentError);
  CHECK_THROWS_AS((void)wm::change_of_basis(wm::Ellipse{}, PeriodicBSpline<S1, 3, 12>{}), wm::ArgumentError);
}

TEST_CASE("the energy of a chain is the mean square of its slopes") {
  PolygonalChain<Interval, 4> const chain(std::vector<double>{0, 0, 0.25, 0.75, 1, 1});
  std::array const rows{1.0, 3.0, -1.0, 0.0};
  double const expected = 0.25 * 64 + 0.5 * 64 + 0.25 * 16;
  wm::SmallMatrix const matrix = wm::energy_matrix(chain);
  double energy = 0;
  for (wm::Index i = 0; i < 4; ++i) {
    for (wm::Index j = 0; j < 4; ++j) {
      energy += matrix(i, j) * rows[static_cast<std::size_t>(i)] * rows[static_cast<std::size_t>(j)];
    }
  }
  CHECK(energy == doctest::Approx(expected).epsilon(1e-14));
}
