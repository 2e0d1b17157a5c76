#include <wmanifold/core/real.hpp>

#include "support/doctest.hpp"

#include <limits>
#include <vector>

namespace wm = wmanifold;

static_assert(wm::Real<float> && wm::Real<double>);
static_assert(!wm::Real<int> && !wm::Real<long double> && !wm::Real<float const> && !wm::Real<double&>);

TEST_CASE_TEMPLATE("all_finite finds NaN and infinities at every place", R, float, double) {
  using Limits = std::numeric_limits<R>;
  CHECK(wm::all_finite<R>(nullptr, 0));
  for (wm::Index size : {1, 2, 3, 7, 8, 16, 33}) {
    std::vector<R> numbers(static_cast<std::size_t>(size), R{1});
    CHECK(wm::all_finite(numbers.data(), size));
    for (auto& place : numbers) {
      for (R const bad : {Limits::quiet_NaN(), -Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
        place = bad;
        CHECK_FALSE(wm::all_finite(numbers.data(), size));
      }
      for (R const good :
           {R{0}, -R{0}, Limits::denorm_min(), -Limits::denorm_min(), Limits::min(), Limits::max(), Limits::lowest()}) {
        place = good;
        CHECK(wm::all_finite(numbers.data(), size));
      }
    }
  }
  // Only the given number of entries counts.
  R const numbers[] = {1, 2, Limits::quiet_NaN()};
  CHECK(wm::all_finite(numbers, 2));
}

TEST_CASE_TEMPLATE("is_finite and is_nan go by the bits, at compile time too", R, float, double) {
  using Limits = std::numeric_limits<R>;
  static_assert(wm::is_finite(R{1}) && !wm::is_finite(Limits::infinity()) && wm::is_nan(Limits::quiet_NaN()));
  for (R const x : {R{0}, -R{0}, R{1}, Limits::denorm_min(), Limits::max(), Limits::lowest()}) {
    CHECK(wm::is_finite(x));
    CHECK_FALSE(wm::is_nan(x));
  }
  for (R const x : {Limits::quiet_NaN(), -Limits::quiet_NaN(), Limits::signaling_NaN()}) {
    CHECK_FALSE(wm::is_finite(x));
    CHECK(wm::is_nan(x));
  }
  for (R const x : {Limits::infinity(), -Limits::infinity()}) {
    CHECK_FALSE(wm::is_finite(x));
    CHECK_FALSE(wm::is_nan(x));
  }
}
