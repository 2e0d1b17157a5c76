#pragma once

#include <wmanifold/kernel/matrix/blocked.hpp>
#include <wmanifold/kernel/matrix/narrow.hpp>

#include <algorithm>

/// A dense layer whose parameters are mixed from `rows` rows, with coefficients phi for each sample:
///
///     y_b = sum_k phi_bk (W_k x_b + b_k)
///
/// Small layers, and those of them with few outputs, have passes of their own; the blocked ones are for all others.
namespace wmanifold::kernel {

/// Returns the numbers of scratch that the passes below need.
template <class T, Real R>
[[nodiscard]] Index dense_scratch(Index samples, Index inputs, Index outputs, Index rows) noexcept {
  Index const padded = simd::whole_vectors<T, R>(samples);
  return std::max((outputs + rows) * padded + inputs * Block<T, R>::columns, samples * Block<T, R>::columns);
}

namespace detail {

/// Returns whether a layer's passes are those of small layers: small, and mixed without spans.
template <class T, Real R>
[[nodiscard]] bool goes_small(Coefficients<R> const& coefficients, Index rows, Index inputs, Index outputs,
                              Index samples) noexcept {
  return coefficients.numbers != nullptr && coefficients.spans.count == 0 &&
         is_small<T, R>(rows, inputs, outputs, samples);
}

}  // namespace detail

/// Computes y (samples x outputs) from x (samples x inputs) and the coefficients (samples x K). It calls `done(samples,
/// outputs)` for each finished part of y.
template <class T, Real R>
void dense_forward(DenseRows<R> layer, Coefficients<R> coefficients, Index samples, Samples<R const> x, Samples<R> y,
                   Epilogue done = {}) {
  if (detail::goes_small<T, R>(coefficients, layer.rows, layer.inputs, layer.outputs, samples)) {
    auto const pass = is_narrow<T, R>(layer.inputs, layer.outputs) ? narrow_forward<T, R> : small_forward<T, R>;
    pass(layer, coefficients.numbers, samples, x, y);
    done({0, samples}, {0, layer.outputs});
  } else {
    blocked_forward<T, R>(layer, coefficients, samples, x, y, done);
  }
}

/// Computes the gradient of the layer's K rows, dP_k = sum_b phi_bk (x_b, 1) dy_b^T, and overwrites `gradient` with it.
template <class T, Real R>
void dense_backward_parameters(MutableDenseRows<R> gradient, Coefficients<R> coefficients, Index samples,
                               Samples<R const> x, Samples<R const> dy) {
  if (detail::goes_small<T, R>(coefficients, gradient.rows, gradient.inputs, gradient.outputs, samples)) {
    auto const pass = is_narrow<T, R>(gradient.inputs, gradient.outputs) ? narrow_backward_parameters<T, R>
                                                                         : small_backward_parameters<T, R>;
    pass(gradient, coefficients.numbers, samples, x, dy);
  } else {
    blocked_backward_parameters<T, R>(gradient, coefficients, samples, x, dy);
  }
}

/// Computes the gradient of the inputs, dx_b = sum_k phi_bk W_k^T dy_b, and overwrites dx with it. Where `slope` (in
/// the layout of dx) is not null, it multiplies element by element with this derivative of the activation before the
/// layer. `scratch` has dense_scratch numbers.
template <class T, Real R>
void dense_backward_inputs(DenseRows<R> layer, Coefficients<R> coefficients, Index samples, Samples<R const> dy,
                           Samples<R> dx, R const* slope, R* scratch) {
  // The small pass transposes the rows, the blocked one the samples.
  if (samples >= layer.inputs &&
      detail::goes_small<T, R>(coefficients, layer.rows, layer.inputs, layer.outputs, samples)) {
    small_backward_inputs<T, R>(layer, coefficients.numbers, samples, dy, dx, slope);
  } else {
    blocked_backward_inputs<T, R>(layer, coefficients, samples, dy, dx, slope, scratch);
  }
}

/// Adds this layer's part of the gradient of the coefficients: dphi_bk += <dy_b, W_k x_b + b_k>, for the samples b of
/// row k in `wanted`. `scratch` has dense_scratch numbers.
template <class T, Real R>
void dense_backward_coefficients(DenseRows<R> layer, RowRuns const& wanted, Index samples, Samples<R const> x,
                                 Samples<R const> dy, R* dphi, R* scratch) {
  using B = Block<T, R>;
  Pieces const terms = depth_pieces<T, R>(layer.inputs);
  Pieces const panels = column_pieces<T, R>(layer.outputs);
  share_rows<T, R>(samples, layer.rows * samples * layer.inputs * layer.outputs, [&](IndexRange own, Index) {
    PackedTile<T, R> tile;
    for (Index panel = 0; panel < panels.size(); ++panel) {
      IndexRange const out = panels[panel];
      for (Index k = 0; k < layer.rows; ++k) {
        DenseRows<R> row = layer;
        row.parameters += k * layer.stride;
        row.rows = 1;
        wanted.for_each(k, own, [&](IndexRange run) {
          R* const y = scratch + run.begin * B::columns;
          detail::start_with_bias<T, R>(row, detail::MixedRows<R>{nullptr, 1}, IndexRange{0, run.size()}, out,
                                        Samples<R>{y - out.begin, B::columns});
          for (Index t = 0; t < terms.size(); ++t) {
            IndexRange const p = terms[t];
            detail::pack_weights<T, R>(row, 0, p, out, tile.numbers.data());
            sweep<T, R>(run.size(), by_rows(x.data + run.begin * x.stride + p.begin, x.stride), tile.numbers.data(),
                        B::columns, p.size(), out.size(), Destination<R>{y, B::columns, true});
          }
          for (Index b = 0; b < run.size(); ++b) {
            R const* const slope = dy.data + (run.begin + b) * dy.stride + out.begin;
            R sum = 0;
            for (Index o = 0; o < out.size(); ++o) {
              sum += slope[o] * y[b * B::columns + o];
            }
            dphi[(run.begin + b) * layer.rows + k] += sum;
          }
        });
      }
    }
  });
}

}  // namespace wmanifold::kernel
