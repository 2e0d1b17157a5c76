#pragma once

#include <wmanifold/kernel/product.hpp>

/// A dense layer whose parameters are mixed from `rows` rows, with coefficients phi of each sample's own:
///
///     y_b = sum_k phi_bk (W_k x_b + b_k)
///
/// Row k of the layer starts at `parameters + k * stride`: `inputs` x `outputs` weights, weight (o, i) at
/// i * outputs + o, then `outputs` biases. The bias is the weight of one more input that is always 1.
/// With `coefficients` null there is one row, taken as it is.
namespace wmanifold::kernel {

/// The parameters of one layer, K rows.
template <Real R>
struct DenseRows {
  R const* parameters;
  Index rows;
  Index stride;
  Index inputs;
  Index outputs;
};

/// The same, to be written.
template <Real R>
struct MutableDenseRows {
  R* parameters;
  Index rows;
  Index stride;
  Index inputs;
  Index outputs;
};

namespace detail {

/// Calls body(p, k, j) for p = k * period + j in [p0, p1), without a division per term.
template <class Body>
void for_each_pair(Index p0, Index p1, Index period, Body const& body) {
  Index k = p0 / period;
  Index j = p0 % period;
  for (Index p = p0; p < p1; ++p) {
    body(p, k, j);
    if (++j == period) {
      j = 0;
      ++k;
    }
  }
}

template <Real R>
[[nodiscard]] R coefficient(R const* coefficients, Index rows, Index sample, Index k) noexcept {
  return coefficients == nullptr ? R{1} : coefficients[sample * rows + k];
}

}  // namespace detail

/// y (samples x outputs) from x (samples x inputs) and the coefficients (samples x K).
template <class T, Real R>
void dense_forward(DenseRows<R> layer, R const* coefficients, Index samples, R const* x, Index x_stride, R* y,
                   Index y_stride) {
  using B = Block<T, R>;
  Index const period = layer.inputs + 1;
  product<T, R>(
      samples, layer.outputs, layer.rows * period,
      [=](Index sample, Index p0, Index p1, R* out) {
        R const* const from = x + sample * x_stride;
        detail::for_each_pair(p0, p1, period, [=](Index p, Index k, Index i) {
          R const phi = detail::coefficient(coefficients, layer.rows, sample, k);
          out[(p - p0) * B::rows] = i < layer.inputs ? phi * from[i] : phi;
        });
      },
      [=](Index p0, Index p1, Index c0, Index c1, R* out) {
        detail::for_each_pair(p0, p1, period, [=](Index p, Index k, Index i) {
          R const* const from = layer.parameters + k * layer.stride + i * layer.outputs;
          std::copy(from + c0, from + c1, out + (p - p0) * B::columns);
        });
      },
      [=](Index sample) { return y + sample * y_stride; });
}

/// The gradient of the layer's K rows: dP_k = sum_b phi_bk (x_b, 1) dy_b^T, overwritten.
template <class T, Real R>
void dense_backward_parameters(MutableDenseRows<R> gradient, R const* coefficients, Index samples, R const* x,
                               Index x_stride, R const* dy, Index dy_stride) {
  using B = Block<T, R>;
  Index const period = gradient.inputs + 1;
  product<T, R>(
      gradient.rows * period, gradient.outputs, samples,
      [=](Index row, Index p0, Index p1, R* out) {
        Index const k = row / period;
        Index const i = row % period;
        for (Index sample = p0; sample < p1; ++sample) {
          R const phi = detail::coefficient(coefficients, gradient.rows, sample, k);
          out[(sample - p0) * B::rows] = i < gradient.inputs ? phi * x[sample * x_stride + i] : phi;
        }
      },
      [=](Index p0, Index p1, Index c0, Index c1, R* out) {
        for (Index sample = p0; sample < p1; ++sample) {
          R const* const from = dy + sample * dy_stride;
          std::copy(from + c0, from + c1, out + (sample - p0) * B::columns);
        }
      },
      [=](Index row) {
        return gradient.parameters + (row / period) * gradient.stride + (row % period) * gradient.outputs;
      });
}

/// The gradient of the inputs: dx_b = sum_k phi_bk W_k^T dy_b, overwritten.
template <class T, Real R>
void dense_backward_inputs(DenseRows<R> layer, R const* coefficients, Index samples, R const* dy, Index dy_stride,
                           R* dx, Index dx_stride) {
  using B = Block<T, R>;
  Index const period = layer.outputs;
  product<T, R>(
      samples, layer.inputs, layer.rows * period,
      [=](Index sample, Index p0, Index p1, R* out) {
        R const* const from = dy + sample * dy_stride;
        detail::for_each_pair(p0, p1, period, [=](Index p, Index k, Index o) {
          out[(p - p0) * B::rows] = detail::coefficient(coefficients, layer.rows, sample, k) * from[o];
        });
      },
      [=](Index p0, Index p1, Index c0, Index c1, R* out) {
        detail::for_each_pair(p0, p1, period, [=](Index p, Index k, Index o) {
          R const* const from = layer.parameters + k * layer.stride + o;
          for (Index i = c0; i < c1; ++i) {
            out[(p - p0) * B::columns + i - c0] = from[i * layer.outputs];
          }
        });
      },
      [=](Index sample) { return dx + sample * dx_stride; });
}

/// Adds this layer's part of the gradient of the coefficients: dphi_bk += <dy_b, W_k x_b + b_k>.
/// `scratch` holds samples x inputs numbers.
template <class T, Real R>
void dense_backward_coefficients(DenseRows<R> layer, Index samples, R const* x, Index x_stride, R const* dy,
                                 Index dy_stride, R* dphi, R* scratch) {
  for (Index k = 0; k < layer.rows; ++k) {
    DenseRows<R> one = layer;
    one.parameters += k * layer.stride;
    one.rows = 1;
    dense_backward_inputs<T, R>(one, nullptr, samples, dy, dy_stride, scratch, layer.inputs);
    R const* const bias = one.parameters + layer.inputs * layer.outputs;
    for (Index sample = 0; sample < samples; ++sample) {
      R sum = 0;
      for (Index i = 0; i < layer.inputs; ++i) {
        sum += x[sample * x_stride + i] * scratch[sample * layer.inputs + i];
      }
      for (Index o = 0; o < layer.outputs; ++o) {
        sum += bias[o] * dy[sample * dy_stride + o];
      }
      dphi[sample * layer.rows + k] += sum;
    }
  }
}

/// One sample through one row: y = W x + b.
template <class T, Real R>
void dense_point(R const* parameters, Index inputs, Index outputs, R const* x, R* y) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  R const* const bias = parameters + inputs * outputs;
  Index o = 0;
  auto const columns = [&]<int Vectors>(std::integral_constant<int, Vectors>) {
    for (; o + Vectors * lanes <= outputs; o += Vectors * lanes) {
      std::array<V, Vectors> sum;
      for (int v = 0; v < Vectors; ++v) {
        sum[v] = V::load_unaligned(bias + o + v * lanes);
      }
      R const* weights = parameters + o;
      for (Index i = 0; i < inputs; ++i, weights += outputs) {
        V const left(x[i]);
        for (int v = 0; v < Vectors; ++v) {
          sum[v] = simd::fma(left, V::load_unaligned(weights + v * lanes), sum[v]);
        }
      }
      for (int v = 0; v < Vectors; ++v) {
        sum[v].store_unaligned(y + o + v * lanes);
      }
    }
  };
  columns(std::integral_constant<int, 4>{});
  columns(std::integral_constant<int, 1>{});
  for (; o < outputs; ++o) {
    R sum = bias[o];
    for (Index i = 0; i < inputs; ++i) {
      sum += x[i] * parameters[i * outputs + o];
    }
    y[o] = sum;
  }
}

}  // namespace wmanifold::kernel
