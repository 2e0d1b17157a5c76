#pragma once

#include <wmanifold/kernel/matrix/dense_rows.hpp>
#include <wmanifold/kernel/matrix/tile.hpp>
#include <wmanifold/kernel/matrix/transpose.hpp>

/// A dense layer whose parameters are mixed from `rows` rows, with coefficients phi for each sample:
///
///     y_b = sum_k phi_bk (W_k x_b + b_k)
///
/// Row k of the layer starts at `parameters + k * stride`: `inputs` x `outputs` weights, weight (o, i) at i * outputs +
/// o, then `outputs` biases. Null `coefficients` mean a single row with coefficient 1.
///
/// Neither phi (x) x nor the mixed weights are ever formed: samples pass over a tile of one P_k, and phi scales the
/// sums (forward) or the tile (backward).
namespace wmanifold::kernel {

namespace detail {

/// The coefficients as a left-hand side, and as the scale of row k.
template <Real R>
struct MixedRows {
  R const* coefficients;
  Index rows;
  Spans spans = {};

  [[nodiscard]] R const* at(Index sample) const noexcept {
    return coefficients == nullptr ? &one<R> : coefficients + sample * rows;
  }
  [[nodiscard]] Index stride() const noexcept { return coefficients == nullptr ? 0 : rows; }
  [[nodiscard]] R of(Index sample, Index k) const noexcept {
    return coefficients == nullptr ? R{1} : coefficients[sample * rows + k];
  }
  /// Returns the destination of row k's sums.
  [[nodiscard]] Destination<R> sink(R* data, Index data_stride, bool add, Index sample, Index k) const noexcept {
    return {data, data_stride, add, coefficients == nullptr ? nullptr : at(sample) + k, rows};
  }
  /// Returns the sum over samples of the rows that they use.
  [[nodiscard]] Index uses(Index samples) const noexcept { return spans.uses_of(samples, rows); }
};

/// Copies rows [p.begin, p.end) and columns `out` of W_k into a tile.
template <class T, Real R>
void pack_weights(DenseRows<R> const& layer, Index k, IndexRange p, IndexRange out, R* tile) {
  R const* from = layer.parameters + k * layer.stride + p.begin * layer.outputs + out.begin;
  for (Index i = p.begin; i < p.end; ++i, from += layer.outputs, tile += Block<T, R>::columns) {
    pack_row<T, R>(R{1}, from, out.size(), tile);
  }
}

/// Copies columns `out` of the biases of rows `k` into a tile.
template <class T, Real R>
void pack_biases(DenseRows<R> const& layer, IndexRange k, IndexRange out, R* tile) {
  R const* from = layer.parameters + k.begin * layer.stride + layer.inputs * layer.outputs + out.begin;
  for (Index i = k.begin; i < k.end; ++i, from += layer.stride, tile += Block<T, R>::columns) {
    pack_row<T, R>(R{1}, from, out.size(), tile);
  }
}

/// Sets y to sum_k phi_bk b_k for some samples and outputs.
template <class T, Real R>
void start_with_bias(DenseRows<R> const& layer, MixedRows<R> const& mixing, IndexRange samples, IndexRange out,
                     Samples<R> y) {
  PackedTile<T, R> tile;
  R* const to = y.data + out.begin;
  if (mixing.spans.count > 0) {
    for (Index b = samples.begin; b < samples.end; ++b) {
      std::fill_n(to + b * y.stride, out.size(), R{0});
    }
    for (Index k = 0; k < layer.rows; ++k) {
      pack_biases<T, R>(layer, {k, k + 1}, out, tile.numbers.data());
      mixing.spans.runs.for_each(k, samples, [&](IndexRange run) {
        sweep<T, R>(run.size(), by_rows(&one<R>, 0), tile.numbers.data(), Block<T, R>::columns, 1, out.size(),
                    mixing.sink(to + run.begin * y.stride, y.stride, true, run.begin, k));
      });
    }
    return;
  }
  for (Index k0 = 0; k0 < layer.rows; k0 += Block<T, R>::depth) {
    Index const k1 = std::min(layer.rows, k0 + Block<T, R>::depth);
    pack_biases<T, R>(layer, {k0, k1}, out, tile.numbers.data());
    sweep<T, R>(samples.size(), by_rows(mixing.at(samples.begin) + k0, mixing.stride()), tile.numbers.data(),
                Block<T, R>::columns, k1 - k0, out.size(),
                Destination<R>{to + samples.begin * y.stride, y.stride, k0 > 0});
  }
}

}  // namespace detail

/// Computes y (samples x outputs) from x (samples x inputs) and the coefficients (samples x K). It calls `done(samples,
/// outputs)` for each finished part of y.
template <class T, Real R>
void blocked_forward(DenseRows<R> layer, Coefficients<R> coefficients, Index samples, Samples<R const> x, Samples<R> y,
                     Epilogue done = {}) {
  detail::MixedRows<R> const mixing{coefficients.numbers, layer.rows, coefficients.spans};
  Pieces const terms = depth_pieces<T, R>(layer.inputs);
  Index const work = mixing.uses(samples) * layer.inputs * layer.outputs;
  auto const part = [&](IndexRange own, IndexRange columns) __attribute__((noinline)) {
    PackedTile<T, R> tile;
    Pieces const panels = column_pieces<T, R>(columns.size());
    for (Index t = 0; t < terms.size(); ++t) {
      IndexRange const p = terms[t];
      for (Index panel = 0; panel < panels.size(); ++panel) {
        IndexRange const out{columns.begin + panels[panel].begin, columns.begin + panels[panel].end};
        if (t == 0) {
          detail::start_with_bias<T, R>(layer, mixing, own, out, y);
        }
        for (Index k = 0; k < layer.rows; ++k) {
          bool packed = false;
          Prefetch<R> next{layer.parameters + p.begin * layer.outputs, layer.outputs, p.size(), out.size()};
          if (k + 1 < layer.rows) {
            next.data += (k + 1) * layer.stride + out.begin;
          } else {
            next.data += out.end;
            next.width = panel + 1 < panels.size() ? panels[panel + 1].size() : 0;
          }
          mixing.spans.runs.for_each(k, own, [&](IndexRange run) {
            if (!packed) {
              detail::pack_weights<T, R>(layer, k, p, out, tile.numbers.data());
            }
            sweep<T, R>(run.size(), by_rows(x.data + run.begin * x.stride + p.begin, x.stride), tile.numbers.data(),
                        Block<T, R>::columns, p.size(), out.size(),
                        mixing.sink(y.data + run.begin * y.stride + out.begin, y.stride, true, run.begin, k),
                        packed ? Prefetch<R>{} : next);
            packed = true;
          });
        }
        if (t + 1 == terms.size()) {
          done(own, out);
        }
      }
    }
  };
  if (layer.rows * layer.outputs > samples) {
    share_columns<T, R>(samples, layer.outputs, work, part);
  } else {
    share_rows<T, R>(samples, work, [&](IndexRange own, Index) { part(own, IndexRange{0, layer.outputs}); });
  }
}

namespace detail {

/// Sets row k of a gradient to zero for some inputs and outputs. The biases belong to the first inputs.
template <Real R>
void clear_row(MutableDenseRows<R> const& gradient, Index k, IndexRange inputs, IndexRange out) {
  auto const clear = [&](Index i) {
    std::fill_n(gradient.parameters + k * gradient.stride + i * gradient.outputs + out.begin, out.size(), R{0});
  };
  for (Index i = inputs.begin; i < inputs.end; ++i) {
    clear(i);
  }
  if (inputs.begin == 0) {
    clear(gradient.inputs);
  }
}

}  // namespace detail

/// Computes the gradient of the layer's K rows, dP_k = sum_b phi_bk (x_b, 1) dy_b^T, and overwrites `gradient` with it.
template <class T, Real R>
void blocked_backward_parameters(MutableDenseRows<R> gradient, Coefficients<R> coefficients, Index samples,
                                 Samples<R const> x, Samples<R const> dy) {
  detail::MixedRows<R> const mixing{coefficients.numbers, gradient.rows, coefficients.spans};
  Pieces const panels = column_pieces<T, R>(gradient.outputs);
  Index const work = mixing.uses(samples) * gradient.inputs * gradient.outputs;
  share_rows<T, R>(gradient.inputs, work, [&](IndexRange own, Index) {
    PackedTile<T, R> tile;
    for (Index panel = 0; panel < panels.size(); ++panel) {
      IndexRange const out = panels[panel];
      // dy of the samples p, times their coefficients in row k, or by itself
      auto const pack = [&](IndexRange p, Index k) {
        R* to = tile.numbers.data();
        for (Index b = p.begin; b < p.end; ++b, to += Block<T, R>::columns) {
          pack_row<T, R>(k < 0 ? R{1} : mixing.of(b, k), dy.data + b * dy.stride + out.begin, out.size(), to);
        }
      };
      auto const sum = [&](Index rows, Left<R> left, Index depth, R* to, Index stride, bool add) {
        sweep<T, R>(rows, left, tile.numbers.data(), Block<T, R>::columns, depth, out.size(),
                    Destination<R>{to + out.begin, stride, add});
      };
      auto const weights = [&](IndexRange p, Index k, bool add) {
        sum(own.size(), by_depth(x.data + p.begin * x.stride + own.begin, x.stride), p.size(),
            gradient.parameters + k * gradient.stride + own.begin * gradient.outputs, gradient.outputs, add);
      };
      R* const biases = gradient.parameters + gradient.inputs * gradient.outputs;
      bool const has_biases = own.begin == 0;  // the thread with the first rows computes them
      if (mixing.spans.count > 0) {
        for (Index k = 0; k < gradient.rows; ++k) {
          bool add = false;
          mixing.spans.runs.for_each(k, {0, samples}, [&](IndexRange run) {
            Pieces const terms = depth_pieces<T, R>(run.size());
            for (Index t = 0; t < terms.size(); ++t) {
              IndexRange const p{run.begin + terms[t].begin, run.begin + terms[t].end};
              pack(p, k);
              if (has_biases) {
                sum(1, by_depth(&detail::one<R>, 0), p.size(), biases + k * gradient.stride, gradient.stride, add);
              }
              weights(p, k, add);
              add = true;
            }
          });
          if (!add) {  // no sample uses this row
            detail::clear_row<R>(gradient, k, own, out);
          }
        }
        continue;
      }
      Pieces const terms = depth_pieces<T, R>(samples);
      for (Index t = 0; t < terms.size(); ++t) {
        IndexRange const p = terms[t];
        if (has_biases) {
          pack(p, -1);
          sum(gradient.rows, by_depth(mixing.at(p.begin), mixing.stride()), p.size(), biases, gradient.stride, t > 0);
        }
        for (Index k = 0; k < gradient.rows; ++k) {
          pack(p, k);
          weights(p, k, t > 0);
        }
      }
    }
  });
}

/// Computes the gradient of the inputs, dx_b = sum_k phi_bk W_k^T dy_b, and overwrites dx with it. Where `slope` (in
/// the layout of dx) is not null, it multiplies element by element with this derivative of the activation before the
/// layer. `scratch` has dense_scratch numbers.
template <class T, Real R>
void blocked_backward_inputs(DenseRows<R> layer, Coefficients<R> coefficients, Index samples, Samples<R const> dy,
                             Samples<R> dx, R const* slope, R* scratch) {
  using B = Block<T, R>;
  // Samples are the columns of the sums, and W_k is read without a transposition: dx^T = sum_k W_k (phi_k dy)^T.
  Spans const& spans = coefficients.spans;
  detail::MixedRows<R> const mixing{coefficients.numbers, layer.rows, spans};
  Index const padded = simd::whole_vectors<T, R>(samples);
  R* const dy_columns = scratch;  // outputs x samples
  R* const phi_columns = dy_columns + layer.outputs * padded;
  R* const sums = phi_columns + layer.rows * padded;  // inputs x the samples of one panel
  transpose<T, R>(samples, layer.outputs, dy.data, dy.stride, dy_columns, padded);
  if (coefficients.numbers != nullptr) {
    transpose<T, R>(samples, layer.rows, coefficients.numbers, layer.rows, phi_columns, padded);
  }
  Pieces const terms = depth_pieces<T, R>(layer.outputs);
  Index const work = mixing.uses(samples) * layer.inputs * layer.outputs;
  share_rows<T, R>(layer.inputs, work, [&](IndexRange own, Index) {
    PackedTile<T, R> tile;
    // The panels of samples that all use these `count` rows; null: rows 0, 1, ...
    auto const part = [&](IndexRange of, Index count, Index const* rows) {
      Pieces const panels = column_pieces<T, R>(of.size());
      for (Index panel = 0; panel < panels.size(); ++panel) {
        IndexRange const b{of.begin + panels[panel].begin, of.begin + panels[panel].end};
        Index const width = rows == nullptr ? b.size() : simd::whole_vectors<T, R>(b.size());
        if (count == 0) {  // samples that use no row
          std::fill(sums + own.begin * B::columns, sums + own.end * B::columns, R{0});
        }
        for (Index t = 0; t < terms.size(); ++t) {
          IndexRange const p = terms[t];
          for (Index i = 0; i < count; ++i) {
            Index const k = rows == nullptr ? i : rows[i];
            R* to = tile.numbers.data();
            R const* const phi = coefficients.numbers == nullptr ? nullptr : phi_columns + k * padded + b.begin;
            for (Index o = p.begin; o < p.end; ++o, to += B::columns) {
              pack_scaled_row<T, R>(phi, dy_columns + o * padded + b.begin, b.size(), to);
            }
            sweep<T, R>(
                own.size(),
                by_rows(layer.parameters + k * layer.stride + own.begin * layer.outputs + p.begin, layer.outputs),
                tile.numbers.data(), B::columns, p.size(), width,
                Destination<R>{sums + own.begin * B::columns, B::columns, t > 0 || i > 0});
          }
        }
        Index const first = b.begin * dx.stride + own.begin;
        transpose<T, R>(own.size(), b.size(), sums + own.begin * B::columns, B::columns, dx.data + first, dx.stride,
                        slope == nullptr ? nullptr : slope + first);
      }
    };
    if (spans.count == 0) {
      part({0, samples}, layer.rows, nullptr);
    }
    for (Index s = 0, begin = 0; s < spans.count; begin = spans.ends[s++]) {
      part({begin, spans.ends[s]}, spans.row_starts[s + 1] - spans.row_starts[s], spans.rows + spans.row_starts[s]);
    }
  });
}

}  // namespace wmanifold::kernel
