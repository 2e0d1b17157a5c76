#pragma once

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

/// The parameters of one layer, K rows.
template <Real R>
struct DenseRows {
  /// The parameters of row 0.
  R const* parameters;
  /// K.
  Index rows;
  /// The distance of rows.
  Index stride;
  /// Inputs of the layer.
  Index inputs;
  /// Outputs of the layer.
  Index outputs;
};

/// The writable parameters, or gradient, of one layer, K rows.
template <Real R>
struct MutableDenseRows {
  /// The parameters of row 0.
  R* parameters;
  /// K.
  Index rows;
  /// The distance of rows.
  Index stride;
  /// Inputs of the layer.
  Index inputs;
  /// Outputs of the layer.
  Index outputs;
};

/// A matrix of samples x features, its rows `stride` apart.
template <class R>
struct Samples {
  /// The first sample.
  R* data;
  /// The distance of samples.
  Index stride;
};

/// Returns the numbers of scratch that the passes below need.
template <class T, Real R>
[[nodiscard]] Index dense_scratch(Index samples, Index inputs, Index outputs, Index rows) noexcept {
  Index const padded = simd::whole_vectors<T, R>(samples);
  return std::max((outputs + rows) * padded + inputs * Block<T, R>::columns, samples * Block<T, R>::columns);
}

namespace detail {

/// The left-hand side for terms that are equal in all rows: a 1, read with stride 0.
template <Real R>
inline constexpr R one = R{1};

/// The coefficients as a left-hand side, and as the scale of row k.
template <Real R>
struct Coefficients {
  R const* coefficients;
  Index rows;

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
};

/// Copies rows [p.begin, p.end) and columns `out` of W_k into a tile.
template <class T, Real R>
void pack_weights(DenseRows<R> const& layer, Index k, IndexRange p, IndexRange out, R* tile) {
  R const* from = layer.parameters + k * layer.stride + p.begin * layer.outputs + out.begin;
  for (Index i = p.begin; i < p.end; ++i, from += layer.outputs, tile += Block<T, R>::columns) {
    pack_row<T, R>(R{1}, from, out.size(), tile);
  }
}

/// Sets y to sum_k phi_bk b_k for some samples and outputs.
template <class T, Real R>
void start_with_bias(DenseRows<R> const& layer, Coefficients<R> mixing, IndexRange samples, IndexRange out,
                     Samples<R> y) {
  PackedTile<T, R> tile;
  for (Index k0 = 0; k0 < layer.rows; k0 += Block<T, R>::depth) {
    Index const k1 = std::min(layer.rows, k0 + Block<T, R>::depth);
    for (Index k = k0; k < k1; ++k) {
      R const* const bias = layer.parameters + k * layer.stride + layer.inputs * layer.outputs;
      pack_row<T, R>(R{1}, bias + out.begin, out.size(), tile.numbers.data() + (k - k0) * Block<T, R>::columns);
    }
    sweep<T, R>(samples.size(), by_rows(mixing.at(samples.begin) + k0, mixing.stride()), tile.numbers.data(),
                Block<T, R>::columns, k1 - k0, out.size(),
                Destination<R>{y.data + samples.begin * y.stride + out.begin, y.stride, k0 > 0});
  }
}

}  // namespace detail

/// Computes y (samples x outputs) from x (samples x inputs) and the coefficients (samples x K). It calls `done(samples,
/// outputs)` for each finished part of y.
template <class T, Real R>
void dense_forward(DenseRows<R> layer, R const* coefficients, Index samples, Samples<R const> x, Samples<R> y,
                   Epilogue done = {}) {
  detail::Coefficients<R> const mixing{coefficients, layer.rows};
  Pieces const terms = depth_pieces<T, R>(layer.inputs);
  Index const work = layer.rows * samples * layer.inputs * layer.outputs;
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
          detail::pack_weights<T, R>(layer, k, p, out, tile.numbers.data());
          Prefetch<R> next{layer.parameters + p.begin * layer.outputs, layer.outputs, p.size(), out.size()};
          if (k + 1 < layer.rows) {
            next.data += (k + 1) * layer.stride + out.begin;
          } else {
            next.data += out.end;
            next.width = panel + 1 < panels.size() ? panels[panel + 1].size() : 0;
          }
          sweep<T, R>(own.size(), by_rows(x.data + own.begin * x.stride + p.begin, x.stride), tile.numbers.data(),
                      Block<T, R>::columns, p.size(), out.size(),
                      mixing.sink(y.data + own.begin * y.stride + out.begin, y.stride, true, own.begin, k), next);
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

/// Computes the gradient of the layer's K rows, dP_k = sum_b phi_bk (x_b, 1) dy_b^T, and overwrites `gradient` with it.
template <class T, Real R>
void dense_backward_parameters(MutableDenseRows<R> gradient, R const* coefficients, Index samples, Samples<R const> x,
                               Samples<R const> dy) {
  detail::Coefficients<R> const mixing{coefficients, gradient.rows};
  Pieces const terms = depth_pieces<T, R>(samples);
  Pieces const panels = column_pieces<T, R>(gradient.outputs);
  Index const work = gradient.rows * samples * gradient.inputs * gradient.outputs;
  share_rows<T, R>(gradient.inputs, work, [&](IndexRange own, Index) {
    PackedTile<T, R> tile;
    for (Index panel = 0; panel < panels.size(); ++panel) {
      IndexRange const out = panels[panel];
      for (Index t = 0; t < terms.size(); ++t) {
        IndexRange const p = terms[t];
        auto const pack = [&](Index k) {
          R* to = tile.numbers.data();
          for (Index b = p.begin; b < p.end; ++b, to += Block<T, R>::columns) {
            pack_row<T, R>(k < 0 ? R{1} : mixing.of(b, k), dy.data + b * dy.stride + out.begin, out.size(), to);
          }
        };
        if (own.begin == 0) {  // the thread with the first rows computes the biases
          pack(-1);
          sweep<T, R>(gradient.rows, by_depth(mixing.at(p.begin), mixing.stride()), tile.numbers.data(),
                      Block<T, R>::columns, p.size(), out.size(),
                      Destination<R>{gradient.parameters + gradient.inputs * gradient.outputs + out.begin,
                                     gradient.stride, t > 0});
        }
        for (Index k = 0; k < gradient.rows; ++k) {
          pack(k);
          sweep<T, R>(
              own.size(), by_depth(x.data + p.begin * x.stride + own.begin, x.stride), tile.numbers.data(),
              Block<T, R>::columns, p.size(), out.size(),
              Destination<R>{gradient.parameters + k * gradient.stride + own.begin * gradient.outputs + out.begin,
                             gradient.outputs, t > 0});
        }
      }
    }
  });
}

/// Computes the gradient of the inputs, dx_b = sum_k phi_bk W_k^T dy_b, and overwrites dx with it. Where `slope` (in
/// the layout of dx) is not null, it multiplies element by element with this derivative of the activation before the
/// layer. `scratch` has dense_scratch numbers.
template <class T, Real R>
void dense_backward_inputs(DenseRows<R> layer, R const* coefficients, Index samples, Samples<R const> dy, Samples<R> dx,
                           R const* slope, R* scratch) {
  using B = Block<T, R>;
  // Samples are the columns of the sums, and W_k is read without a transposition: dx^T = sum_k W_k (phi_k dy)^T.
  Index const padded = simd::whole_vectors<T, R>(samples);
  R* const dy_columns = scratch;  // outputs x samples
  R* const phi_columns = dy_columns + layer.outputs * padded;
  R* const sums = phi_columns + layer.rows * padded;  // inputs x the samples of one panel
  transpose<T, R>(samples, layer.outputs, dy.data, dy.stride, dy_columns, padded);
  if (coefficients != nullptr) {
    transpose<T, R>(samples, layer.rows, coefficients, layer.rows, phi_columns, padded);
  }
  Pieces const terms = depth_pieces<T, R>(layer.outputs);
  Pieces const panels = column_pieces<T, R>(samples);
  Index const work = layer.rows * samples * layer.inputs * layer.outputs;
  share_rows<T, R>(layer.inputs, work, [&](IndexRange own, Index) {
    PackedTile<T, R> tile;
    for (Index panel = 0; panel < panels.size(); ++panel) {
      IndexRange const b = panels[panel];
      for (Index t = 0; t < terms.size(); ++t) {
        IndexRange const p = terms[t];
        for (Index k = 0; k < layer.rows; ++k) {
          R* to = tile.numbers.data();
          R const* const phi = coefficients == nullptr ? nullptr : phi_columns + k * padded + b.begin;
          for (Index o = p.begin; o < p.end; ++o, to += B::columns) {
            pack_scaled_row<T, R>(phi, dy_columns + o * padded + b.begin, b.size(), to);
          }
          sweep<T, R>(own.size(),
                      by_rows(layer.parameters + k * layer.stride + own.begin * layer.outputs + p.begin, layer.outputs),
                      tile.numbers.data(), B::columns, p.size(), b.size(),
                      Destination<R>{sums + own.begin * B::columns, B::columns, t > 0 || k > 0});
        }
      }
      Index const first = b.begin * dx.stride + own.begin;
      transpose<T, R>(own.size(), b.size(), sums + own.begin * B::columns, B::columns, dx.data + first, dx.stride,
                      slope == nullptr ? nullptr : slope + first);
    }
  });
}

/// Adds this layer's part of the gradient of the coefficients: dphi_bk += <dy_b, W_k x_b + b_k>. `scratch` has
/// dense_scratch numbers.
template <class T, Real R>
void dense_backward_coefficients(DenseRows<R> layer, Index samples, Samples<R const> x, Samples<R const> dy, R* dphi,
                                 R* scratch) {
  using B = Block<T, R>;
  Pieces const terms = depth_pieces<T, R>(layer.inputs);
  Pieces const panels = column_pieces<T, R>(layer.outputs);
  share_rows<T, R>(samples, layer.rows * samples * layer.inputs * layer.outputs, [&](IndexRange own, Index) {
    PackedTile<T, R> tile;
    R* const y = scratch + own.begin * B::columns;
    for (Index panel = 0; panel < panels.size(); ++panel) {
      IndexRange const out = panels[panel];
      for (Index k = 0; k < layer.rows; ++k) {
        DenseRows<R> row = layer;
        row.parameters += k * layer.stride;
        row.rows = 1;
        detail::start_with_bias<T, R>(row, detail::Coefficients<R>{nullptr, 1}, IndexRange{0, own.size()}, out,
                                      Samples<R>{y - out.begin, B::columns});
        for (Index t = 0; t < terms.size(); ++t) {
          IndexRange const p = terms[t];
          detail::pack_weights<T, R>(row, 0, p, out, tile.numbers.data());
          sweep<T, R>(own.size(), by_rows(x.data + own.begin * x.stride + p.begin, x.stride), tile.numbers.data(),
                      B::columns, p.size(), out.size(), Destination<R>{y, B::columns, true});
        }
        for (Index b = 0; b < own.size(); ++b) {
          R const* const slope = dy.data + (own.begin + b) * dy.stride + out.begin;
          R sum = 0;
          for (Index o = 0; o < out.size(); ++o) {
            sum += slope[o] * y[b * B::columns + o];
          }
          dphi[(own.begin + b) * layer.rows + k] += sum;
        }
      }
    }
  });
}

}  // namespace wmanifold::kernel
