#pragma once

#include <wmanifold/kernel/matrix/dense_rows.hpp>
#include <wmanifold/kernel/matrix/tile.hpp>
#include <wmanifold/kernel/matrix/transpose.hpp>

#include <algorithm>
#include <array>
#include <utility>

/// The passes of a mixed dense layer whose K rows fit in L1. A tile is one vector of a few samples and of a few rows:
/// the coefficients combine its rows while they are in registers, so no sum of a single row is stored. Parameters are
/// read in place. Layers whose outputs do not fill vectors are copied into padded memory first.
namespace wmanifold::kernel {
namespace detail {

/// The largest number of numbers in the padded rows of a small layer: 32 KB.
template <Real R>
inline constexpr Index small_numbers = 32 * 1024 / static_cast<Index>(sizeof(R));

/// Rows of a small tile.
inline constexpr int small_rows = 3;
/// Samples or inputs of a small tile: its sums, a vector of each row and one number fill the registers.
template <class T>
inline constexpr int small_count = simd::registers<T> == 32 ? 8 : 4;

/// Padded memory of a small layer's pass.
template <Real R>
struct alignas(alignment) SmallMemory {
  std::array<R, static_cast<std::size_t>(small_numbers<R>)> numbers;
};

/// Copies `count` numbers of each row.
template <Real R>
void copy_rows(Index rows, Index count, R const* from, Index from_stride, R* to, Index to_stride) noexcept {
  for (; rows > 0; --rows, from += from_stride, to += to_stride) {
    for (Index n = 0; n < count; ++n) {
      to[n] = from[n];
    }
  }
}

/// Calls body(first, count as a constant) for all of [0, count): `Most` at a time, the rest one by one.
template <int Most, class Body>
[[gnu::always_inline]] inline void for_few(Index count, Body const& body) {
  Index first = 0;
  for (; first + Most <= count; first += Most) {
    body(first, std::integral_constant<int, Most>{});
  }
  for (; first < count; ++first) {
    body(first, std::integral_constant<int, 1>{});
  }
}

/// Calls body(k, number of rows as a constant) for all rows, as many as a tile takes.
template <class Body>
void for_rows(Index rows, Body const& body) {
  Index k = 0;
  for (; k + small_rows <= rows; k += small_rows) {
    body(k, std::integral_constant<int, small_rows>{});
  }
  if (rows - k == 2) {
    body(k, std::integral_constant<int, 2>{});
  } else if (rows > k) {
    body(k, std::integral_constant<int, 1>{});
  }
}

/// A mixed product: to_b = slope_b sum_k phi_bk (bias_k + sum_p x_bp right_kp). Vectors right_kp are `depth` apart,
/// rows k `row`; a bias is the vector behind the last of its row. `phi` is samples x rows, `slope` null or in the
/// layout of `to`. All whole vectors of `to` are written.
template <Real R>
struct SmallProduct {
  Samples<R const> x;
  Index terms;
  bool has_bias;
  R const* right;
  Index row;
  Index depth;
  Index rows;
  R const* phi;
  R const* slope;
  Samples<R> to;
};

/// Computes a vector of `Count` samples, from rows k, ..., k + Rows - 1.
template <class T, Real R, int Count, int Rows>
[[gnu::noinline]] void small_tile(SmallProduct<R> const& product, Index sample, Index k, Index column) noexcept {
  using V = simd::Batch<T, R>;
  Index const stride = product.x.stride;
  Index const row = product.row;
  Index const depth = product.depth;
  R const* x = product.x.data + sample * stride;
  R const* right = product.right + k * row + column;
  simd::Batches<V, Count * Rows> sum;
  unroll<Rows>([&](int r) __attribute__((always_inline)) {
    V const start = product.has_bias ? V::load_unaligned(right + r * row + product.terms * depth) : V(R{0});
    unroll<Count>([&](int c) __attribute__((always_inline)) { sum[c * Rows + r] = start; });
  });
  for (Index p = product.terms; p > 0; --p, right += depth, ++x) {
    simd::Batches<V, Rows> vectors;
    unroll<Rows>([&](int r) __attribute__((always_inline)) { vectors[r] = V::load_unaligned(right + r * row); });
    unroll<Count>([&](int c) __attribute__((always_inline)) {
      V const left(x[c * stride]);
      unroll<Rows>([&](int r) __attribute__((always_inline)) {
        sum[c * Rows + r] = simd::fma(left, vectors[r], sum[c * Rows + r]);
      });
    });
  }
  Index const first = sample * product.to.stride + column;
  Index const to_stride = product.to.stride;
  Index const rows = product.rows;
  R const* const phi = product.phi + sample * rows + k;
  R const* const slope = product.slope != nullptr && k + Rows == rows ? product.slope + first : nullptr;
  R* const to = product.to.data + first;
  unroll<Count>([&](int c) __attribute__((always_inline)) {
    V total = k > 0 ? V::load_unaligned(to + c * to_stride) : V(R{0});
    unroll<Rows>([&](int r) __attribute__((always_inline)) {
      total = simd::fma(V(phi[c * rows + r]), sum[c * Rows + r], total);
    });
    if (slope != nullptr) {
      total *= V::load_unaligned(slope + c * to_stride);
    }
    total.store_unaligned(to + c * to_stride);
  });
}

/// Computes `columns` columns of a mixed product, whole vectors.
template <class T, Real R>
void multiply_vectors(SmallProduct<R> const& product, Index samples, Index columns) noexcept {
  for (Index column = 0; column < columns; column += simd::lanes<T, R>) {
    for_rows(product.rows, [&]<int Rows>(Index k, std::integral_constant<int, Rows>) {
      for_few<small_count<T>>(samples, [&]<int Count>(Index sample, std::integral_constant<int, Count>) {
        small_tile<T, R, Count, Rows>(product, sample, k, column);
      });
    });
  }
}

/// Computes `columns` columns of a mixed product, through padded memory if they do not fill vectors.
template <class T, Real R>
void multiply_small(SmallProduct<R> product, Index samples, Index columns) noexcept {
  Index const width = simd::whole_vectors<T, R>(columns);
  if (width == columns) {
    multiply_vectors<T, R>(product, samples, columns);
    return;
  }
  SmallMemory<R> padded;
  Samples<R> to = std::exchange(product.to, {padded.numbers.data(), width});
  R const* slope = std::exchange(product.slope, nullptr);
  Index const most = small_numbers<R> / width;
  for (; samples > 0; samples -= most) {
    Index const count = std::min(most, samples);
    multiply_vectors<T, R>(product, count, width);
    copy_rows<R>(count, columns, padded.numbers.data(), width, to.data, to.stride);
    for (Index b = 0; slope != nullptr && b < count; ++b, slope += to.stride) {
      for (Index n = 0; n < columns; ++n) {
        to.data[b * to.stride + n] *= slope[n];
      }
    }
    product.x.data += count * product.x.stride;
    product.phi += count * product.rows;
    to.data += count * to.stride;
  }
}

/// Computes the gradient of a vector of the weights of `Count` inputs in `Rows` rows: sum_b x_bi phi_bk dy_b.
template <class T, Real R, int Count, int Rows>
[[gnu::noinline]] void small_gradient_tile(Left<R> x, Samples<R const> dy, R const* phi, Index phi_stride,
                                           Index samples, R* to, Index row, Index stride, bool add) noexcept {
  using V = simd::Batch<T, R>;
  simd::Batches<V, Count * Rows> sum;
  unroll<Count * Rows>([&](int i) __attribute__((always_inline)) { sum[i] = V(R{0}); });
  for (; samples > 0; --samples, x.data += x.depth, dy.data += dy.stride, phi += phi_stride) {
    V const slope = V::load_unaligned(dy.data);
    simd::Batches<V, Rows> right;
    unroll<Rows>([&](int r) __attribute__((always_inline)) { right[r] = V(phi[r]) * slope; });
    unroll<Count>([&](int c) __attribute__((always_inline)) {
      V const left(x.data[c * x.row]);
      unroll<Rows>([&](int r) __attribute__((always_inline)) {
        sum[c * Rows + r] = simd::fma(left, right[r], sum[c * Rows + r]);
      });
    });
  }
  unroll<Count>([&](int c) __attribute__((always_inline)) {
    unroll<Rows>([&](int r) __attribute__((always_inline)) {
      R* const own = to + r * row + c * stride;
      (add ? V::load_unaligned(own) + sum[c * Rows + r] : sum[c * Rows + r]).store_unaligned(own);
    });
  });
}

/// Computes or adds the gradient of all rows. `dy` and `gradient` have whole vectors of outputs.
template <class T, Real R>
void small_gradient(MutableDenseRows<R> const& gradient, R const* phi, Index samples, Samples<R const> x,
                    Samples<R const> dy, bool add) noexcept {
  for_rows(gradient.rows, [&]<int Rows>(Index k, std::integral_constant<int, Rows>) {
    for (Index o = 0; o < gradient.outputs; o += simd::lanes<T, R>) {
      auto const tile = [&]<int Count>(Left<R> left, Index i, std::integral_constant<int, Count>) {
        small_gradient_tile<T, R, Count, Rows>(left, {dy.data + o, dy.stride}, phi + k, gradient.rows, samples,
                                               gradient.parameters + k * gradient.stride + i * gradient.outputs + o,
                                               gradient.stride, gradient.outputs, add);
      };
      for_few<small_count<T>>(gradient.inputs,
                              [&](Index i, auto few) { tile(by_depth(x.data + i, x.stride), i, few); });
      tile(by_depth(&one<R>, 0), gradient.inputs, std::integral_constant<int, 1>{});
    }
  });
}

/// Weights of K rows with the inputs of each output in whole vectors: row k of output o is at data + k row + o width.
template <Real R>
struct TurnedRows {
  R const* data;
  Index row;
  Index width;
};

/// Returns a layer's weights, turned: in place where they are so already, else in `memory`, padded with zeros.
template <class T, Real R>
[[nodiscard]] TurnedRows<R> turn_rows(DenseRows<R> const& layer, SmallMemory<R>& memory) noexcept {
  Index const width = simd::whole_vectors<T, R>(layer.inputs);
  if (layer.outputs == 1 && width == layer.inputs) {
    return {layer.parameters, layer.stride, width};
  }
  R* to = memory.numbers.data();
  for (Index k = 0; k < layer.rows; ++k) {
    transpose<T, R>(layer.inputs, layer.outputs, layer.parameters + k * layer.stride, layer.outputs, to, width);
    for (Index o = 0; o < layer.outputs; ++o, to += width) {
      std::fill(to + layer.inputs, to + width, R{0});
    }
  }
  return {memory.numbers.data(), layer.outputs * width, width};
}

}  // namespace detail

/// Returns whether a layer is small enough for the passes below. A single row is not, and no work for several threads.
template <class T, Real R>
[[nodiscard]] bool is_small(Index rows, Index inputs, Index outputs, Index samples) noexcept {
  return rows > 1 && rows * (inputs + 1) * simd::whole_vectors<T, R>(outputs) <= detail::small_numbers<R> &&
         rows * outputs * simd::whole_vectors<T, R>(inputs) <= detail::small_numbers<R> &&
         rows * (inputs + 1) * outputs * samples < parallel_threshold;
}

/// Computes y (samples x outputs) of a small layer.
template <class T, Real R>
void small_forward(DenseRows<R> const& layer, R const* phi, Index samples, Samples<R const> x, Samples<R> y) noexcept {
  Index const width = simd::whole_vectors<T, R>(layer.outputs);
  detail::SmallProduct<R> product{x,   layer.inputs, true, layer.parameters, layer.stride, layer.outputs, layer.rows,
                                  phi, nullptr,      y};
  detail::SmallMemory<R> padded;
  if (width != layer.outputs) {
    product.depth = width;
    product.row = (layer.inputs + 1) * width;
    product.right = padded.numbers.data();
    std::fill_n(padded.numbers.data(), layer.rows * product.row, R{0});
    for (Index k = 0; k < layer.rows; ++k) {
      detail::copy_rows(layer.inputs + 1, layer.outputs, layer.parameters + k * layer.stride, layer.outputs,
                        padded.numbers.data() + k * product.row, width);
    }
  }
  detail::multiply_small<T, R>(product, samples, layer.outputs);
}

/// Overwrites `gradient` with that of a small layer's K rows.
template <class T, Real R>
void small_backward_parameters(MutableDenseRows<R> const& gradient, R const* phi, Index samples, Samples<R const> x,
                               Samples<R const> dy) noexcept {
  Index const width = simd::whole_vectors<T, R>(gradient.outputs);
  if (width == gradient.outputs) {
    detail::small_gradient<T, R>(gradient, phi, samples, x, dy, false);
    return;
  }
  detail::SmallMemory<R> sums;
  detail::SmallMemory<R> slopes;
  Index const terms = gradient.inputs + 1;
  MutableDenseRows<R> const padded{sums.numbers.data(), gradient.rows, terms * width, gradient.inputs, width};
  Index const most = detail::small_numbers<R> / width;
  std::fill_n(slopes.numbers.data(), std::min(most, samples) * width, R{0});
  for (Index first = 0; first < samples; first += most) {
    Index const count = std::min(most, samples - first);
    detail::copy_rows(count, gradient.outputs, dy.data + first * dy.stride, dy.stride, slopes.numbers.data(), width);
    detail::small_gradient<T, R>(padded, phi + first * gradient.rows, count, {x.data + first * x.stride, x.stride},
                                 {slopes.numbers.data(), width}, first > 0);
  }
  for (Index k = 0; k < gradient.rows; ++k) {
    detail::copy_rows<R>(terms, gradient.outputs, sums.numbers.data() + k * padded.stride, width,
                         gradient.parameters + k * gradient.stride, gradient.outputs);
  }
}

/// Overwrites dx with the gradient of a small layer's inputs, times `slope` (in the layout of dx) unless that is null.
template <class T, Real R>
void small_backward_inputs(DenseRows<R> const& layer, R const* phi, Index samples, Samples<R const> dy, Samples<R> dx,
                           R const* slope) noexcept {
  detail::SmallMemory<R> memory;
  detail::TurnedRows<R> const turned = detail::turn_rows<T>(layer, memory);
  detail::multiply_small<T, R>(
      {dy, layer.outputs, false, turned.data, turned.row, turned.width, layer.rows, phi, slope, dx}, samples,
      layer.inputs);
}

}  // namespace wmanifold::kernel
