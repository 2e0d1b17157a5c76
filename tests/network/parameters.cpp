#include <wmanifold/network/parameters.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;
using wm::Index;

TEST_CASE_TEMPLATE("rows start on cache lines, with zeros between", R, float, double) {
  constexpr Index line = static_cast<Index>(wm::alignment / sizeof(R));
  for (Index const columns : {Index{1}, line - 1, line, line + 1}) {
    wm::Parameters<R> block(3, columns);
    CHECK(block.rows() == 3);
    CHECK(block.columns() == columns);
    CHECK(block.stride() % line == 0);
    CHECK(block.stride() >= columns);
    CHECK(block.stride() < columns + line);
    for (Index k = 0; k < 3; ++k) {
      CHECK(reinterpret_cast<std::uintptr_t>(block.row(k).data()) % wm::alignment == 0);
      CHECK(static_cast<Index>(block.row(k).size()) == columns);
      std::fill(block.row(k).begin(), block.row(k).end(), static_cast<R>(k + 1));
    }
    for (Index n = 0; n < 3 * block.stride(); ++n) {
      CHECK(block.data()[n] == static_cast<R>(n % block.stride() < columns ? n / block.stride() + 1 : 0));
    }
    block.set_zero();
    CHECK(block == wm::Parameters<R>(3, columns));
  }
}

TEST_CASE("Eigen sees the block without its padding") {
  wm::Parameters<double> block(2, 3);
  block.matrix()(1, 2) = 5;
  CHECK(block.row(1)[2] == 5);
  block.matrix().setConstant(2);
  auto const& constant = block;
  CHECK(constant.matrix().rows() == 2);
  CHECK(constant.matrix().cols() == 3);
  CHECK(constant.matrix().sum() == 12);
  CHECK(constant.matrix().data() == block.data());
  CHECK(block.data()[3] == 0);
}

TEST_CASE("blocks are values") {
  wm::Parameters<double> block(2, 3);
  block.row(1)[1] = 7;
  auto copy = block;
  CHECK(copy == block);
  copy.row(0)[0] = 1;
  CHECK(copy != block);
  CHECK(block.row(0)[0] == 0);
  auto const moved = std::move(copy);
  CHECK(moved.row(0)[0] == 1);
  wm::Parameters<double> assigned;
  CHECK(assigned.rows() == 0);
  assigned = block;
  CHECK(assigned == block);
  CHECK(wm::Parameters<double>(2, 3) != wm::Parameters<double>(3, 2));
}

TEST_CASE("a block of other sizes is refused") {
  wm::Parameters<double> const block(2, 3, 4);
  auto const refuses = [&](wm::Parameters<double> const& other, char const* message) {
    CHECK_THROWS_WITH_AS(wm::require_sizes_of(block, "block", other), message, wm::ArgumentError);
  };
  CHECK_NOTHROW(wm::require_sizes_of(block, "block", block));
  refuses(wm::Parameters<double>(3, 3, 4), "wmanifold: block: expected 2 rows, got 3");
  refuses(wm::Parameters<double>(2, 4, 4), "wmanifold: block: expected 3 columns, got 4");
  refuses(wm::Parameters<double>(2, 3, 5), "wmanifold: block: expected 4 shared numbers, got 5");
}
