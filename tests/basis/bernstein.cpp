#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/metric/metric.hpp>
#include <wmanifold/testing/basis_laws.hpp>

#include "support/laws.hpp"

#include <Eigen/Eigenvalues>

namespace wm = wmanifold;
using wm::Bernstein, wm::Interval;

static_assert(wm::binomial(5, 2) == 10 && wm::binomial(50, 25) == 126410606437752.0 && wm::binomial(4, 0) == 1);
static_assert(wm::binomial(3, 3) == 1 && wm::binomial(2, 3) == 0);

// G of the line, at compile time.
static_assert(wm::Line::size == 2 && wm::Line::degree == 1);
static_assert(wm::Line::gram(0, 0) == 1.0 / 3 && wm::Line::gram(0, 1) == 1.0 / 6);
static_assert(wm::Line::gram(1, 0) == 1.0 / 6 && wm::Line::gram(1, 1) == 1.0 / 3);
static_assert(std::is_same_v<wm::Line, Bernstein<Interval, 1>>);

TEST_CASE_TEMPLATE("Bernstein polynomials keep the laws of a basis", B, Bernstein<Interval, 0>, Bernstein<Interval, 1>,
                   Bernstein<Interval, 2>, Bernstein<Interval, 3>, Bernstein<Interval, 4>, Bernstein<Interval, 5>,
                   Bernstein<Interval, 12>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE("the line, and the inverse of its metric") {
  auto const at = [](double s) { return wm::values_at(wm::Line{}, Interval::at(s)); };
  CHECK(at(0) == std::array<double, 2>{1, 0});
  CHECK(at(1) == std::array<double, 2>{0, 1});
  CHECK(at(0.25) == std::array<double, 2>{0.75, 0.25});
  wm::SmallMatrix expected(2, 2);
  expected << 4, -2, -2, 4;
  CHECK((wm::Metric(wm::Line{}).inverse() - expected).cwiseAbs().maxCoeff() < 1e-14);
  CHECK(wm::Line::name() == "bernstein1");
}

TEST_CASE("values by the formula, and a sum of 1") {
  using B = Bernstein<Interval, 5>;
  for (double s = 0; s <= 1; s += 0.0625) {
    auto const phi = wm::values_at(B{}, Interval::at(s));
    double sum = 0;
    for (int i = 0; i <= 5; ++i) {
      double const expected = wm::binomial(5, i) * std::pow(s, i) * std::pow(1 - s, 5 - i);
      CHECK(std::abs(phi[static_cast<std::size_t>(i)] - expected) < 1e-15);
      sum += phi[static_cast<std::size_t>(i)];
    }
    CHECK(std::abs(sum - 1) < 1e-15);
  }
}

TEST_CASE("the largest degree is still accurate") {
  using B = Bernstein<Interval, 50>;
  auto const phi = wm::values_at(B{}, Interval::at(0.5));
  CHECK(std::abs(phi[25] - wm::binomial(50, 25) * std::exp2(-50)) < 1e-15);
  CHECK(B::gram(0, 0) == doctest::Approx(1.0 / 101).epsilon(1e-14));
  double total = 0;  // E (sum_i phi_i)^2 = 1
  for (int i = 0; i <= 50; ++i) {
    for (int j = 0; j <= 50; ++j) {
      total += B::gram(i, j);
    }
  }
  CHECK(std::abs(total - 1) < 1e-13);
}

template <int n>
void check_spectrum() {
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver(wm::gram_matrix(Bernstein<Interval, n>{}));
  double const condition = solver.eigenvalues()(n) / solver.eigenvalues()(0);
  CHECK(condition == doctest::Approx(wm::binomial(2 * n + 1, n)).epsilon(1e-9));
}

TEST_CASE("the condition number of G is C(2 n + 1, n): why the metric matters") {
  check_spectrum<1>();  // 3
  check_spectrum<2>();  // 10
  check_spectrum<3>();  // 35
  check_spectrum<4>();  // 126
  check_spectrum<5>();  // 462
}

TEST_CASE("on a product of intervals, the tensor product") {
  using Square = wm::Product<Interval, Interval>;
  static_assert(std::is_same_v<Bernstein<Square, 2>, wm::Tensor<Bernstein<Interval, 2>, Bernstein<Interval, 2>>>);
  static_assert(Bernstein<Square, 2>::size == 9);
  CHECK(Bernstein<Square, 2>::name() == "bernstein2*bernstein2");
}
