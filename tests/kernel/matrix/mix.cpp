#include <wmanifold/kernel/matrix/mix.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/halves.hpp>
#include <support/targets.hpp>

namespace wm = wmanifold;
using wm::Index;

TEST_CASE_TEMPLATE("rows are mixed as in plain loops", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  for (Index const rows : {1, 2, 3, 4, 5}) {
    for (Index const count : {Index{1}, lanes - 1, lanes, lanes + 1, Index{47}, Index{48}, Index{49}, Index{1000}}) {
      if (count == 0) {
        continue;  // one lane
      }
      CAPTURE(rows);
      CAPTURE(count);
      support::Canvas<R> parameters(rows, count, 3, 1);
      support::Canvas<R> phi(1, rows, 0, 2);
      support::Canvas<R> mixed(1, count);
      wm::kernel::mix_rows<T, R>(phi.data(), rows, parameters.stride(), count, parameters.data(), mixed.data());

      support::SumError error(std::numeric_limits<R>::epsilon());
      for (Index n = 0; n < count; ++n) {
        double sum = 0;
        double terms = 0;
        for (Index k = 0; k < rows; ++k) {
          sum += phi(0, k) * parameters(k, n);
          terms += std::abs(phi(0, k) * parameters(k, n));
        }
        error.add(mixed(0, n), sum, terms);
      }
      CHECK(error.largest() < 4);
      CHECK(parameters.marks_untouched());
      CHECK(mixed.marks_untouched());
    }
  }
}

TEST_CASE_TEMPLATE("rows of 16 bits give the numbers of their floats, to the bit", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  auto const check = [&]<class S>(S) {
    for (Index const rows : {1, 2, 3, 4, 5}) {
      for (Index const count : {Index{1}, lanes + 1, 2 * lanes, 4 * lanes, 5 * lanes + 1, Index{4099}}) {
        Index const stride = count + 3;
        support::Canvas<R> const parameters(rows, count, 3, 1);
        support::Canvas<R> const phi(1, rows, 0, 2);
        support::Rounded<S, R> const rounded(parameters.data(), (rows - 1) * stride + count);
        support::Canvas<R> expected(1, count);
        support::Canvas<R> mixed(1, count);
        wm::kernel::mix_rows<T, R>(phi.data(), rows, stride, count, rounded.numbers.data(), expected.data());
        wm::kernel::mix_rows<T, R>(phi.data(), rows, stride, count, rounded.stored.data(), mixed.data());
        CHECK(mixed.same_numbers(expected));

        std::vector<Index> const chosen{rows - 1, 0};
        wm::kernel::ChosenRows<R> const some{phi.data(), chosen.data(), std::min<Index>(rows, 2), stride};
        wm::kernel::mix_chosen_rows<T, R>(some, count, rounded.numbers.data(), expected.data());
        wm::kernel::mix_chosen_rows<T, R>(some, count, rounded.stored.data(), mixed.data());
        CHECK(mixed.same_numbers(expected));
      }
    }
  };
  check(wm::BFloat16());
  check(wm::Float16());
}

TEST_CASE_TEMPLATE("the mix of no rows is zero", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  std::vector<R> mixed(5, R{7});
  wm::kernel::ChosenRows<R> const none{nullptr, nullptr, 0, 4};
  wm::kernel::mix_chosen_rows<T, R>(none, 4, static_cast<R const*>(nullptr), mixed.data());
  CHECK(mixed == std::vector<R>{0, 0, 0, 0, 7});
}
