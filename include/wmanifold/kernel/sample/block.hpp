#pragma once

#include <wmanifold/core/simd.hpp>
#include <wmanifold/core/unroll.hpp>
#include <wmanifold/kernel/matrix/dense_rows.hpp>

#include <type_traits>

namespace wmanifold::kernel {
namespace detail {

/// Samples that share each load of a weight, for so many vectors of outputs: their sums fill most registers.
template <class T, int Vectors>
inline constexpr int block_samples = simd::registers<T> == 32 ? 8
                                     : Vectors == 1           ? 8
                                                              : 4;

/// Computes `Vectors` vectors of outputs of `Count` samples.
template <class T, Real R, int Count, int Vectors, class Activation>
[[gnu::noinline]] void block_tile(R const* parameters, Index inputs, Index outputs, R const* x, Index x_stride, R* y,
                                  Index y_stride, Activation const& activation) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  simd::Batches<V, Count * Vectors> sum;
  R const* const bias = parameters + inputs * outputs;
  unroll<Vectors>([&](int v) __attribute__((always_inline)) {
    V const start = V::load_unaligned(bias + v * lanes);
    unroll<Count>([&](int c) __attribute__((always_inline)) { sum[c * Vectors + v] = start; });
  });
  for (; inputs > 0; --inputs, parameters += outputs, ++x) {
    simd::Batches<V, Vectors> weights;
    unroll<Vectors>([&](int v)
                        __attribute__((always_inline)) { weights[v] = V::load_unaligned(parameters + v * lanes); });
    unroll<Count>([&](int c) __attribute__((always_inline)) {
      V const left(x[c * x_stride]);
      unroll<Vectors>([&](int v) __attribute__((always_inline)) {
        sum[c * Vectors + v] = simd::fma(left, weights[v], sum[c * Vectors + v]);
      });
    });
  }
  unroll<Count>([&](int c) __attribute__((always_inline)) {
    unroll<Vectors>([&](int v) __attribute__((always_inline)) {
      activation(sum[c * Vectors + v]).value.store_unaligned(y + c * y_stride + v * lanes);
    });
  });
}

}  // namespace detail

/// Computes y = activation(W x + b) for a block of samples. Whole vectors of outputs are read and written: rows of y
/// have room for them, and so has the memory behind the parameters. A sample's numbers do not depend on the others of
/// the block.
template <class T, Real R, class Activation>
void dense_block(R const* parameters, Index inputs, Index outputs, Index samples, Samples<R const> x, Samples<R> y,
                 Activation const& activation) noexcept {
  constexpr Index lanes = simd::lanes<T, R>;
  auto const panel = [&]<int Vectors>(Index o, std::integral_constant<int, Vectors>) {
    constexpr int most = detail::block_samples<T, Vectors>;
    Index b = 0;
    auto const tile = [&]<int Count>(std::integral_constant<int, Count>) {
      detail::block_tile<T, R, Count, Vectors, Activation>(parameters + o, inputs, outputs, x.data + b * x.stride,
                                                           x.stride, y.data + b * y.stride + o, y.stride, activation);
      b += Count;
    };
    while (b + most <= samples) {
      tile(std::integral_constant<int, most>{});
    }
    while (b < samples) {
      tile(std::integral_constant<int, 1>{});
    }
  };
  Index o = 0;
  for (; o + 2 * lanes < outputs; o += 3 * lanes) {
    panel(o, std::integral_constant<int, 3>{});
  }
  if (o + lanes < outputs) {
    panel(o, std::integral_constant<int, 2>{});
  } else if (o < outputs) {
    panel(o, std::integral_constant<int, 1>{});
  }
}

/// Computes y = W x + b for a block of samples, without activation.
template <class T, Real R>
void dense_block(R const* parameters, Index inputs, Index outputs, Index samples, Samples<R const> x,
                 Samples<R> y) noexcept {
  struct Linear {
    simd::Batch<T, R> value;
  };
  dense_block<T, R>(parameters, inputs, outputs, samples, x, y,
                    [](simd::Batch<T, R> const& sum) { return Linear{sum}; });
}

}  // namespace wmanifold::kernel
