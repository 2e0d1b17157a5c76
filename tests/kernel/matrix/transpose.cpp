#include <wmanifold/kernel/matrix/transpose.hpp>

#include <wmanifold/core/simd.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/targets.hpp>

namespace wm = wmanifold;
using wm::Index;

TEST_CASE_TEMPLATE("rows become columns, scaled or not", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  for (Index const rows : {1, 15, 16, 17, 40}) {
    for (Index const columns : {1, 7, 16, 33}) {
      support::Canvas<R> from(rows, columns, 2, 1);
      support::Canvas<R> to(columns, rows, 5);
      support::Canvas<R> scaled(columns, rows, 5);
      support::Canvas<R> scale(columns, rows, 5, 2);
      wm::kernel::transpose<T, R>(rows, columns, from.data(), from.stride(), to.data(), to.stride());
      wm::kernel::transpose<T, R>(rows, columns, from.data(), from.stride(), scaled.data(), scaled.stride(),
                                  scale.data());
      for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < columns; ++c) {
          CHECK(to(c, r) == from(r, c));
          CHECK(scaled.row(c)[r] == from.row(r)[c] * scale.row(c)[r]);
        }
      }
      CHECK(to.marks_untouched());
      CHECK(scaled.marks_untouched());
    }
  }
}
