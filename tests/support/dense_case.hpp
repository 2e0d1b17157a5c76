#pragma once

#include <wmanifold/kernel/matrix/dense_rows.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>

#include <cmath>
#include <limits>

namespace support {

/// A layer of K rows with all its data, and the same by loops in double.
template <class P>
struct DenseCase {
  using T = typename P::T;
  using R = typename P::Number;

  DenseCase(wmanifold::Index k, wmanifold::Index in, wmanifold::Index out, wmanifold::Index batch,
            bool own_coefficients)
      : rows(k),
        inputs(in),
        outputs(out),
        samples(batch),
        parameters(k, (in + 1) * out, 4, 1),
        phi(batch, k, 0, 2),
        x(batch, in, 3, 3),
        dy(batch, out, 2, 4),
        with_phi(own_coefficients) {}

  wmanifold::kernel::DenseRows<R> layer() { return {parameters.data(), rows, parameters.stride(), inputs, outputs}; }
  R const* coefficients() { return with_phi ? phi.data() : nullptr; }
  wmanifold::kernel::Samples<R const> inputs_of_samples() const { return {x.data(), x.stride()}; }
  wmanifold::kernel::Samples<R const> output_gradient() const { return {dy.data(), dy.stride()}; }
  /// Weight (o, i) of row k, or its bias for i == inputs.
  double weight(wmanifold::Index k, wmanifold::Index o, wmanifold::Index i) const {
    return parameters(k, i * outputs + o);
  }
  double factor(wmanifold::Index b, wmanifold::Index k) const { return with_phi ? phi(b, k) : 1; }
  double input(wmanifold::Index b, wmanifold::Index i) const { return i < inputs ? x(b, i) : 1; }

  wmanifold::Index rows, inputs, outputs, samples;
  Canvas<R> parameters, phi, x, dy;
  bool with_phi;
};

/// Returns the largest error of out(i, j) against the sum of the terms that `sum_up` adds.
template <class R, class Out, class SumUp>
double worst(wmanifold::Index rows, wmanifold::Index columns, Out const& out, SumUp const& sum_up) {
  SumError error(std::numeric_limits<R>::epsilon());
  for (wmanifold::Index i = 0; i < rows; ++i) {
    for (wmanifold::Index j = 0; j < columns; ++j) {
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

/// Checks a layer's passes against plain loops. Passes::forward(case, y), Passes::parameters(case, gradient) and
/// Passes::inputs(case, dx, slope) are the passes of a layer's case.
template <class Passes, class P>
void check_passes(DenseCase<P> c) {
  using R = typename P::Number;
  CAPTURE(c.rows);
  CAPTURE(c.inputs);
  CAPTURE(c.outputs);
  CAPTURE(c.samples);
  CAPTURE(c.with_phi);

  Canvas<R> y(c.samples, c.outputs, 5);
  Passes::forward(c, wmanifold::kernel::Samples<R>{y.data(), y.stride()});
  CHECK(worst<R>(c.samples, c.outputs, y, [&](wmanifold::Index b, wmanifold::Index o, auto add) {
          for (wmanifold::Index k = 0; k < c.rows; ++k) {
            for (wmanifold::Index i = 0; i <= c.inputs; ++i) {
              add(c.factor(b, k) * c.weight(k, o, i) * c.input(b, i));
            }
          }
        }) < 4);
  CHECK(y.marks_untouched());

  Canvas<R> gradient(c.rows, (c.inputs + 1) * c.outputs, 4, 9);  // overwritten, whatever its contents
  Passes::parameters(
      c, wmanifold::kernel::MutableDenseRows<R>{gradient.data(), c.rows, gradient.stride(), c.inputs, c.outputs});
  CHECK(worst<R>(c.rows, (c.inputs + 1) * c.outputs, gradient, [&](wmanifold::Index k, wmanifold::Index n, auto add) {
          for (wmanifold::Index b = 0; b < c.samples; ++b) {
            add(c.factor(b, k) * c.input(b, n / c.outputs) * c.dy(b, n % c.outputs));
          }
        }) < 4);
  CHECK(gradient.marks_untouched());

  Canvas<R> dx(c.samples, c.inputs, 5);
  Canvas<R> slope(c.samples, c.inputs, 5, 8);
  R const* const slopes = c.samples % 2 == 0 ? nullptr : slope.data();
  Passes::inputs(c, wmanifold::kernel::Samples<R>{dx.data(), dx.stride()}, slopes);
  CHECK(worst<R>(c.samples, c.inputs, dx, [&](wmanifold::Index b, wmanifold::Index i, auto add) {
          for (wmanifold::Index k = 0; k < c.rows; ++k) {
            for (wmanifold::Index o = 0; o < c.outputs; ++o) {
              add(c.factor(b, k) * c.weight(k, o, i) * c.dy(b, o) * (slopes == nullptr ? 1 : slope(b, i)));
            }
          }
        }) < 4);
  CHECK(dx.marks_untouched());

  CHECK(c.parameters.marks_untouched());
}

}  // namespace support
