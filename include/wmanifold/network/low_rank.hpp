#pragma once

#include <wmanifold/kernel/seam.hpp>
#include <wmanifold/network/stack.hpp>
#include <wmanifold/network/workspace.hpp>

/// A low-rank layer (equation 12): y_b = W_0 x_b + U (a_b * V^T x_b), a_b = A phi_b. x has the appended 1, and * goes
/// element by element. Row k of the manifold holds column k of A; the shared part holds W_0, V and U^T.
namespace wmanifold::detail {

/// The parts of one low-rank layer within a manifold's parameters (const) or a gradient.
template <class R>
struct LowRankParts {
  R* base;    // W_0: (inputs + 1) x outputs
  R* right;   // V: (inputs + 1) x rank
  R* left;    // U^T: rank x outputs
  R* scales;  // A^T: K x rank, rows `stride` apart
  Index stride;
};

template <class R>
LowRankParts<R> low_rank_parts(DenseLayout const& shape, R* rows, Index stride, R* shared) noexcept {
  return {shared + shape.shared_offset, shared + shape.right_offset(), shared + shape.left_offset(),
          rows + shape.row_offset, stride};
}

/// Forward pass. `trace` (2 samples x rank) keeps V^T x and a for the backward pass.
template <class T, Real R>
void low_rank_forward(DenseLayout const& shape, LowRankParts<R const> parts, R const* coefficients, Index rows,
                      Index samples, kernel::Samples<R const> x, R* y, R* trace, PassScratch<R>& scratch) {
  Index const rank = shape.rank;
  R* const projected = trace;
  R* const scales = trace + samples * rank;
  kernel::multiply<T, R>(samples, rank, rows, {coefficients, rows, 1}, {parts.scales, parts.stride, 1}, scales, rank);
  kernel::dense_forward<T, R>(kernel::DenseRows<R>{parts.right, 1, 0, shape.inputs, rank}, nullptr, samples, x,
                              {projected, rank});
  kernel::dense_forward<T, R>(kernel::DenseRows<R>{parts.base, 1, 0, shape.inputs, shape.outputs}, nullptr, samples, x,
                              {y, shape.outputs});
  grow(scratch.aside, samples * rank);
  R* const scaled = scratch.aside.data();
  for (Index n = 0; n < samples * rank; ++n) {
    scaled[n] = scales[n] * projected[n];
  }
  kernel::multiply<T, R>(samples, shape.outputs, rank, {scaled, rank, 1}, {parts.left, shape.outputs, 1}, y,
                         shape.outputs, true);
}

/// Backward pass. Writes the gradients of the parts and, unless dx is null, of the inputs. Adds the gradient of the
/// coefficients to dphi, unless that is null.
template <class T, Real R>
void low_rank_backward(DenseLayout const& shape, LowRankParts<R const> parts, LowRankParts<R> gradient,
                       R const* coefficients, Index rows, Index samples, kernel::Samples<R const> x, R const* dy, R* dx,
                       R* dphi, R const* trace, PassScratch<R>& scratch) {
  Index const rank = shape.rank;
  R const* const projected = trace;
  R const* const scales = trace + samples * rank;
  grow(scratch.aside, 3 * samples * rank);
  R* const scaled = scratch.aside.data();         // a * V^T x
  R* const slope = scaled + samples * rank;       // dL / d(scaled), then dL / d(V^T x)
  R* const scale_slope = slope + samples * rank;  // dL / da
  for (Index n = 0; n < samples * rank; ++n) {
    scaled[n] = scales[n] * projected[n];
  }
  kernel::multiply<T, R>(samples, rank, shape.outputs, {dy, shape.outputs, 1}, {parts.left, 1, shape.outputs}, slope,
                         rank);
  kernel::multiply<T, R>(rank, shape.outputs, samples, {scaled, 1, rank}, {dy, shape.outputs, 1}, gradient.left,
                         shape.outputs);
  for (Index n = 0; n < samples * rank; ++n) {
    scale_slope[n] = slope[n] * projected[n];
    slope[n] *= scales[n];
  }
  kernel::multiply<T, R>(rows, rank, samples, {coefficients, 1, rows}, {scale_slope, rank, 1}, gradient.scales,
                         gradient.stride);
  kernel::dense_backward_parameters<T, R>(kernel::MutableDenseRows<R>{gradient.right, 1, 0, shape.inputs, rank},
                                          nullptr, samples, x, {slope, rank});
  kernel::dense_backward_parameters<T, R>(kernel::MutableDenseRows<R>{gradient.base, 1, 0, shape.inputs, shape.outputs},
                                          nullptr, samples, x, {dy, shape.outputs});
  if (dphi != nullptr) {
    kernel::multiply<T, R>(samples, rows, rank, {scale_slope, rank, 1}, {parts.scales, 1, parts.stride}, dphi, rows,
                           true);
  }
  if (dx != nullptr) {
    grow(scratch.tiles, kernel::dense_scratch<T, R>(samples, shape.inputs, shape.outputs, 1));
    kernel::dense_backward_inputs<T, R>(kernel::DenseRows<R>{parts.base, 1, 0, shape.inputs, shape.outputs}, nullptr,
                                        samples, {dy, shape.outputs}, {dx, shape.inputs}, nullptr,
                                        scratch.tiles.data());
    kernel::multiply<T, R>(samples, shape.inputs, rank, {slope, rank, 1}, {parts.right, 1, rank}, dx, shape.inputs,
                           true);
  }
}

/// a_j = (A phi)_j at a point.
template <Real R, StoredNumber S>
[[nodiscard]] R low_rank_scale(LowRankParts<S const> parts, kernel::ChosenRows<R> phi, Index j) noexcept {
  R scale = 0;
  for (Index k = 0; k < phi.count; ++k) {
    scale = simd::multiply_add(phi.coefficients[k], number_as<R>(parts.scales[phi.rows[k] * parts.stride + j]), scale);
  }
  return scale;
}

/// One sample through the layer at a point, without forming the layer. `scratch` has rank + outputs numbers.
template <class T, Real R, StoredNumber S>
void low_rank_sample(DenseLayout const& shape, LowRankParts<S const> parts, kernel::ChosenRows<R> phi, R const* x, R* y,
                     R* scratch) noexcept {
  R* const projected = scratch;  // V^T x, then a * V^T x
  R* const added = scratch + shape.rank;
  kernel::dense_sample<T, R>(parts.right, shape.inputs, shape.rank, x, projected);
  for (Index j = 0; j < shape.rank; ++j) {
    projected[j] *= low_rank_scale<R>(parts, phi, j);
  }
  kernel::dense_sample<T, R>(parts.base, shape.inputs, shape.outputs, x, y);
  kernel::mix_rows<T, R>(projected, shape.rank, shape.outputs, shape.outputs, parts.left, added);
  for (Index o = 0; o < shape.outputs; ++o) {
    y[o] += added[o];
  }
}

/// Forms the layer at a point: (inputs + 1) x outputs numbers.
template <class T, Real R, StoredNumber S>
void low_rank_at(DenseLayout const& shape, LowRankParts<S const> parts, kernel::ChosenRows<R> phi, R* point) noexcept {
  std::transform(parts.base, parts.base + shape.size(), point, [](S number) { return number_as<R>(number); });
  for (Index j = 0; j < shape.rank; ++j) {
    R const scale = low_rank_scale<R>(parts, phi, j);
    S const* const left = parts.left + j * shape.outputs;
    for (Index i = 0; i <= shape.inputs; ++i) {
      R const factor = scale * number_as<R>(parts.right[i * shape.rank + j]);
      for (Index o = 0; o < shape.outputs; ++o) {
        R& number = point[i * shape.outputs + o];
        number = simd::multiply_add(factor, number_as<R>(left[o]), number);
      }
    }
  }
}

}  // namespace wmanifold::detail
