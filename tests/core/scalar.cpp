#include <wmanifold/core/scalar.hpp>

#include <wmanifold/core/simd.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace wm = wmanifold;

TEST_CASE_TEMPLATE("a target without vectors has batches of one number", R, float, double) {
  using T = wm::Target<wm::Scalar, false>;
  using V = wm::simd::Batch<T, R>;
  CHECK(std::is_same_v<V, wm::simd::Single<R>>);
  CHECK(wm::simd::lanes<T, R> == 1);
  CHECK(wm::simd::registers<T> == 16);
  R const from[] = {R{3}, R{5}};
  R to[] = {R{0}, R{0}};
  V::load_unaligned(from + 1).store_unaligned(to);
  CHECK(to[0] == 5);
  V::load_aligned(from).store_aligned(to + 1);
  CHECK(to[1] == 3);
  CHECK(wm::simd::sum_of(V(R{7})) == 7);
  CHECK(wm::simd::constant<V>(0.1).value == static_cast<R>(0.1));
}

TEST_CASE_TEMPLATE("arithmetic of a batch of one equals that of the number", R, float, double) {
  using V = wm::simd::Single<R>;
  R const x = R{2.75};
  R const y = R{-0.375};
  CHECK((V(x) + V(y)).value == x + y);
  CHECK((V(x) - V(y)).value == x - y);
  CHECK((V(x) * V(y)).value == x * y);
  CHECK((V(x) / V(y)).value == x / y);
  CHECK((-V(x)).value == -x);
  V z(x);
  CHECK((z += V(y)).value == x + y);
  z = V(x);
  CHECK((z -= V(y)).value == x - y);
  z = V(x);
  CHECK((z *= V(y)).value == x * y);
  // Exact, so one rounding and two give the same.
  CHECK(wm::simd::fma(V(R{1.5}), V(R{-2.5}), V(R{0.25})).value == R{-3.5});
}

TEST_CASE_TEMPLATE("a batch of one compares like the number, NaN too", R, float, double) {
  using V = wm::simd::Single<R>;
  for (R const x : {R{1}, R{2}, std::numeric_limits<R>::quiet_NaN()}) {
    for (R const y : {R{1}, R{2}}) {
      CHECK((V(x) < V(y)) == (x < y));
      CHECK((V(x) > V(y)) == (x > y));
      CHECK((V(x) <= V(y)) == (x <= y));
      CHECK((V(x) >= V(y)) == (x >= y));
    }
  }
  using wm::simd::select;
  CHECK(select(V(R{1}) < V(R{2}), V(R{3}), V(R{4})).value == 3);
  CHECK(select(V(R{2}) < V(R{1}), V(R{3}), V(R{4})).value == 4);
  CHECK(max(V(R{3}), V(R{4})).value == 4);
  CHECK(max(V(R{4}), V(R{3})).value == 4);
}

TEST_CASE_TEMPLATE("elementary functions of a batch of one equal those of std", R, float, double) {
  using V = wm::simd::Single<R>;
  using namespace wm::simd;
  for (double at = -6; at <= 6; at += 0.37) {
    R const x = static_cast<R>(at);
    CAPTURE(x);
    CHECK(abs(V(x)).value == std::abs(x));
    CHECK(exp(V(x)).value == std::exp(x));
    CHECK(expm1(V(x)).value == std::expm1(x));
    CHECK(tanh(V(x)).value == std::tanh(x));
    CHECK(erf(V(x)).value == std::erf(x));
    CHECK(sqrt(V(std::abs(x))).value == std::sqrt(std::abs(x)));
    CHECK(log1p(V(std::abs(x))).value == std::log1p(std::abs(x)));
  }
}
