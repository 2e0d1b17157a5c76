#include <wmanifold/core/matrix.hpp>

#include "support/doctest.hpp"

#include <limits>
#include <type_traits>

namespace wm = wmanifold;

TEST_CASE_TEMPLATE("a batch must have samples, the right width and finite numbers", R, float, double) {
  wm::Matrix<R> batch = wm::Matrix<R>::Constant(3, 4, R{0.5});
  wm::Matrix<R> const before = batch;
  CHECK_NOTHROW(wm::require_batch<R>("inputs", batch, 4));
  CHECK_THROWS_WITH_AS(wm::require_batch<R>("inputs", batch, 5), "wmanifold: inputs: expected 5 columns, got 4",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::require_batch<R>("inputs", wm::Matrix<R>(0, 4), 4),
                       "wmanifold: inputs: expected at least one sample, got an empty batch", wm::ArgumentError);
  CHECK(batch == before);

  batch(2, 3) = std::numeric_limits<R>::infinity();
  CHECK_THROWS_WITH_AS(wm::require_batch<R>("inputs", batch, 4),
                       "wmanifold: inputs: expected finite numbers, got inf in row 2, column 3", wm::ArgumentError);
  batch(1, 0) = std::numeric_limits<R>::quiet_NaN();
  CHECK_THROWS_WITH_AS(wm::require_batch<R>("inputs", batch, 4),
                       "wmanifold: inputs: expected finite numbers, got nan in row 1, column 0", wm::ArgumentError);
}

TEST_CASE("a block is viewed without a copy, and numbers beside it have no influence") {
  wm::Matrix<double> whole = wm::Matrix<double>::Constant(4, 6, std::numeric_limits<double>::quiet_NaN());
  whole.block(1, 2, 2, 3).setOnes();
  wm::ConstMatrixRef<double> const view(whole.block(1, 2, 2, 3));
  CHECK(view.data() == &whole(1, 2));
  CHECK(view.outerStride() == 6);
  CHECK_NOTHROW(wm::require_batch<double>("inputs", view, 3));

  wm::MatrixRef<double> writable(whole.block(0, 0, 2, 2));
  writable(0, 1) = 7;
  CHECK(whole(0, 1) == 7);
}

TEST_CASE("batches are row-major and move without copying") {
  wm::Matrix<float> batch(2, 3);
  batch << 1, 2, 3, 4, 5, 6;
  CHECK(batch.data()[3] == 4);
  auto const* storage = batch.data();
  wm::Matrix<float> const moved = std::move(batch);
  CHECK(moved.data() == storage);
  static_assert(std::is_nothrow_move_constructible_v<wm::Matrix<float>>);
  static_assert(std::is_same_v<wm::SmallMatrix::Scalar, double>);
}
