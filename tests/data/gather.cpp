#include <wmanifold/data/gather.hpp>
#include <wmanifold/topology/s1.hpp>

#include <support/doctest.hpp>

namespace wm = wmanifold;
using wm::Index;

TEST_CASE("rows, labels and points are gathered alike") {
  wm::Matrix<float> const inputs =
      wm::Matrix<float>::NullaryExpr(4, 2, [](Index i, Index j) { return static_cast<float>(10 * i + j); });
  std::vector<Index> const some{3, 0, 3};
  auto const rows = wm::gather(inputs, some);
  CHECK(rows.rows() == 3);
  CHECK(rows(0, 1) == 31);
  CHECK(rows(1, 0) == 0);
  CHECK(rows.row(2) == rows.row(0));
  CHECK(wm::gather(inputs.rightCols(1), some)(0, 0) == 31);
  CHECK(wm::gather(std::vector<int>{5, 6, 7, 8}, some) == std::vector<int>{8, 5, 8});
  std::vector<wm::Point<wm::S1>> const angles{wm::S1::degrees(0), wm::S1::degrees(10), wm::S1::degrees(20),
                                              wm::S1::degrees(30)};
  CHECK(wm::gather(angles, some) == std::vector{angles[3], angles[0], angles[3]});
  CHECK(wm::gather(inputs, std::vector<Index>{}).rows() == 0);
}

TEST_CASE("an index out of range is refused") {
  std::vector<Index> const bad{0, 4};
  CHECK_THROWS_WITH_AS(wm::gather(std::vector<int>(4), bad),
                       doctest::Contains("expected indices of 4 samples, counted from 0, got 4 at position 1"),
                       wm::ArgumentError);
  CHECK_THROWS_AS(wm::gather(wm::Matrix<double>(4, 1), std::vector<Index>{-1}), wm::ArgumentError);
}
