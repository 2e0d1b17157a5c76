#pragma once

#include <wmanifold/kernel/seam.hpp>
#include <wmanifold/network/stack.hpp>
#include <wmanifold/network/workspace.hpp>

/// A layer of gains (equation 24): y_b = (1 + a_b) * W_0 x_b + b_b, (a_b, b_b) = (A, B)^T phi_b. * goes element by
/// element. Row k of the manifold holds row k of A, then of B; the shared part holds W_0.
namespace wmanifold::detail {

/// The parts of one layer of gains within a manifold's parameters (const) or a gradient.
template <class R>
struct GainParts {
  R* base;   // W_0: inputs x outputs
  R* gains;  // A and B: K x 2 outputs, rows `stride` apart
  Index stride;
};

template <class R>
GainParts<R> gain_parts(DenseLayout const& shape, R* rows, Index stride, R* shared) noexcept {
  return {shared + shape.shared_offset, rows + shape.row_offset, stride};
}

/// Forward pass. `trace` (3 samples x outputs) keeps a and b of each sample, then W_0 x, for the backward pass.
template <class T, Real R>
void gains_forward(DenseLayout const& shape, GainParts<R const> parts, R const* coefficients, Index rows, Index samples,
                   kernel::Samples<R const> x, R* y, R* trace) {
  Index const outputs = shape.outputs;
  R* const projected = trace + 2 * samples * outputs;
  kernel::multiply<T, R>(samples, 2 * outputs, rows, {coefficients, rows, 1}, {parts.gains, parts.stride, 1}, trace,
                         2 * outputs);
  kernel::multiply<T, R>(samples, outputs, shape.inputs, {x.data, x.stride, 1}, {parts.base, outputs, 1}, projected,
                         outputs);
  for (Index b = 0; b < samples; ++b) {
    R const* const gain = trace + 2 * b * outputs;
    for (Index o = 0; o < outputs; ++o) {
      y[b * outputs + o] = simd::multiply_add(R{1} + gain[o], projected[b * outputs + o], gain[outputs + o]);
    }
  }
}

/// Backward pass. Writes the gradients of the parts and, unless dx is null, of the inputs. Adds the gradient of the
/// coefficients to dphi, unless that is null.
template <class T, Real R>
void gains_backward(DenseLayout const& shape, GainParts<R const> parts, GainParts<R> gradient, R const* coefficients,
                    Index rows, Index samples, kernel::Samples<R const> x, R const* dy, R* dx, R* dphi, R const* trace,
                    PassScratch<R>& scratch) {
  Index const outputs = shape.outputs;
  R const* const projected = trace + 2 * samples * outputs;
  grow(scratch.aside, 3 * samples * outputs);
  R* const slope = scratch.aside.data();           // dL / d(a, b): samples x 2 outputs
  R* const inner = slope + 2 * samples * outputs;  // dL / d(W_0 x)
  for (Index b = 0; b < samples; ++b) {
    for (Index o = 0; o < outputs; ++o) {
      Index const n = b * outputs + o;
      slope[2 * b * outputs + o] = dy[n] * projected[n];
      slope[(2 * b + 1) * outputs + o] = dy[n];
      inner[n] = dy[n] * (R{1} + trace[2 * b * outputs + o]);
    }
  }
  kernel::multiply<T, R>(rows, 2 * outputs, samples, {coefficients, 1, rows}, {slope, 2 * outputs, 1}, gradient.gains,
                         gradient.stride);
  kernel::multiply<T, R>(shape.inputs, outputs, samples, {x.data, 1, x.stride}, {inner, outputs, 1}, gradient.base,
                         outputs);
  if (dphi != nullptr) {
    kernel::multiply<T, R>(samples, rows, 2 * outputs, {slope, 2 * outputs, 1}, {parts.gains, 1, parts.stride}, dphi,
                           rows, true);
  }
  if (dx != nullptr) {
    kernel::multiply<T, R>(samples, shape.inputs, outputs, {inner, outputs, 1}, {parts.base, 1, outputs}, dx,
                           shape.inputs);
  }
}

/// One sample through the layer at a point. `gains` has its a, then its b.
template <class T, Real R, StoredNumber S>
void gains_sample(DenseLayout const& shape, S const* base, R const* gains, R const* x, R* y) noexcept {
  kernel::mix_rows<T, R>(x, shape.inputs, shape.outputs, shape.outputs, base, y);
  for (Index o = 0; o < shape.outputs; ++o) {
    y[o] = simd::multiply_add(R{1} + gains[o], y[o], gains[shape.outputs + o]);
  }
}

/// Forms the layer at a point, (inputs + 1) x outputs numbers, of which the first row has a and the last row b.
template <Real R, StoredNumber S>
void gains_at(DenseLayout const& shape, S const* base, R* point) noexcept {
  for (Index i = shape.inputs; i-- > 0;) {  // the first row last: it holds a
    for (Index o = 0; o < shape.outputs; ++o) {
      Index const n = i * shape.outputs + o;
      point[n] = (R{1} + point[o]) * number_as<R>(base[n]);
    }
  }
}

}  // namespace wmanifold::detail
