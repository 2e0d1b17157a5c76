#include <wmanifold/kernel/sample/dense.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/halves.hpp>
#include <support/targets.hpp>

namespace wm = wmanifold;
using wm::Index;

TEST_CASE_TEMPLATE("one sample through one layer equals plain loops", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  for (Index const inputs : {Index{1}, Index{2}, lanes, Index{49}}) {
    for (Index const outputs : {Index{1}, lanes - 1, lanes, lanes + 1, 4 * lanes + 1, Index{48}, Index{49}}) {
      if (outputs == 0) {
        continue;  // one lane
      }
      CAPTURE(inputs);
      CAPTURE(outputs);
      support::Canvas<R> layer(1, (inputs + 1) * outputs, 3, 1);
      support::Canvas<R> x(1, inputs, 3, 2);
      support::Canvas<R> y(1, outputs);
      wm::kernel::dense_sample<T, R>(layer.data(), inputs, outputs, x.data(), y.data());
      support::SumError error(std::numeric_limits<R>::epsilon());
      for (Index o = 0; o < outputs; ++o) {
        double sum = layer(0, inputs * outputs + o);
        double terms = std::abs(sum);
        for (Index i = 0; i < inputs; ++i) {
          sum += layer(0, i * outputs + o) * x(0, i);
          terms += std::abs(layer(0, i * outputs + o) * x(0, i));
        }
        error.add(y(0, o), sum, terms);
      }
      CHECK(error.largest() < 4);
      CHECK(y.marks_untouched());
    }
  }
}

TEST_CASE_TEMPLATE("a layer of 16 bits gives the outputs of its floats, to the bit", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr wm::Index lanes = wm::simd::lanes<T, R>;
  auto const check = [&]<class S>(S) {
    for (wm::Index const outputs : {wm::Index{1}, lanes + 1, 4 * lanes, 6 * lanes + 1, 9 * lanes + 3}) {
      wm::Index const inputs = 19;
      support::Canvas<R> const layer(1, (inputs + 1) * outputs, 3, 1);
      support::Canvas<R> const x(1, inputs, 3, 2);
      support::Rounded<S, R> const rounded(layer.data(), (inputs + 1) * outputs);
      support::Canvas<R> expected(1, outputs);
      support::Canvas<R> y(1, outputs);
      wm::kernel::dense_sample<T, R>(rounded.numbers.data(), inputs, outputs, x.data(), expected.data());
      wm::kernel::dense_sample<T, R>(rounded.stored.data(), inputs, outputs, x.data(), y.data());
      CHECK(y.same_numbers(expected));
    }
  };
  check(wm::BFloat16());
  check(wm::Float16());
}

namespace {

/// 3 x, as an activation.
struct Tripled {
  template <class X>
  struct Result {
    X value;
  };
  template <class X>
  Result<X> operator()(X x) const {
    return {x + x + x};
  }
};

/// Compares a layer of sizes in types with plain loops.
template <class P, Index Inputs, Index Outputs>
void check_static_sizes() {
  using T = typename P::T;
  using R = typename P::Number;
  CAPTURE(Inputs);
  CAPTURE(Outputs);
  constexpr Index read = Inputs * Outputs + wm::simd::whole_vectors<T, R>(Outputs);  // whole vectors of the bias
  support::Canvas<R> const layer(1, read, 3, 1);
  support::Canvas<R> const x(1, Inputs, 3, 2);
  wm::AlignedVector<R> y(static_cast<std::size_t>(wm::simd::whole_vectors<T, R>(Outputs)) + 1, R{-7});
  wm::kernel::static_sample<T, R, Inputs, Outputs>(layer.data(), x.data(), y.data(), Tripled{});
  support::SumError error(std::numeric_limits<R>::epsilon());
  for (Index o = 0; o < Outputs; ++o) {
    double sum = layer(0, Inputs * Outputs + o);
    double terms = std::abs(sum);
    for (Index i = 0; i < Inputs; ++i) {
      sum += layer(0, i * Outputs + o) * x(0, i);
      terms += std::abs(layer(0, i * Outputs + o) * x(0, i));
    }
    error.add(y[static_cast<std::size_t>(o)], 3 * sum, 3 * terms);
  }
  CHECK(error.largest() < 4);
  CHECK(y.back() == R{-7});
}

}  // namespace

TEST_CASE_TEMPLATE("one sample through one layer of sizes in types equals plain loops", P, EVERY_TARGET) {
  check_static_sizes<P, 1, 1>();
  check_static_sizes<P, 8, 1>();   // a dot product of whole vectors
  check_static_sizes<P, 35, 1>();  // with a rest
  check_static_sizes<P, 1, 5>();
  check_static_sizes<P, 2, 16>();
  check_static_sizes<P, 3, 33>();
  check_static_sizes<P, 17, 7>();   // unrolled
  check_static_sizes<P, 61, 40>();  // in a loop, with a rest
  check_static_sizes<P, 259, 9>();
}
