#include <wmanifold/functional/pinball.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;

TEST_CASE("the pinball loss weighs errors by the level, from either side") {
  wm::Matrix<double> const rows = (wm::Matrix<double>(1, 2) << 1, 1).finished();
  wm::ConstMatrixRef<double> const targets = rows;
  std::vector<double> const prediction{0, 3};
  std::vector<double> gradient(2);
  double const loss =
      wm::Pinball{}(wm::Interval::at(0.9), std::span<double const>(prediction), targets, 0, std::span(gradient));
  CHECK(loss == doctest::Approx((0.9 * 1 + 0.1 * 2) / 2));
  CHECK(gradient[0] == doctest::Approx(-0.45));
  CHECK(gradient[1] == doctest::Approx(0.05));
}

TEST_CASE("its minimiser is the quantile") {
  // Of 0, 1, ..., 99 the quantile of level 0.25 lies in [24, 25].
  double best = 1e300;
  double at = 0;
  for (double y = 0; y <= 99; y += 0.5) {
    double sum = 0;
    for (int i = 0; i < 100; ++i) {
      wm::Matrix<double> const row = wm::Matrix<double>::Constant(1, 1, i);
      sum += wm::Pinball{}(wm::Interval::at(0.25), std::span<double const>(&y, 1), wm::ConstMatrixRef<double>(row), 0,
                           std::span<double>{});
    }
    if (sum < best - 1e-9) {
      best = sum;
      at = y;
    }
  }
  CHECK(at == 24);
}
