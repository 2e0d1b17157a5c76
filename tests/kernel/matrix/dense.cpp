#include <wmanifold/kernel/matrix/dense.hpp>

#include <doctest/doctest.h>

#include <support/dense_case.hpp>
#include <support/targets.hpp>
#include <support/threads.hpp>

namespace wm = wmanifold;
using support::DenseCase;
using wm::Index;
using wm::kernel::MutableDenseRows;
using wm::kernel::Samples;

namespace {

/// The dense passes.
struct Passes {
  template <class P, class R>
  static void forward(support::DenseCase<P>& c, Samples<R> y) {
    wm::kernel::dense_forward<typename P::T, R>(c.layer(), c.coefficients(), c.samples, c.inputs_of_samples(), y);
  }
  template <class P, class R>
  static void parameters(support::DenseCase<P>& c, MutableDenseRows<R> gradient) {
    wm::kernel::dense_backward_parameters<typename P::T, R>(gradient, c.coefficients(), c.samples,
                                                            c.inputs_of_samples(), c.output_gradient());
  }
  template <class P, class R>
  static void inputs(support::DenseCase<P>& c, Samples<R> dx, R const* slope) {
    support::Canvas<R> scratch(1, wm::kernel::dense_scratch<typename P::T, R>(c.samples, c.inputs, c.outputs, c.rows));
    wm::kernel::dense_backward_inputs<typename P::T, R>(c.layer(), c.coefficients(), c.samples, c.output_gradient(), dx,
                                                        slope, scratch.data());
    CHECK(scratch.marks_untouched());
  }
};

/// Checks the gradient of the coefficients against plain loops.
template <class P>
void check_coefficients(DenseCase<P> c, wm::kernel::RowRuns const& wanted = {}) {
  using R = typename P::Number;
  support::Canvas<R> scratch(1, wm::kernel::dense_scratch<typename P::T, R>(c.samples, c.inputs, c.outputs, c.rows));
  support::Canvas<R> dphi(c.samples, c.rows, 0, 5);  // added to its contents
  auto const before = dphi;
  wm::kernel::dense_backward_coefficients<typename P::T, R>(c.layer(), wanted, c.samples, c.inputs_of_samples(),
                                                            c.output_gradient(), dphi.data(), scratch.data());
  CHECK(support::worst<R>(c.samples, c.rows, dphi, [&](Index b, Index k, auto add) {
          add(before(b, k));
          bool is_wanted = false;
          wanted.for_each(k, {b, b + 1}, [&](wm::kernel::IndexRange) { is_wanted = true; });
          for (Index i = 0; is_wanted && i <= c.inputs; ++i) {
            for (Index o = 0; o < c.outputs; ++o) {
              add(c.weight(k, o, i) * c.input(b, i) * c.dy(b, o));
            }
          }
        }) < 4);
  CHECK(dphi.marks_untouched());
  CHECK(scratch.marks_untouched());
}

}  // namespace

TEST_CASE_TEMPLATE("a dense layer forward and back equals plain loops, small or not", P, support::HostFloat,
                   support::HostDouble) {
  constexpr Index lanes = wm::simd::lanes<typename P::T, typename P::Number>;
  for (Index const k : {1, 2, 5}) {
    for (Index const inputs : {Index{1}, lanes, Index{49}, Index{150}}) {
      for (Index const outputs : {Index{1}, lanes + 1, Index{48}}) {
        for (Index const samples : {1, 9, 64}) {
          support::check_passes<Passes>(DenseCase<P>(k, inputs, outputs, samples, true));
          if (k == 1) {
            support::check_passes<Passes>(DenseCase<P>(1, inputs, outputs, samples, false));
          }
          if (samples < 64) {
            DenseCase<P> const c(k, inputs, outputs, samples, true);
            check_coefficients(c);
            if (k == 5 && samples == 9) {  // row 0: none, 1: all, 2: two runs, 3: the first, 4: the last
              constexpr std::array<Index, 6> starts{0, 0, 1, 3, 4, 5};
              constexpr std::array<wm::kernel::IndexRange, 5> ranges{{{0, 9}, {1, 3}, {4, 8}, {0, 1}, {8, 9}}};
              check_coefficients(c, {starts.data(), ranges.data()});
            }
          }
        }
      }
    }
  }
}

TEST_CASE_TEMPLATE("a dense layer does not depend on the number of threads, to the last bit", P, support::HostFloat,
                   support::HostDouble) {
  using T = typename P::T;
  using R = typename P::Number;
  static_assert(3 * 120 * 157 * 149 > 3 * wm::parallel_threshold && 700 * 500 * 20 > 3 * wm::parallel_threshold,
                "three threads are worth it");
  for (auto c :
       {DenseCase<P>(3, 157, 149, 120, true), DenseCase<P>(1, 700, 20, 500, false)}) {  // cut by columns, by rows
    std::vector<support::Canvas<R>> outputs;
    std::vector<support::Canvas<R>> gradients;
    std::vector<support::Canvas<R>> inputs;
    std::vector<R> scratch(
        static_cast<std::size_t>(wm::kernel::dense_scratch<T, R>(c.samples, c.inputs, c.outputs, c.rows)));
    for (int const threads : {1, 2, 3}) {
      support::Threads const limit(threads);
      auto& y = outputs.emplace_back(c.samples, c.outputs);
      auto& gradient = gradients.emplace_back(c.rows, (c.inputs + 1) * c.outputs);
      auto& dx = inputs.emplace_back(c.samples, c.inputs);
      wm::kernel::dense_forward<T, R>(c.layer(), c.coefficients(), c.samples, {c.x.data(), c.x.stride()},
                                      {y.data(), y.stride()});
      wm::kernel::dense_backward_parameters<T, R>({gradient.data(), c.rows, gradient.stride(), c.inputs, c.outputs},
                                                  c.coefficients(), c.samples, {c.x.data(), c.x.stride()},
                                                  {c.dy.data(), c.dy.stride()});
      wm::kernel::dense_backward_inputs<T, R>(c.layer(), c.coefficients(), c.samples, {c.dy.data(), c.dy.stride()},
                                              {dx.data(), dx.stride()}, nullptr, scratch.data());
      CHECK(outputs[0].same_numbers(y));
      CHECK(gradients[0].same_numbers(gradient));
      CHECK(inputs[0].same_numbers(dx));
    }
  }
}
