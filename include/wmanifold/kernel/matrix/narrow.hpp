#pragma once

#include <wmanifold/kernel/matrix/small.hpp>

/// The passes of a small mixed dense layer whose outputs would fill a small part of a vector, such as the last layer of
/// a network with one output. Vectors hold inputs instead.
namespace wmanifold::kernel {
namespace detail {

/// Computes the gradient of a vector of inputs' weights of one output in `Rows` rows, and of the rows' biases:
/// sum_b phi_bk dy_b (x_b, 1). The results are vectors; those of a bias have equal numbers.
template <class T, Real R, int Rows>
[[nodiscard, gnu::noinline]] simd::Batches<simd::Batch<T, R>, 2 * Rows> narrow_gradient(Samples<R const> x,
                                                                                        Samples<R const> dy,
                                                                                        R const* phi, Index phi_stride,
                                                                                        Index samples) noexcept {
  using V = simd::Batch<T, R>;
  simd::Batches<V, 2 * Rows> sums;
  unroll<2 * Rows>([&](int i) __attribute__((always_inline)) { sums[i] = V(R{0}); });
  for (; samples > 0; --samples, x.data += x.stride, dy.data += dy.stride, phi += phi_stride) {
    V const inputs = V::load_unaligned(x.data);
    unroll<Rows>([&](int r) __attribute__((always_inline)) {
      V const factor(phi[r] * *dy.data);
      sums[r] = simd::fma(factor, inputs, sums[r]);
      sums[Rows + r] += factor;
    });
  }
  return sums;
}

}  // namespace detail

/// Returns whether a small layer has at most a quarter of a vector of outputs, and whole vectors of inputs.
template <class T, Real R>
[[nodiscard]] constexpr bool is_narrow(Index inputs, Index outputs) noexcept {
  return 4 * outputs <= simd::lanes<T, R> && inputs % simd::lanes<T, R> == 0;
}

/// Computes y (samples x outputs) of a narrow layer.
template <class T, Real R>
void narrow_forward(DenseRows<R> const& layer, R const* phi, Index samples, Samples<R const> x, Samples<R> y) noexcept {
  using V = simd::Batch<T, R>;
  detail::SmallMemory<R> memory;
  detail::TurnedRows<R> const turned = detail::turn_rows<T>(layer, memory);
  for (; samples > 0; --samples, x.data += x.stride, y.data += y.stride, phi += layer.rows) {
    for (Index o = 0; o < layer.outputs; ++o) {
      R const* const weights = turned.data + o * turned.width;
      R const* const biases = layer.parameters + layer.inputs * layer.outputs + o;
      V sum(R{0});
      for (Index i = 0; i < layer.inputs; i += simd::lanes<T, R>) {
        V weight = V(phi[0]) * V::load_unaligned(weights + i);
        for (Index k = 1; k < layer.rows; ++k) {
          weight = simd::fma(V(phi[k]), V::load_unaligned(weights + k * turned.row + i), weight);
        }
        sum = simd::fma(weight, V::load_unaligned(x.data + i), sum);
      }
      R bias = 0;
      for (Index k = 0; k < layer.rows; ++k) {
        bias += phi[k] * biases[k * layer.stride];
      }
      y.data[o] = simd::sum_of(sum) + bias;
    }
  }
}

/// Overwrites `gradient` with that of a narrow layer's K rows.
template <class T, Real R>
void narrow_backward_parameters(MutableDenseRows<R> const& gradient, R const* phi, Index samples, Samples<R const> x,
                                Samples<R const> dy) noexcept {
  constexpr Index lanes = simd::lanes<T, R>;
  Index const outputs = gradient.outputs;
  detail::for_rows(gradient.rows, [&]<int Rows>(Index k, std::integral_constant<int, Rows>) {
    for (Index o = 0; o < outputs; ++o) {
      for (Index i = 0; i < gradient.inputs; i += lanes) {
        auto const sums = detail::narrow_gradient<T, R, Rows>({x.data + i, x.stride}, {dy.data + o, dy.stride}, phi + k,
                                                              gradient.rows, samples);
        for (int r = 0; r < Rows; ++r) {
          alignas(alignment) std::array<R, static_cast<std::size_t>(lanes)> weights;
          sums[r].store_aligned(weights.data());
          R* const to = gradient.parameters + (k + r) * gradient.stride + o;
          for (Index n = 0; n < lanes; ++n) {
            to[(i + n) * outputs] = weights[static_cast<std::size_t>(n)];
          }
          if (i == 0) {
            sums[Rows + r].store_aligned(weights.data());
            to[gradient.inputs * outputs] = weights[0];
          }
        }
      }
    }
  });
}

}  // namespace wmanifold::kernel
