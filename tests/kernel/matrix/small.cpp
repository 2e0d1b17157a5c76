#include <wmanifold/kernel/matrix/small.hpp>

#include <doctest/doctest.h>

#include <support/dense_case.hpp>
#include <support/targets.hpp>

namespace wm = wmanifold;
using support::DenseCase;
using wm::Index;
using wm::kernel::MutableDenseRows;
using wm::kernel::Samples;

namespace {

/// The small passes.
struct Passes {
  template <class P, class R>
  static void forward(support::DenseCase<P>& c, Samples<R> y) {
    wm::kernel::small_forward<typename P::T, R>(c.layer(), c.coefficients(), c.samples, c.inputs_of_samples(), y);
  }
  template <class P, class R>
  static void parameters(support::DenseCase<P>& c, MutableDenseRows<R> gradient) {
    wm::kernel::small_backward_parameters<typename P::T, R>(gradient, c.coefficients(), c.samples,
                                                            c.inputs_of_samples(), c.output_gradient());
  }
  template <class P, class R>
  static void inputs(support::DenseCase<P>& c, Samples<R> dx, R const* slope) {
    wm::kernel::small_backward_inputs<typename P::T, R>(c.layer(), c.coefficients(), c.samples, c.output_gradient(), dx,
                                                        slope);
  }
};

}  // namespace

TEST_CASE_TEMPLATE("a small layer forward and back equals plain loops", P, support::HostFloat, support::HostDouble,
                   support::ScalarFloat) {
  constexpr Index lanes = wm::simd::lanes<typename P::T, typename P::Number>;
  SUBCASE("widths around the lanes, two to nine rows") {
    Index k = 1;
    for (Index const inputs : {Index{1}, lanes - 1, lanes, lanes + 1, Index{31}, Index{32}}) {
      for (Index const outputs : {Index{1}, lanes - 1, lanes, lanes + 1, 2 * lanes, Index{31}, Index{32}}) {
        if (inputs > 0 && outputs > 0) {  // one lane has nothing below it
          for (Index const samples : {1, 6, 9, 17}) {
            k = k % 8 + 1;
            if (wm::kernel::is_small<typename P::T, typename P::Number>(k + 1, inputs, outputs, samples)) {
              support::check_passes<Passes>(DenseCase<P>(k + 1, inputs, outputs, samples, true));
            }
          }
        }
      }
    }
  }
  SUBCASE("more samples than padded memory holds") {
    Index const samples = wm::kernel::detail::small_numbers<typename P::Number> / lanes + 5;
    support::check_passes<Passes>(DenseCase<P>(2, 3, 1, samples, true));
    support::check_passes<Passes>(DenseCase<P>(3, 1, 2, samples, true));
  }
}

TEST_CASE_TEMPLATE("layers of one row, larger than L1 or with work for several threads are not small", P,
                   support::HostFloat, support::HostDouble, support::ScalarFloat) {
  auto const is_small = wm::kernel::is_small<typename P::T, typename P::Number>;
  CHECK(is_small(3, 16, 16, 32));
  CHECK_FALSE(is_small(1, 16, 16, 32));
  CHECK_FALSE(is_small(3, 128, 128, 32));
  CHECK_FALSE(is_small(2, 9000, 1, 32));
  CHECK_FALSE(is_small(2, 1, 9000, 32));
  CHECK_FALSE(is_small(3, 16, 16, wm::parallel_threshold / (3 * 17 * 16) + 1));
}
