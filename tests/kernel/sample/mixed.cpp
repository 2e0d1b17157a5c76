#include <wmanifold/kernel/sample/mixed.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/halves.hpp>
#include <support/targets.hpp>
#include <support/threads.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

/// Rows 6, 0, 3, ... of seven, and coefficients.
template <wm::Real R>
struct Problem {
  Index inputs;
  Index outputs;
  std::vector<Index> chosen;
  support::Canvas<R> layers;
  support::Canvas<R> phi;
  support::Canvas<R> x;

  Problem(Index rows, Index in, Index out)
      : inputs(in), outputs(out), layers(7, (in + 1) * out, 3, 1), phi(1, rows, 0, 2), x(1, in, 3, 3) {
    for (Index k = 0; k < rows; ++k) {
      chosen.push_back((6 + 4 * k) % 7);
    }
  }
  wm::kernel::ChosenRows<R> rows() const {
    return {phi.data(), chosen.data(), static_cast<Index>(chosen.size()), layers.stride()};
  }
  /// Computes row by row in double: the sum and the size of its terms.
  void check(support::Canvas<R> const& y) const {
    support::SumError error(std::numeric_limits<R>::epsilon());
    for (Index o = 0; o < outputs; ++o) {
      double sum = 0;
      double terms = 0;
      for (std::size_t k = 0; k < chosen.size(); ++k) {
        for (Index i = 0; i <= inputs; ++i) {
          double const term = static_cast<double>(phi(0, static_cast<Index>(k))) * layers(chosen[k], i * outputs + o) *
                              (i < inputs ? static_cast<double>(x(0, i)) : 1.0);
          sum += term;
          terms += std::abs(term);
        }
      }
      error.add(y(0, o), sum, terms);
    }
    CHECK(error.largest() < 8);
    CHECK(y.marks_untouched());
  }
};

}  // namespace

TEST_CASE_TEMPLATE("one sample through a mix of rows equals plain loops", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  for (Index const rows : {1, 2, 3, 4, 5, 7}) {
    for (Index const inputs : {1, 2, 19}) {
      for (Index const outputs : {Index{1}, lanes - 1, lanes, lanes + 1, 4 * lanes + 1, 7 * lanes - 1, 8 * lanes,
                                  8 * lanes + 1, 13 * lanes - 1, Index{311}}) {
        if (outputs == 0) {
          continue;  // one lane
        }
        CAPTURE(rows);
        CAPTURE(inputs);
        CAPTURE(outputs);
        Problem<R> const problem(rows, inputs, outputs);
        support::Canvas<R> y(1, outputs);
        wm::kernel::mixed_sample<T, R>(problem.rows(), inputs, outputs, problem.layers.data(), problem.x.data(),
                                       y.data());
        problem.check(y);
      }
    }
  }
}

TEST_CASE_TEMPLATE("a layer large enough for threads gives the same numbers on any number of them", P,
                   support::HostFloat, support::HostDouble) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index inputs = 1100;
  static_assert(4 * inputs * 311 > wm::parallel_threshold / 2, "worth threads, as each multiply-add reads a number");
  for (Index const outputs : {311, 512, 513}) {
    Problem<R> const problem(4, inputs, outputs);
    std::vector<R> expected;
    for (int const threads : {1, 2, 3}) {
      support::Threads const guard(threads);
      support::Canvas<R> y(1, outputs);
      wm::kernel::mixed_sample<T, R>(problem.rows(), inputs, outputs, problem.layers.data(), problem.x.data(),
                                     y.data());
      std::vector<R> const numbers(y.data(), y.data() + outputs);
      if (threads == 1) {
        problem.check(y);
        expected = numbers;
      }
      CHECK(numbers == expected);
    }
  }
}

TEST_CASE_TEMPLATE("chosen rows are mixed as in plain loops", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  for (Index const rows : {1, 2, 4, 6}) {
    for (Index const count : {1, 47, 64, 1000, 2100}) {
      Problem<R> const problem(rows, count - 1, 1);
      support::Canvas<R> mixed(1, count);
      wm::kernel::mix_chosen_rows<T, R>(problem.rows(), count, problem.layers.data(), mixed.data());
      support::SumError error(std::numeric_limits<R>::epsilon());
      for (Index n = 0; n < count; ++n) {
        double sum = 0;
        double terms = 0;
        for (Index k = 0; k < rows; ++k) {
          double const term =
              static_cast<double>(problem.phi(0, k)) * problem.layers(problem.chosen[static_cast<std::size_t>(k)], n);
          sum += term;
          terms += std::abs(term);
        }
        error.add(mixed(0, n), sum, terms);
      }
      CHECK(error.largest() < 4);
      CHECK(mixed.marks_untouched());
    }
  }
}

TEST_CASE_TEMPLATE("rows of 16 bits give the outputs of their floats, to the bit, on any number of threads", P,
                   EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  auto const check = [&]<class S>(S) {
    for (Index const rows : {1, 2, 3, 4, 7}) {
      for (Index const outputs : {Index{1}, lanes + 1, 2 * lanes, 4 * lanes + 1, 7 * lanes, 8 * lanes + 1,
                                  13 * lanes - 1, Index{311}, Index{512}}) {
        bool const is_for_threads = outputs == 512;
        if (is_for_threads && rows != 4) {
          continue;
        }
        Index const inputs = is_for_threads ? 1100 : 19;
        CAPTURE(rows);
        CAPTURE(outputs);
        Problem<R> const problem(rows, inputs, outputs);
        support::Rounded<S, R> const rounded(problem.layers.data(),
                                             6 * problem.layers.stride() + (inputs + 1) * outputs);
        support::Canvas<R> expected(1, outputs);
        wm::kernel::mixed_sample<T, R>(problem.rows(), inputs, outputs, rounded.numbers.data(), problem.x.data(),
                                       expected.data());
        for (int const threads : {1, 2}) {
          support::Threads const guard(threads);
          support::Canvas<R> y(1, outputs);
          wm::kernel::mixed_sample<T, R>(problem.rows(), inputs, outputs, rounded.stored.data(), problem.x.data(),
                                         y.data());
          CHECK(y.same_numbers(expected));
        }
      }
    }
  };
  check(wm::BFloat16());
  check(wm::Float16());
}
