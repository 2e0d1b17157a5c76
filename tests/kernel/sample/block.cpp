#include <wmanifold/kernel/sample/block.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/targets.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::Index;

TEST_CASE_TEMPLATE("a block of samples through one layer equals plain loops, whatever the block", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  constexpr Index samples = 13;
  for (Index const inputs : {Index{1}, lanes, Index{49}}) {
    for (Index const outputs :
         {Index{1}, lanes - 1, lanes, lanes + 1, 2 * lanes, 3 * lanes, 4 * lanes + 1, Index{49}}) {
      if (outputs == 0) {
        continue;  // one lane
      }
      CAPTURE(inputs);
      CAPTURE(outputs);
      Index const width = wm::simd::whole_vectors<T, R>(outputs);
      // Behind the biases, whole vectors are read.
      support::Canvas<R> layer(1, (inputs + 1) * outputs + width - outputs, 3, 1);
      support::Canvas<R> x(samples, inputs, 3, 2);
      support::Canvas<R> y(samples, width, 2);
      auto const run = [&](Index first, Index count, support::Canvas<R>& to) {
        wm::kernel::dense_block<T, R>(layer.data(), inputs, outputs, count, {x.row(first), x.stride()},
                                      {to.row(first), to.stride()});
      };
      run(0, samples, y);
      support::SumError error(std::numeric_limits<R>::epsilon());
      for (Index b = 0; b < samples; ++b) {
        for (Index o = 0; o < outputs; ++o) {
          double sum = layer(0, inputs * outputs + o);
          double terms = std::abs(sum);
          for (Index i = 0; i < inputs; ++i) {
            sum += layer(0, i * outputs + o) * x(b, i);
            terms += std::abs(layer(0, i * outputs + o) * x(b, i));
          }
          error.add(y(b, o), sum, terms);
        }
      }
      CHECK(error.largest() < 4);
      CHECK(y.marks_untouched());

      support::Canvas<R> parts(samples, width, 2);
      run(0, 1, parts);
      run(1, 9, parts);
      run(10, 3, parts);
      CHECK(parts.same_numbers(y));
    }
  }
}
