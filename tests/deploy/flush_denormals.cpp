#include <wmanifold/deploy/flush_denormals.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace wm = wmanifold;

namespace {

template <class R>
R half_of(R x) {
  R const volatile number = x;
  R const volatile half = number * R{0.5};
  return half;
}

template <class R>
bool keeps_denormals() {
  return half_of(std::numeric_limits<R>::min()) > 0 && half_of(std::numeric_limits<R>::denorm_min() * 4) > 0;
}

}  // namespace

TEST_CASE_TEMPLATE("denormal numbers count as zero only while the guard lives", R, float, double) {
  REQUIRE(keeps_denormals<R>());
  {
    wm::FlushDenormals const guard;
    if constexpr (wm::FlushDenormals::does) {
      CHECK(half_of(std::numeric_limits<R>::min()) == 0);
    }
    { wm::FlushDenormals const inner; }
    CHECK(keeps_denormals<R>() != wm::FlushDenormals::does);
    CHECK(half_of(R{1}) == R{0.5});
  }
  CHECK(keeps_denormals<R>());
}
