#include <wmanifold/kernel/matrix/tile.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/targets.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

/// Compares a sweep of `rows` rows over a tile of `width` columns with the double loop. Scales are per row.
template <class P>
void check_sweep(bool by_rows, Index rows, Index width, Index depth, bool add, bool scaled) {
  using T = typename P::T;
  using R = typename P::Number;
  using B = wm::kernel::Block<T, R>;
  CAPTURE(rows);
  CAPTURE(width);
  CAPTURE(depth);
  CAPTURE(add);
  CAPTURE(scaled);
  support::Canvas<R> a = by_rows ? support::Canvas<R>(rows, depth, 1, 1) : support::Canvas<R>(depth, rows, 1, 1);
  support::Canvas<R> tile(depth, B::columns, 0, 2);
  support::Canvas<R> c(rows, width, 2, 3);
  support::Canvas<R> const before = c;
  support::Canvas<R> scale(rows, 1, 1, 4);
  R const* const from = a.data();
  auto const left = by_rows ? wm::kernel::by_rows(from, a.stride()) : wm::kernel::by_depth(from, a.stride());
  wm::kernel::sweep<T, R>(rows, left, tile.data(), B::columns, depth, width,
                          {c.data(), c.stride(), add, scaled ? scale.data() : nullptr, scale.stride()},
                          {tile.data(), B::columns, depth, width});
  support::SumError error(std::numeric_limits<R>::epsilon());
  for (Index r = 0; r < rows; ++r) {
    for (Index j = 0; j < width; ++j) {
      double sum = 0;
      double terms = 0;
      for (Index p = 0; p < depth; ++p) {
        double const term = (by_rows ? a(r, p) : a(p, r)) * tile(p, j) * (scaled ? scale(r, 0) : 1);
        sum += term;
        terms += std::abs(term);
      }
      double const there = add ? before(r, j) : 0;
      error.add(c(r, j), there + sum, std::abs(there) + terms);
    }
  }
  CHECK(error.largest() < 4);
  CHECK(c.marks_untouched());
}

}  // namespace

TEST_CASE_TEMPLATE("a sweep over a tile of any width, with or without a scale for each row, added or not", P,
                   EVERY_TARGET) {
  using B = wm::kernel::Block<typename P::T, typename P::Number>;
  for (Index width = 1; width <= B::columns; ++width) {
    Index const depth = 1 + width * 5 % 19;
    check_sweep<P>(true, B::rows + 4, width, depth, width % 2 == 0, width % 3 == 0);
    check_sweep<P>(false, 2 * B::rows + 1, width, depth, width % 3 == 0, width % 2 == 0);
  }
}

TEST_CASE_TEMPLATE("a packed row is scaled, and has zeros up to whole vectors", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index most = 3 * wm::simd::lanes<T, R>;
  for (Index width = 1; width <= most; ++width) {
    CAPTURE(width);
    Index const whole = wm::simd::whole_vectors<T, R>(width);
    support::Canvas<R> from(2, width, 1, 1);
    support::Canvas<R> once(1, whole, 0);
    support::Canvas<R> each(1, whole, 0);
    support::Canvas<R> copy(1, whole, 0);
    wm::kernel::pack_row<T, R>(R{3}, from.row(0), width, once.data());
    wm::kernel::pack_scaled_row<T, R>(from.row(1), from.row(0), width, each.data());
    wm::kernel::pack_scaled_row<T, R>(nullptr, from.row(0), width, copy.data());
    bool right = true;
    for (Index c = 0; c < whole; ++c) {
      bool const inside = c < width;
      right = right && once.row(0)[c] == (inside ? R{3} * from.row(0)[c] : R{0}) &&
              each.row(0)[c] == (inside ? from.row(1)[c] * from.row(0)[c] : R{0}) &&
              copy.row(0)[c] == (inside ? from.row(0)[c] : R{0});
    }
    CHECK(right);
    CHECK(once.marks_untouched());
    CHECK(each.marks_untouched());
    CHECK(copy.marks_untouched());
  }
}
