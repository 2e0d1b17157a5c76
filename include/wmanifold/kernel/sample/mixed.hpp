#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/parallel.hpp>
#include <wmanifold/core/simd.hpp>
#include <wmanifold/core/unroll.hpp>
#include <wmanifold/kernel/matrix/mix.hpp>
#include <wmanifold/kernel/pieces.hpp>

#include <algorithm>

namespace wmanifold::kernel {
namespace detail {

/// A few rows of a layer, with one coefficient each.
template <Real R, int Rows, StoredNumber S>
struct FewRows {
  static constexpr auto count = static_cast<std::size_t>(Rows);
  LocalArray<S const*, count> from;
  LocalArray<R, count> coefficients;
  Index inputs;
  Index outputs;

  /// Calls body(scales, at) for each input i: the factors of its weights, row by row, and the offset of these weights.
  /// The bias comes last, as the weight of one more input that is 1.
  template <class Body>
  void for_each_input(R const* x, Body const& body) const noexcept {
    for (Index i = 0; i <= inputs; ++i) {
      R const input = i < inputs ? x[i] : R{1};
      LocalArray<R, count> scales;
      for (std::size_t k = 0; k < count; ++k) {
        scales[k] = coefficients[k] * input;
      }
      body(scales, i * outputs);
    }
  }
};

/// Adds the outputs of the rows to y, for the range `outputs`. Each number is summed input by input, row by row, in
/// every branch.
template <class T, Real R, int Rows, StoredNumber S>
void add_few_rows(FewRows<R, Rows, S> const& rows, IndexRange outputs, R const* x, R* y) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  constexpr int block = 4;
  constexpr Index narrow = 8 * lanes;                                      // so many sums fit in registers
  constexpr Index ahead = 16 * static_cast<Index>(alignment / sizeof(S));  // 16 lines: the latency of L3
  auto const add = [&]<int Vectors>(auto const& left, Index from, simd::Batches<V, Vectors> sum)
      __attribute__((always_inline)) {
    unroll<Rows>([&](int k) __attribute__((always_inline)) {
      auto const row = simd::load_block<V, Vectors>(rows.from[static_cast<std::size_t>(k)] + from);
      unroll<Vectors>([&](int v) __attribute__((always_inline)) { sum[v] = simd::fma(left[k], row[v], sum[v]); });
    });
    return sum;
  };
  auto const spread = [](auto const& scales) __attribute__((always_inline)) {
    simd::Batches<V, Rows> left;
    unroll<Rows>([&](int k) __attribute__((always_inline)) { left[k] = V(scales[static_cast<std::size_t>(k)]); });
    return left;
  };

  if (rows.outputs < lanes) {  // the whole layer
    LocalArray<R, static_cast<std::size_t>(lanes)> sums{};
    rows.for_each_input(
        x, [&](auto const& scales, Index at) __attribute__((always_inline)) {
          for (std::size_t k = 0; k < Rows; ++k) {
            S const* const weights = rows.from[k] + at;
            for (Index o = 0; o < rows.outputs; ++o) {
              R& sum = sums[static_cast<std::size_t>(o)];
              sum = simd::multiply_add(scales[k], number_as<R>(weights[o]), sum);
            }
          }
        });
    for (Index o = 0; o < rows.outputs; ++o) {
      y[o] += sums[static_cast<std::size_t>(o)];
    }
    return;
  }

  // The rest at the end is computed as a whole vector that overlaps the one before; its sums are the same.
  bool const is_whole = outputs.size() % lanes == 0;
  Index const last = outputs.end - lanes;
  auto rest = simd::load_block<V, 1>(y + last);
  if (rows.outputs <= narrow) {
    if (!is_whole) {
      rows.for_each_input(
          x, [&](auto const& scales, Index at)
                 __attribute__((always_inline)) { rest = add(spread(scales), at + last, rest); });
    }
    Index o = outputs.begin;
    auto const columns = [&]<int Vectors>(std::integral_constant<int, Vectors>) {
      for (; o + Vectors * lanes <= outputs.end; o += Vectors * lanes) {
        auto sum = simd::load_block<V, Vectors>(y + o);
        simd::to_order_of<S>(sum);
        rows.for_each_input(
            x, [&](auto const& scales, Index at)
                   __attribute__((always_inline)) { sum = add(spread(scales), at + o, sum); });
        simd::store_block<S>(sum, y + o);
      }
    };
    columns(std::integral_constant<int, block>{});
    columns(std::integral_constant<int, 2>{});
    columns(std::integral_constant<int, 1>{});
  } else {  // the rows come from distant memory: they are read in their order, and the sums stay in L1
    // Between these two passes over y, its whole blocks are in the order of S.
    auto const each_block = [&](auto const& move) {
      if constexpr (simd::reads_in_pairs<V, S, block>) {
        for (Index o = outputs.begin; o + block * lanes <= outputs.end; o += block * lanes) {
          move(simd::load_block<V, block>(y + o), y + o);
        }
      }
    };
    each_block([](auto sum, R* to) {
      simd::to_order_of<S>(sum);
      simd::store_block<R>(sum, to);
    });
    rows.for_each_input(
        x, [&](auto const& scales, Index at) __attribute__((always_inline)) {
          auto const left = spread(scales);
          Index o = outputs.begin;
          auto const columns = [&]<int Vectors>(std::integral_constant<int, Vectors>) __attribute__((always_inline)) {
            for (; o + Vectors * lanes <= outputs.end; o += Vectors * lanes) {
              unroll<Rows>([&](int k) __attribute__((always_inline)) {
                fetch<Vectors * lanes>(rows.from[static_cast<std::size_t>(k)] + at + o + ahead);
              });
              simd::store_block<R>(add(left, at + o, simd::load_block<V, Vectors>(y + o)), y + o);
            }
          };
          columns(std::integral_constant<int, block>{});
          columns(std::integral_constant<int, 1>{});
          if (!is_whole) {
            rest = add(left, at + last, rest);
          }
        });
    each_block([](auto const& sum, R* to) { simd::store_block<S>(sum, to); });
  }
  if (!is_whole) {
    simd::store_block<R>(rest, y + last);
  }
}

/// Sets y to the outputs of the mix in `range`. It reads four rows at a time, as four parallel streams.
template <class T, Real R, StoredNumber S>
void mixed_outputs(ChosenRows<R> chosen, Index inputs, Index outputs, IndexRange range, S const* parameters, R const* x,
                   R* y) noexcept {
  std::fill(y + range.begin, y + range.end, R{0});
  auto const few = [&]<int Rows>(Index first, std::integral_constant<int, Rows>) {
    FewRows<R, Rows, S> rows{{}, {}, inputs, outputs};
    for (std::size_t k = 0; k < rows.count; ++k) {
      Index const at = first + static_cast<Index>(k);
      rows.from[k] = parameters + chosen.rows[at] * chosen.stride;
      rows.coefficients[k] = chosen.coefficients[at];
    }
    add_few_rows<T>(rows, range, x, y);
  };
  Index k = 0;
  for (; k + 4 <= chosen.count; k += 4) {
    few(k, std::integral_constant<int, 4>{});
  }
  switch (chosen.count - k) {
    case 3:
      return few(k, std::integral_constant<int, 3>{});
    case 2:
      return few(k, std::integral_constant<int, 2>{});
    case 1:
      return few(k, std::integral_constant<int, 1>{});
    default:
      return;
  }
}

}  // namespace detail

/// Computes y = sum_k phi_k (W_k x + b_k) for one sample, without forming the mix. It reads the rows once and writes
/// only y. The rows may be stored in 16 bits; sums are in R, in an order that does not depend on S.
template <class T, Real R, StoredNumber S = R>
void mixed_sample(ChosenRows<R> chosen, Index inputs, Index outputs, S const* parameters, R const* x, R* y) noexcept {
  constexpr auto unit = static_cast<Index>(alignment / sizeof(R));  // a thread writes whole units of outputs
  constexpr Index each = 4;  // one multiply-add takes as long as 4 of a product: its number is read for it alone
  Index const units = std::max<Index>(outputs / unit, 1);
  parallel_ranges<T>(units, each * chosen.count * inputs * outputs, [&](Index begin, Index end, Index) {
    detail::mixed_outputs<T>(chosen, inputs, outputs, {begin * unit, end == units ? outputs : end * unit}, parameters,
                             x, y);
  });
}

}  // namespace wmanifold::kernel
