#include <wmanifold/kernel/elementwise/softmax.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/targets.hpp>

namespace wm = wmanifold;
using wm::Index;

TEST_CASE_TEMPLATE("cross-entropy of a softmax, and its derivative, agree with the formula", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  double const epsilon = static_cast<double>(std::numeric_limits<R>::epsilon());
  for (Index const count : {Index{1}, Index{2}, Index{10}, lanes, lanes + 1, 3 * lanes - 1}) {
    for (double const offset : {0.0, 80.0, -1000.0}) {  // no exponential overflows, and not all vanish
      CAPTURE(count);
      CAPTURE(offset);
      support::Canvas<R> x(1, count, 3, 4);
      for (Index o = 0; o < count; ++o) {
        x.row(0)[o] += static_cast<R>(offset);
      }
      support::Canvas<R> slope(1, count);
      Index const label = count / 2;
      R const loss = wm::kernel::softmax_cross_entropy<T, R>(count, x.data(), label, slope.data());
      double sum = 0;
      for (Index o = 0; o < count; ++o) {
        sum += std::exp(x(0, o) - offset);
      }
      double const room = 4 * epsilon * std::max(1.0, std::abs(offset));
      CHECK(std::abs(loss - (std::log(sum) - (x(0, label) - offset))) <= room);
      for (Index o = 0; o < count; ++o) {
        CHECK(std::abs(slope(0, o) - (std::exp(x(0, o) - offset) / sum - (o == label ? 1 : 0))) <= 8 * epsilon);
      }
      CHECK(slope.marks_untouched());
      R const alone = wm::kernel::softmax_cross_entropy<T, R>(count, x.data(), label, nullptr);
      CHECK(alone == loss);
    }
  }
}

TEST_CASE("a NaN logit makes a NaN loss") {
  double slope[3];
  double const logits[] = {0.0, std::nan(""), 1.0};
  CHECK(std::isnan(wm::kernel::softmax_cross_entropy<wm::HostTarget, double>(3, logits, 0, slope)));
}
