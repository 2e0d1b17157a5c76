#include <wmanifold/kernel/elementwise/activate.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/targets.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

template <class V>
struct Result {
  V value;
  V derivative;
};

/// A function with exact arithmetic, for tests of equality.
struct Square {
  template <class V>
  Result<V> operator()(V const& x) const {
    return {x * x, x + x};
  }
};

}  // namespace

TEST_CASE_TEMPLATE("a function is applied to every number of a block and to none beside it", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  for (Index const count : {Index{0}, Index{1}, lanes - 1, lanes, lanes + 1, Index{47}, Index{48}, Index{49}}) {
    CAPTURE(count);
    support::Canvas<R> values(1, count, 3, 1);
    auto const x = values;
    support::Canvas<R> derivatives(1, count);
    auto alone = values;
    wm::kernel::activate<T, R>(Square{}, count, values.data(), derivatives.data());
    wm::kernel::activate<T, R>(Square{}, count, alone.data(), static_cast<R*>(nullptr));
    for (Index n = 0; n < count; ++n) {
      auto const exact = static_cast<R>(x(0, n));
      CHECK(values(0, n) == static_cast<double>(exact * exact));
      CHECK(alone(0, n) == values(0, n));
      CHECK(derivatives(0, n) == static_cast<double>(exact + exact));
    }
    CHECK(values.marks_untouched());
    CHECK(alone.marks_untouched());
    CHECK(derivatives.marks_untouched());
  }
}

TEST_CASE_TEMPLATE("a value does not depend on its place", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  auto const transcendental = [](auto const& x) {
    auto const e = wm::simd::exp(x);
    return Result<std::remove_cvref_t<decltype(x)>>{wm::simd::tanh(x), e};
  };
  Index const count = 2 * lanes + 1;
  std::vector<R> values(static_cast<std::size_t>(count), static_cast<R>(0.7));
  std::vector<R> derivatives(values.size());
  wm::kernel::activate<T, R>(transcendental, count, values.data(), derivatives.data());
  for (std::size_t n = 1; n < values.size(); ++n) {
    CHECK(values[n] == values[0]);
    CHECK(derivatives[n] == derivatives[0]);
  }
}
