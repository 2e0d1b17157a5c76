#include <wmanifold/kernel/matrix/blocked.hpp>

#include <wmanifold/kernel/matrix/dense.hpp>

#include <doctest/doctest.h>

#include <support/dense_case.hpp>
#include <support/targets.hpp>

namespace wm = wmanifold;
using support::DenseCase;
using wm::Index;
using wm::kernel::MutableDenseRows;
using wm::kernel::Samples;

namespace {

/// The blocked passes.
struct Passes {
  template <class P, class R>
  static void forward(support::DenseCase<P>& c, Samples<R> y) {
    wm::kernel::blocked_forward<typename P::T, R>(c.layer(), c.coefficients(), c.samples, c.inputs_of_samples(), y);
  }
  template <class P, class R>
  static void parameters(support::DenseCase<P>& c, MutableDenseRows<R> gradient) {
    wm::kernel::blocked_backward_parameters<typename P::T, R>(gradient, c.coefficients(), c.samples,
                                                              c.inputs_of_samples(), c.output_gradient());
  }
  template <class P, class R>
  static void inputs(support::DenseCase<P>& c, Samples<R> dx, R const* slope) {
    support::Canvas<R> scratch(1, wm::kernel::dense_scratch<typename P::T, R>(c.samples, c.inputs, c.outputs, c.rows));
    wm::kernel::blocked_backward_inputs<typename P::T, R>(c.layer(), c.coefficients(), c.samples, c.output_gradient(),
                                                          dx, slope, scratch.data());
    CHECK(scratch.marks_untouched());
  }
};

}  // namespace

TEST_CASE_TEMPLATE("a blocked layer forward and back equals plain loops", P, support::HostFloat, support::HostDouble,
                   support::ScalarFloat) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  SUBCASE("widths around the lanes and the blocks, one to five rows") {
    Index k = 0;
    for (Index const inputs : {Index{1}, lanes - 1, lanes, lanes + 1, Index{47}, Index{48}, Index{49}}) {
      for (Index const outputs :
           {Index{1}, lanes - 1, lanes, lanes + 1, 4 * lanes + 1, Index{47}, Index{48}, Index{49}}) {
        if (inputs > 0 && outputs > 0) {  // one lane has nothing below it
          for (Index const samples : {1, 6, 9}) {
            k = k % 5 + 1;
            support::check_passes<Passes>(DenseCase<P>(k, inputs, outputs, samples, true));
          }
        }
      }
    }
  }
  SUBCASE("depths across the ends of a block") {
    for (Index const depth : {126, 127, 128, 129, 255, 256, 257}) {
      support::check_passes<Passes>(DenseCase<P>(1, depth, 3, 2, true));  // forward
      support::check_passes<Passes>(DenseCase<P>(1, 2, depth, 2, true));  // inputs
      support::check_passes<Passes>(DenseCase<P>(2, 2, 3, depth, true));  // parameters
      support::check_passes<Passes>(DenseCase<P>(3, depth, 5, 2, true));  // rows and blocks with different ends
    }
    support::check_passes<Passes>(DenseCase<P>(5, 150, 70, 33, true));
  }
  SUBCASE("more rows than a block is deep") {
    constexpr Index depth = wm::kernel::Block<T, R>::depth;
    for (Index const rows : {depth - 1, depth, depth + 1, depth + 40}) {
      support::check_passes<Passes>(DenseCase<P>(rows, 2, 3, 3, true));
    }
  }
  SUBCASE("one row, taken as it is") {
    for (Index const width : {Index{1}, lanes + 1, Index{49}, Index{130}}) {
      support::check_passes<Passes>(DenseCase<P>(1, width, 7, 11, false));
      support::check_passes<Passes>(DenseCase<P>(1, 5, width, 11, false));
    }
  }
}
