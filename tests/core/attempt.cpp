#include <wmanifold/core/attempt.hpp>

#include "support/doctest.hpp"

namespace wm = wmanifold;
using wm::detail::attempt;
using wm::detail::rephrased;

TEST_CASE("an attempt gives the result of the call, or another one for its error") {
  CHECK(attempt<wm::NumericalError>([] { return 1; }, [] { return 2; }) == 1);
  CHECK(attempt<wm::NumericalError>([]() -> int { wm::fail<wm::NumericalError>("x"); }, [] { return 2; }) == 2);
  CHECK_THROWS_AS(attempt<wm::NumericalError>([]() -> int { wm::fail("x"); }, [] { return 2; }), wm::ArgumentError);
}

TEST_CASE("the text of a refused argument becomes part of another error") {
  auto const rephrase = [](char const* reason) { wm::fail<wm::FileError>("a.bin: ", reason); };
  CHECK(rephrased([] { return 1; }, rephrase) == 1);
  CHECK_THROWS_WITH_AS(rephrased([]() -> int { wm::fail("a sentence"); }, rephrase),
                       "wmanifold: a.bin: wmanifold: a sentence", wm::FileError);
  CHECK_THROWS_WITH_AS(rephrased([]() -> int { wm::fail<wm::NumericalError>("x"); }, rephrase), "wmanifold: x",
                       wm::NumericalError);
}
