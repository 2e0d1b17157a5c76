#include <wmanifold/kernel/matrix/dense.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/targets.hpp>
#include <support/threads.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

/// A layer of K rows with all its data, and the same by loops in double.
template <class P>
struct Case {
  using T = typename P::T;
  using R = typename P::Number;

  Case(Index k, Index in, Index out, Index batch, bool own_coefficients)
      : rows(k),
        inputs(in),
        outputs(out),
        samples(batch),
        parameters(k, (in + 1) * out, 4, 1),
        phi(batch, k, 0, 2),
        x(batch, in, 3, 3),
        dy(batch, out, 2, 4),
        with_phi(own_coefficients) {}

  wm::kernel::DenseRows<R> layer() { return {parameters.data(), rows, parameters.stride(), inputs, outputs}; }
  R const* coefficients() { return with_phi ? phi.data() : nullptr; }
  double weight(Index k, Index o, Index i) const { return parameters(k, i * outputs + o); }  // i == inputs: the bias
  double factor(Index b, Index k) const { return with_phi ? phi(b, k) : 1; }
  double input(Index b, Index i) const { return i < inputs ? x(b, i) : 1; }

  Index rows, inputs, outputs, samples;
  support::Canvas<R> parameters, phi, x, dy;
  bool with_phi;
};

/// Returns the largest error of out(i, j) against the sum of the terms that `sum_up` adds.
template <class R, class Out, class SumUp>
double worst(Index rows, Index columns, Out const& out, SumUp const& sum_up) {
  support::SumError error(std::numeric_limits<R>::epsilon());
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < columns; ++j) {
      double sum = 0;
      double terms = 0;
      sum_up(i, j, [&](double term) {
        sum += term;
        terms += std::abs(term);
      });
      error.add(out(i, j), sum, terms);
    }
  }
  return error.largest();
}

template <class P>
void check(Case<P> c) {
  using T = typename P::T;
  using R = typename P::Number;
  CAPTURE(c.rows);
  CAPTURE(c.inputs);
  CAPTURE(c.outputs);
  CAPTURE(c.samples);
  CAPTURE(c.with_phi);

  support::Canvas<R> y(c.samples, c.outputs, 5);
  wm::kernel::dense_forward<T, R>(c.layer(), c.coefficients(), c.samples, {c.x.data(), c.x.stride()},
                                  {y.data(), y.stride()});
  CHECK(worst<R>(c.samples, c.outputs, y, [&](Index b, Index o, auto add) {
          for (Index k = 0; k < c.rows; ++k) {
            for (Index i = 0; i <= c.inputs; ++i) {
              add(c.factor(b, k) * c.weight(k, o, i) * c.input(b, i));
            }
          }
        }) < 4);
  CHECK(y.marks_untouched());

  support::Canvas<R> gradient(c.rows, (c.inputs + 1) * c.outputs, 4, 9);  // overwritten, whatever its contents
  wm::kernel::dense_backward_parameters<T, R>({gradient.data(), c.rows, gradient.stride(), c.inputs, c.outputs},
                                              c.coefficients(), c.samples, {c.x.data(), c.x.stride()},
                                              {c.dy.data(), c.dy.stride()});
  CHECK(worst<R>(c.rows, (c.inputs + 1) * c.outputs, gradient, [&](Index k, Index n, auto add) {
          for (Index b = 0; b < c.samples; ++b) {
            add(c.factor(b, k) * c.input(b, n / c.outputs) * c.dy(b, n % c.outputs));
          }
        }) < 4);
  CHECK(gradient.marks_untouched());

  support::Canvas<R> dx(c.samples, c.inputs, 5);
  support::Canvas<R> slope(c.samples, c.inputs, 5, 8);
  support::Canvas<R> scratch(1, wm::kernel::dense_scratch<T, R>(c.samples, c.inputs, c.outputs, c.rows));
  R const* const slopes = c.samples % 2 == 0 ? nullptr : slope.data();
  wm::kernel::dense_backward_inputs<T, R>(c.layer(), c.coefficients(), c.samples, {c.dy.data(), c.dy.stride()},
                                          {dx.data(), dx.stride()}, slopes, scratch.data());
  CHECK(worst<R>(c.samples, c.inputs, dx, [&](Index b, Index i, auto add) {
          for (Index k = 0; k < c.rows; ++k) {
            for (Index o = 0; o < c.outputs; ++o) {
              add(c.factor(b, k) * c.weight(k, o, i) * c.dy(b, o) * (slopes == nullptr ? 1 : slope(b, i)));
            }
          }
        }) < 4);
  CHECK(dx.marks_untouched());

  support::Canvas<R> dphi(c.samples, c.rows, 0, 5);  // added to its contents
  auto const before = dphi;
  wm::kernel::dense_backward_coefficients<T, R>(c.layer(), c.samples, {c.x.data(), c.x.stride()},
                                                {c.dy.data(), c.dy.stride()}, dphi.data(), scratch.data());
  CHECK(worst<R>(c.samples, c.rows, dphi, [&](Index b, Index k, auto add) {
          add(before(b, k));
          for (Index i = 0; i <= c.inputs; ++i) {
            for (Index o = 0; o < c.outputs; ++o) {
              add(c.weight(k, o, i) * c.input(b, i) * c.dy(b, o));
            }
          }
        }) < 4);
  CHECK(dphi.marks_untouched());
  CHECK(scratch.marks_untouched());

  CHECK(c.parameters.marks_untouched());
}

}  // namespace

TEST_CASE_TEMPLATE("a dense layer forward and back equals plain loops", P, support::HostFloat, support::HostDouble,
                   support::ScalarFloat, support::ScalarDouble) {
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
            check(Case<P>(k, inputs, outputs, samples, true));
          }
        }
      }
    }
  }
  SUBCASE("depths across the ends of a block") {
    for (Index const depth : {126, 127, 128, 129, 255, 256, 257}) {
      check(Case<P>(1, depth, 3, 2, true));  // forward
      check(Case<P>(1, 2, depth, 2, true));  // inputs
      check(Case<P>(2, 2, 3, depth, true));  // parameters
      check(Case<P>(3, depth, 5, 2, true));  // rows and blocks with different ends
    }
    check(Case<P>(5, 150, 70, 33, true));
  }
  SUBCASE("one row, taken as it is") {
    for (Index const width : {Index{1}, lanes + 1, Index{49}, Index{130}}) {
      check(Case<P>(1, width, 7, 11, false));
      check(Case<P>(1, 5, width, 11, false));
    }
  }
}

TEST_CASE_TEMPLATE("a dense layer does not depend on the number of threads, to the last bit", P, support::HostFloat,
                   support::HostDouble) {
  using T = typename P::T;
  using R = typename P::Number;
  static_assert(3 * 120 * 157 * 149 > 3 * wm::parallel_threshold && 700 * 500 * 20 > 3 * wm::parallel_threshold,
                "three threads are worth it");
  for (auto c : {Case<P>(3, 157, 149, 120, true), Case<P>(1, 700, 20, 500, false)}) {  // cut by columns, by rows
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
