#include <wmanifold/network/dense.hpp>

#include <wmanifold/network/activation.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace wm = wmanifold;

static_assert(wm::DenseLayer<wm::Dense<3, 4>> && wm::DenseLayer<wm::Dense<>> && !wm::DenseLayer<wm::Relu>);
static_assert(wm::Dense<3, 4>::is_static && !wm::Dense<3>::is_static && !wm::Dense<wm::dynamic, 4>::is_static);
static_assert(std::default_initializable<wm::Dense<3, 4>>);
static_assert(!std::default_initializable<wm::Dense<>> && !std::default_initializable<wm::Dense<3>>);
static_assert(wm::Dense<3, 4>{}.inputs() == 3 && wm::Dense<3, 4>{}.outputs() == 4);
static_assert(wm::Dense<>(5, 6).inputs() == 5 && wm::Dense<>(5, 6).outputs() == 6);
static_assert(wm::Dense<>(5, 6) == wm::Dense<>(5, 6) && wm::Dense<>(5, 6) != wm::Dense<>(6, 5));

TEST_CASE("sizes below one, or other than those in the type, are refused") {
  auto const message = [](auto const& make, char const* text) {
    CHECK_THROWS_WITH_AS((void)make(), doctest::Contains(text), wm::ArgumentError);
  };
  message([] { return wm::Dense<>(0, 1); }, "got 0 inputs and 1 outputs");
  message([] { return wm::Dense<>(2, -1); }, "got 2 inputs and -1 outputs");
  message([] { return wm::Dense<3>(4, 1); }, "agree with the type, got 4 inputs");
  message([] { return wm::Dense<wm::dynamic, 2>(4, 1); }, "and 1 outputs");
  CHECK_NOTHROW((void)wm::Dense<3>(3, 1));
  constexpr wm::Index large = wm::Index{1} << 31;
  message([] { return wm::Dense<>(large, large); },
          "dense layer: expected at most 2^40 numbers, got 4.61168602e+18 of 2147483648 inputs");
  message([] { return wm::Dense<>(std::numeric_limits<wm::Index>::max(), 1); }, "expected at most 2^40 numbers");
  message([] { return wm::LowRankDense<>(1, 1, large << 10); }, "expected at most 2^40 numbers");
  CHECK_NOTHROW((void)wm::Dense<>(1 << 20, 1 << 19));
}
