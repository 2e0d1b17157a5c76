#include <wmanifold/kernel/matrix/mix.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/targets.hpp>

namespace wm = wmanifold;
using wm::Index;

TEST_CASE_TEMPLATE("rows are mixed as in plain loops", P, support::HostFloat, support::HostDouble, support::ScalarFloat,
                   support::ScalarDouble) {
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
