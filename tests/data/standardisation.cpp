#include <wmanifold/data/standardisation.hpp>

#include <support/batches.hpp>
#include <support/doctest.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::Index, wm::Standardisation;

TEST_CASE_TEMPLATE("standardised training data has mean 0 and deviation 1, and the inverse restores it", R, float,
                   double) {
  wm::Matrix<R> x = support::matrix<R>(500, 3, 1);
  x.col(1) = (x.col(1).array() * R(1e-3) + R(0.5)).eval();
  x.col(2) = (x.col(2).array() * R(3e4) - R(2e5)).eval();
  Standardisation const fit(x);
  wm::Matrix<R> const y = fit.apply(x);
  for (Index c = 0; c < 3; ++c) {
    auto const column = y.col(c).template cast<double>().array();
    CHECK(std::abs(column.mean()) < 1e4 * std::numeric_limits<R>::epsilon());
    CHECK(std::sqrt(column.square().mean()) == doctest::Approx(1).epsilon(1e4 * std::numeric_limits<R>::epsilon()));
  }
  wm::Matrix<R> const back = fit.undo(y);
  CHECK((back - x).cwiseQuotient(x).cwiseAbs().maxCoeff() < 100 * std::numeric_limits<R>::epsilon());
  // A sample gives the same as in a batch, in place too.
  std::array<R, 3> sample{x(7, 0), x(7, 1), x(7, 2)};
  fit.apply(sample, sample);
  CHECK(std::equal(sample.begin(), sample.end(), y.row(7).data()));
  fit.undo(sample, sample);
  CHECK(std::equal(sample.begin(), sample.end(), back.row(7).data()));
  // The same from its stored numbers.
  CHECK(Standardisation<R>({fit.mean().begin(), fit.mean().end()}, {fit.scale().begin(), fit.scale().end()}) == fit);
}

TEST_CASE("other data is standardised by the training data's numbers") {
  Standardisation const fit(wm::Matrix<double>{{0, 10}, {2, 30}});
  CHECK(fit.apply(wm::Matrix<double>{{3, 20}}) == wm::Matrix<double>{{2, 0}});
  CHECK(fit.apply(wm::Matrix<double>(0, 2)).rows() == 0);
}

TEST_CASE("a constant column has the scale 1, with or without rounding of its sum; large numbers do not overflow") {
  wm::Matrix<double> x(7, 3);
  x.col(0).setConstant(0.1);
  x.col(1) << 1e300, -1e300, 1e300, -1e300, 1e300, -1e300, 1e300;
  x.col(2) << 1e-300, 2e-300, 1e-300, 2e-300, 1e-300, 2e-300, 1e-300;
  Standardisation const fit(x);
  CHECK(fit.scale()[0] == 1);
  CHECK(fit.apply(x).col(0) == Eigen::VectorXd::Zero(7));
  CHECK(fit.scale()[1] == doctest::Approx(0.9897e300).epsilon(1e-3));
  CHECK(fit.scale()[2] == doctest::Approx(0.49487e-300).epsilon(1e-3));
  CHECK(Standardisation(wm::Matrix<double>{{5, 6}}).scale()[0] == 1);  // one row: all are constant
}

TEST_CASE("data without rows, with NaN or infinities, or of another width is refused") {
  CHECK_THROWS_WITH_AS(Standardisation(wm::Matrix<double>(0, 2)),
                       doctest::Contains("standardisation: expected at least one sample, got an empty batch"),
                       wm::ArgumentError);
  double const nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(Standardisation(wm::Matrix<double>{{1, 2}, {1, nan}}),
                       doctest::Contains("expected finite numbers, got nan in row 1, column 1"), wm::ArgumentError);
  Standardisation const fit(wm::Matrix<double>{{0, 10}, {2, 30}});
  CHECK_THROWS_WITH_AS(static_cast<void>(fit.apply(wm::Matrix<double>(1, 3))),
                       doctest::Contains("standardisation: expected 2 columns, got 3"), wm::ArgumentError);
  std::array<double, 2> two{};
  std::array<double, 3> three{};
  CHECK_THROWS_AS(fit.apply(three, two), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(fit.undo(two, three), doctest::Contains("expected 2 columns in the result, got 3"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(Standardisation<double>({0, 0}, {1}),
                       doctest::Contains("expected 2 scales, one per mean, got 1"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(Standardisation(wm::Matrix<double>{{1, 1.7e308}, {2, 1.7e308}, {3, -1.7e308}}),
                       doctest::Contains("expected a positive, finite deviation, got "), wm::NumericalError);
  CHECK_THROWS_WITH_AS(Standardisation<double>({0, 0}, {1, 0}),
                       doctest::Contains("expected a finite mean and a positive scale, got 0 and 0 for column 1"),
                       wm::ArgumentError);
}
