#include <wmanifold/kernel/matrix/narrow.hpp>

#include <doctest/doctest.h>

#include <support/dense_case.hpp>
#include <support/targets.hpp>

namespace wm = wmanifold;
using support::DenseCase;
using wm::Index;
using wm::kernel::MutableDenseRows;
using wm::kernel::Samples;

namespace {

/// The narrow passes, and the small one for the inputs, which narrow layers use too.
struct Passes {
  template <class P, class R>
  static void forward(support::DenseCase<P>& c, Samples<R> y) {
    wm::kernel::narrow_forward<typename P::T, R>(c.layer(), c.coefficients(), c.samples, c.inputs_of_samples(), y);
  }
  template <class P, class R>
  static void parameters(support::DenseCase<P>& c, MutableDenseRows<R> gradient) {
    wm::kernel::narrow_backward_parameters<typename P::T, R>(gradient, c.coefficients(), c.samples,
                                                             c.inputs_of_samples(), c.output_gradient());
  }
  template <class P, class R>
  static void inputs(support::DenseCase<P>& c, Samples<R> dx, R const* slope) {
    wm::kernel::small_backward_inputs<typename P::T, R>(c.layer(), c.coefficients(), c.samples, c.output_gradient(), dx,
                                                        slope);
  }
};

}  // namespace

TEST_CASE_TEMPLATE("a narrow layer forward and back equals plain loops", P, support::HostFloat, support::HostDouble,
                   support::ScalarFloat) {
  constexpr Index lanes = wm::simd::lanes<typename P::T, typename P::Number>;
  for (Index const rows : {2, 3, 4, 7}) {
    for (Index const inputs : {lanes, 2 * lanes, 5 * lanes}) {
      for (Index const outputs : {1, 2, 3}) {
        for (Index const samples : {1, 2, 17}) {
          support::check_passes<Passes>(DenseCase<P>(rows, inputs, outputs, samples, true));
        }
      }
    }
  }
}

TEST_CASE_TEMPLATE("a layer is narrow if its outputs fill at most a quarter of a vector and its inputs whole ones", P,
                   support::HostFloat, support::HostDouble, support::ScalarFloat) {
  constexpr Index lanes = wm::simd::lanes<typename P::T, typename P::Number>;
  auto const is_narrow = wm::kernel::is_narrow<typename P::T, typename P::Number>;
  CHECK(is_narrow(4 * lanes, 1) == (lanes >= 4));
  CHECK_FALSE(is_narrow(lanes, lanes / 4 + 1));
  CHECK_FALSE(is_narrow(lanes, lanes));
  CHECK_FALSE(is_narrow(lanes + 1, 1));
}
