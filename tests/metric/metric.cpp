#include <wmanifold/metric/metric.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/metric/metric.hpp>

#include "support/doctest.hpp"

#include <limits>
#include <type_traits>

namespace wm = wmanifold;
using wm::SmallMatrix;

namespace {

SmallMatrix matrix(wm::Index rows, wm::Index columns, std::initializer_list<double> numbers) {
  SmallMatrix m(rows, columns);
  auto from = numbers.begin();
  for (wm::Index i = 0; i < rows; ++i) {
    for (wm::Index j = 0; j < columns; ++j) {
      m(i, j) = *from++;
    }
  }
  return m;
}

}  // namespace

TEST_CASE_TEMPLATE("inverse and Cholesky factor of every basis", B, wm::Line, wm::Bernstein<wm::Interval, 5>,
                   wm::Ellipse, wm::Fourier<wm::Torus<2>, 2>, wm::SphericalHarmonics<wm::S2, 3>,
                   wm::Tensor<wm::Line, wm::Ellipse>) {
  wm::Metric const metric{B{}};
  auto const& c = metric.cholesky();
  SmallMatrix const identity = SmallMatrix::Identity(B::size, B::size);
  CHECK(metric.gram() == wm::gram_matrix(B{}));
  CHECK((metric.gram() * metric.inverse() - identity).cwiseAbs().maxCoeff() < 1e-12);
  CHECK(metric.inverse() == SmallMatrix(metric.inverse().transpose()));
  CHECK((c * c.transpose() - metric.gram()).cwiseAbs().maxCoeff() < 1e-15);
  CHECK(c == SmallMatrix(c.triangularView<Eigen::Lower>()));
  CHECK(c.diagonal().minCoeff() > 0);
}

TEST_CASE("the line's Cholesky factor, as in whitened coordinates") {
  wm::Metric const metric{wm::Line{}};
  double const a = 1 / std::sqrt(3.0);
  CHECK((metric.cholesky() - matrix(2, 2, {a, 0, a / 2, 0.5})).cwiseAbs().maxCoeff() < 1e-15);
}

TEST_CASE("a matrix that is no metric is refused") {
  auto const refused = [](SmallMatrix const& m, char const* size) {
    CHECK_THROWS_WITH_AS(
        wm::Metric{m},
        (std::string("wmanifold: metric: expected a symmetric positive definite matrix, got another one of ") + size)
            .c_str(),
        wm::ArgumentError);
  };
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const inf = std::numeric_limits<double>::infinity();
  refused(matrix(2, 2, {1, 2, 2, 1}), "2 x 2");              // indefinite
  refused(matrix(2, 2, {1, 1, 1, 1}), "2 x 2");              // singular
  refused(matrix(1, 1, {-1}), "1 x 1");                      // negative
  refused(matrix(2, 2, {2, 1, 0, 2}), "2 x 2");              // not symmetric
  refused(matrix(2, 2, {2, 0, 1, 2}), "2 x 2");              // nor in the other triangle
  refused(matrix(2, 2, {2e-14, 1e-14, 0, 2e-14}), "2 x 2");  // the same, in small units
  refused(matrix(2, 3, {1, 0, 0, 0, 1, 0}), "2 x 3");
  refused(matrix(3, 2, {1, 0, 0, 1, 0, 0}), "3 x 2");
  refused(matrix(2, 2, {1, nan, nan, 1}), "2 x 2");
  refused(matrix(1, 1, {nan}), "1 x 1");
  refused(matrix(2, 2, {inf, 0, 0, 1}), "2 x 2");
  refused(SmallMatrix(0, 0), "0 x 0");
}

TEST_CASE("a user's own matrix") {
  wm::Metric const metric(matrix(2, 2, {2, 1, 1, 2}));
  CHECK((metric.inverse() - matrix(2, 2, {2, -1, -1, 2}) / 3).cwiseAbs().maxCoeff() < 1e-15);
}

TEST_CASE("metrics copy and move like values") {
  static_assert(std::copyable<wm::Metric>);
  static_assert(std::is_nothrow_move_constructible_v<wm::Metric> && std::is_nothrow_move_assignable_v<wm::Metric>);
  static_assert(!std::is_convertible_v<SmallMatrix, wm::Metric> && !std::is_convertible_v<wm::Line, wm::Metric>);
  wm::Metric original{wm::Line{}};
  wm::Metric copy = original;
  CHECK(copy.inverse() == original.inverse());
  CHECK(copy.inverse().data() != original.inverse().data());
  auto const* storage = original.inverse().data();
  wm::Metric const moved = std::move(original);
  CHECK(moved.inverse().data() == storage);
  copy = wm::Metric{wm::Ellipse{}};
  CHECK(copy.gram().rows() == 3);
}
