#include <wmanifold/kernel/matrix/product.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/targets.hpp>
#include <support/threads.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

template <class P>
using B = wm::kernel::Block<typename P::T, typename P::Number>;

enum class Lies { by_rows, by_depth };

/// Computes C = A B through the kernel, with A and B plain or transposed in memory.
template <class T, class R>
void multiply(support::Canvas<R>& a, support::Canvas<R>& b, support::Canvas<R>& c, Index rows, Index columns,
              Index depth, Lies left = Lies::by_rows, Lies right = Lies::by_rows, bool add = false) {
  auto const seen = [](support::Canvas<R>& m, Lies lies) -> wm::kernel::Strided<R> {
    return lies == Lies::by_rows ? wm::kernel::Strided<R>{m.data(), m.stride(), 1}
                                 : wm::kernel::Strided<R>{m.data(), 1, m.stride()};
  };
  wm::kernel::multiply<T, R>(rows, columns, depth, seen(a, left), seen(b, right), c.data(), c.stride(), add);
}

}  // namespace

TEST_CASE_TEMPLATE("a product equals the double loop, for all sizes", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  constexpr Index tile = B<P>::rows;
  constexpr Index depth_block = B<P>::depth;
  for (Index const rows : {Index{1}, tile - 1, tile, tile + 1, 2 * tile + 3}) {
    for (Index const columns : {Index{1}, lanes - 1, lanes, lanes + 1, 2 * lanes, 2 * lanes + 1, B<P>::columns - 1,
                                B<P>::columns, B<P>::columns + 1, Index{47}, Index{48}, Index{49}, Index{97}}) {
      for (Index const depth :
           {Index{1}, Index{2}, depth_block - 1, depth_block, depth_block + 1, 2 * depth_block, 2 * depth_block + 1}) {
        if (columns == 0) {
          continue;  // one lane
        }
        CAPTURE(rows);
        CAPTURE(columns);
        CAPTURE(depth);
        bool const turned = (rows + columns + depth) % 2 == 0;
        support::Canvas<R> a = turned ? support::Canvas<R>(depth, rows, 2, 1) : support::Canvas<R>(rows, depth, 2, 1);
        support::Canvas<R> b(depth, columns, 5, 2);
        support::Canvas<R> c(rows, columns, 3);
        multiply<T>(a, b, c, rows, columns, depth, turned ? Lies::by_depth : Lies::by_rows);
        support::SumError error(std::numeric_limits<R>::epsilon());
        for (Index r = 0; r < rows; ++r) {
          for (Index j = 0; j < columns; ++j) {
            double sum = 0;
            double terms = 0;
            for (Index p = 0; p < depth; ++p) {
              double const term = (turned ? a(p, r) : a(r, p)) * b(p, j);
              sum += term;
              terms += std::abs(term);
            }
            error.add(c(r, j), sum, terms);
          }
        }
        CHECK(error.largest() < 4);
        CHECK(c.marks_untouched());
      }
    }
  }
}

TEST_CASE_TEMPLATE("either side may lie transposed, and a product may be added to existing numbers", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index rows = 11;
  constexpr Index columns = 21;
  constexpr Index depth = 40;
  support::Canvas<R> a(rows, depth, 2, 1);
  support::Canvas<R> b(depth, columns, 5, 2);
  support::Canvas<R> a_turned(depth, rows, 1);
  support::Canvas<R> b_turned(columns, depth, 4);
  for (Index p = 0; p < depth; ++p) {
    for (Index r = 0; r < rows; ++r) {
      a_turned.row(p)[r] = a.row(r)[p];
    }
    for (Index j = 0; j < columns; ++j) {
      b_turned.row(j)[p] = b.row(p)[j];
    }
  }
  support::Canvas<R> expected(rows, columns, 3);
  multiply<T>(a, b, expected, rows, columns, depth);
  for (Lies const left : {Lies::by_rows, Lies::by_depth}) {
    for (Lies const right : {Lies::by_rows, Lies::by_depth}) {
      for (bool const add : {false, true}) {
        support::Canvas<R> c(rows, columns, 3, 7);
        auto const before = c;
        multiply<T>(left == Lies::by_rows ? a : a_turned, right == Lies::by_rows ? b : b_turned, c, rows, columns,
                    depth, left, right, add);
        for (Index r = 0; r < rows; ++r) {
          for (Index j = 0; j < columns; ++j) {
            R const sum = expected.row(r)[j];
            CHECK(c.row(r)[j] == (add ? sum + static_cast<R>(before(r, j)) : sum));
          }
        }
        CHECK(c.marks_untouched());
      }
    }
  }
}

TEST_CASE("an empty product writes nothing") {
  support::Canvas<double> a(1, 1, 2, 1);
  support::Canvas<double> b(1, 1, 2, 2);
  support::Canvas<double> c(0, 4);
  multiply<wm::HostTarget>(a, b, c, 0, 4, 1);
  multiply<wm::HostTarget>(a, b, c, 1, 0, 1);
  CHECK(c.marks_untouched());
}

TEST_CASE_TEMPLATE("a product does not depend on the number of threads, to the last bit", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index rows = 157;
  constexpr Index columns = 149;
  constexpr Index depth = 301;
  static_assert(rows * columns * depth > 3 * wm::parallel_threshold, "three threads are worth it");
  support::Canvas<R> a(rows, depth, 0, 1);
  support::Canvas<R> b(depth, columns, 0, 2);
  std::vector<support::Canvas<R>> results;
  for (int const threads : {1, 2, 3}) {
    support::Threads const limit(threads);
    results.emplace_back(rows, columns);
    multiply<T>(a, b, results.back(), rows, columns, depth);
    CHECK(results.back().marks_untouched());
  }
  for (Index r = 0; r < rows; ++r) {
    for (Index j = 0; j < columns; ++j) {
      REQUIRE(results[0](r, j) == results[1](r, j));
      REQUIRE(results[0](r, j) == results[2](r, j));
    }
  }
}
