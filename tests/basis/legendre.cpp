#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/metric/metric.hpp>
#include <wmanifold/testing/basis_laws.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::Interval, wm::Legendre;

static_assert(Legendre<Interval, 3>::size == 4 && Legendre<Interval, 3>::degree == 3);
static_assert(Legendre<Interval, 3>::gram(2, 2) == 0.2 && Legendre<Interval, 3>::gram(0, 2) == 0);

TEST_CASE_TEMPLATE("Legendre polynomials keep the laws of a basis", B, Legendre<Interval, 0>, Legendre<Interval, 1>,
                   Legendre<Interval, 2>, Legendre<Interval, 3>, Legendre<Interval, 4>, Legendre<Interval, 5>,
                   Legendre<Interval, 12>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE("values and metric by closed forms") {
  using B = Legendre<Interval, 3>;
  CHECK(B::name() == "legendre3");
  CHECK(wm::values_at(B{}, Interval::at(0)) == std::array<double, 4>{1, -1, 1, -1});
  CHECK(wm::values_at(B{}, Interval::at(1)) == std::array<double, 4>{1, 1, 1, 1});
  CHECK(wm::values_at(B{}, Interval::at(0.5)) == std::array<double, 4>{1, 0, -0.5, 0});
  wm::SmallMatrix const expected = Eigen::Vector4d(1, 3, 5, 7).asDiagonal();
  CHECK((wm::Metric(B{}).inverse() - expected).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("on a product of intervals, the tensor product") {
  using Square = wm::Product<Interval, Interval>;
  static_assert(std::is_same_v<Legendre<Square, 2>, wm::Tensor<Legendre<Interval, 2>, Legendre<Interval, 2>>>);
  support::check_laws(wm::testing::basis_laws(Legendre<Square, 2>{}, wm::Seed{1}));
}
