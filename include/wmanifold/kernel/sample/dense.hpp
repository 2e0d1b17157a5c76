#pragma once

#include <wmanifold/core/simd.hpp>
#include <wmanifold/core/unroll.hpp>

#include <algorithm>

namespace wmanifold::kernel {

/// Computes y = W x + b for one sample and one row of parameters, which may be stored in 16 bits.
template <class T, Real R, StoredNumber S = R>
void dense_sample(S const* parameters, Index inputs, Index outputs, R const* x, R* y) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  S const* const bias = parameters + inputs * outputs;
  Index o = 0;
  auto const columns = [&]<int Vectors>(std::integral_constant<int, Vectors>) {
    for (; o + Vectors * lanes <= outputs; o += Vectors * lanes) {
      auto sum = simd::load_block<V, Vectors>(bias + o);
      S const* weights = parameters + o;
      for (Index i = 0; i < inputs; ++i, weights += outputs) {
        V const left(x[i]);
        auto const row = simd::load_block<V, Vectors>(weights);
        unroll<Vectors>([&](int v) __attribute__((always_inline)) { sum[v] = simd::fma(left, row[v], sum[v]); });
      }
      simd::store_block<S>(sum, y + o);
    }
  };
  columns(std::integral_constant<int, 4>{});
  columns(std::integral_constant<int, 1>{});
  for (; o < outputs; ++o) {
    R sum = number_as<R>(bias[o]);
    for (Index i = 0; i < inputs; ++i) {
      sum = simd::multiply_add(x[i], number_as<R>(parameters[i * outputs + o]), sum);
    }
    y[o] = sum;
  }
}

/// The largest number of multiply-adds (of vectors) for which a layer of known sizes is unrolled.
inline constexpr Index static_point_unrolled = 256;

/// Computes y = activation(W x + b) for sizes known at compile time, with a block of outputs in registers. `y` has room
/// for whole vectors. The memory behind the parameters has too, as whole vectors are read there.
template <class T, Real R, Index Inputs, Index Outputs, class Activation>
[[gnu::always_inline]] inline void static_sample(R const* parameters, R const* x, R* y,
                                                 Activation const& activation) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  if constexpr (Outputs == 1 && Inputs >= lanes) {  // one row of weights: a dot product
    V sum = V::load_unaligned(parameters) * V::load_unaligned(x);
    for (Index i = lanes; i + lanes <= Inputs; i += lanes) {
      sum = simd::fma(V::load_unaligned(parameters + i), V::load_unaligned(x + i), sum);
    }
    R total = simd::sum_of(sum) + parameters[Inputs];
    for (Index i = Inputs / lanes * lanes; i < Inputs; ++i) {
      total += parameters[i] * x[i];
    }
    *y = activation(total).value;
    return;
  }
  constexpr int vectors = static_cast<int>(simd::whole_vectors<T, R>(Outputs) / lanes);
  constexpr int block = std::min(vectors, 8);
  // Separate sums for every second (fourth, ...) input hide the latency of a multiply-add.
  constexpr int parts = static_cast<int>(std::min<Index>(Inputs, std::max(1, 8 / block)));
  auto const some = [&]<int Vectors>(int first, std::integral_constant<int, Vectors>) __attribute__((always_inline)) {
    R const* const from = parameters + first * lanes;
    simd::Batches<V, Vectors * parts> sum;
    unroll<Vectors>([&](int v) __attribute__((always_inline)) {
      sum[v] = V::load_unaligned(from + Inputs * Outputs + v * lanes);
      unroll<parts - 1>([&](int p) __attribute__((always_inline)) { sum[(p + 1) * Vectors + v] = V(R{0}); });
    });
    auto const add = [&](Index i, int p) __attribute__((always_inline)) {
      V const left(x[i]);
      unroll<Vectors>([&](int v) __attribute__((always_inline)) {
        V const weight = V::load_unaligned(from + i * Outputs + v * lanes);
        sum[p * Vectors + v] = simd::fma(left, weight, sum[p * Vectors + v]);
      });
    };
    if constexpr (Inputs * Vectors <= static_point_unrolled) {
      unroll<static_cast<int>(Inputs)>([&](int i) __attribute__((always_inline)) { add(i, i % parts); });
    } else {
      for (Index i = 0; i + parts <= Inputs; i += parts) {
        unroll<parts>([&](int p) __attribute__((always_inline)) { add(i + p, p); });
      }
      unroll<static_cast<int>(Inputs % parts)>([&](int p) __attribute__((always_inline)) {
        add(Inputs - Inputs % parts + p, p);
      });
    }
    unroll<Vectors>([&](int v) __attribute__((always_inline)) {
      unroll<parts - 1>([&](int p) __attribute__((always_inline)) { sum[v] += sum[(p + 1) * Vectors + v]; });
      activation(sum[v]).value.store_unaligned(y + (first + v) * lanes);
    });
  };
  int first = 0;
  for (; first + block <= vectors; first += block) {
    some(first, std::integral_constant<int, block>{});
  }
  if constexpr (vectors % block != 0) {
    some(first, std::integral_constant<int, vectors % block>{});
  }
}

}  // namespace wmanifold::kernel
