#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/parallel.hpp>
#include <wmanifold/core/simd.hpp>
#include <wmanifold/core/unroll.hpp>
#include <wmanifold/kernel/matrix/mix.hpp>
#include <wmanifold/kernel/pieces.hpp>

#include <algorithm>
#include <array>

namespace wmanifold::kernel {
namespace detail {

/// A few rows of a layer, and a coefficient each.
template <Real R, int Rows>
struct FewRows {
  LocalArray<R const*, Rows> from;
  LocalArray<R, Rows> coefficients;
  Index inputs;
  Index outputs;

  /// Calls body(scales, at): row by row what input i is multiplied with, and where its weights are. The bias comes
  /// last, as the weight of one more input that is 1.
  template <class Body>
  void for_each_input(R const* x, Body const& body) const noexcept {
    for (Index i = 0; i <= inputs; ++i) {
      R const input = i < inputs ? x[i] : R{1};
      LocalArray<R, Rows> scales;
      for (std::size_t k = 0; k < Rows; ++k) {
        scales[k] = coefficients[k] * input;
      }
      body(scales, i * outputs);
    }
  }
};

/// y += what the rows give, for `outputs` of them; each number is summed input by input, row by row, whatever the way.
template <class T, Real R, int Rows>
void add_few_rows(FewRows<R, Rows> const& rows, IndexRange outputs, R const* x, R* y) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  constexpr Index narrow = 8 * lanes;                                      // so many sums stay in registers
  constexpr Index ahead = 16 * static_cast<Index>(alignment / sizeof(R));  // 16 lines: what comes from L3 takes so long
  auto const add = [&](auto const& left, Index from, V sum) __attribute__((always_inline)) {
    unroll<Rows>([&](auto k) __attribute__((always_inline)) {
      sum = simd::fma(left[k], V::load_unaligned(rows.from[k] + from), sum);
    });
    return sum;
  };
  auto const spread = [](LocalArray<R, Rows> const& scales) __attribute__((always_inline)) {
    std::array<V, Rows> left;
    unroll<Rows>([&](auto k) __attribute__((always_inline)) { left[k] = V(scales[k]); });
    return left;
  };

  if (rows.outputs < lanes) {  // the whole layer
    LocalArray<R, static_cast<std::size_t>(lanes)> sums{};
    rows.for_each_input(
        x, [&](auto const& scales, Index at) __attribute__((always_inline)) {
          for (std::size_t k = 0; k < Rows; ++k) {
            R const* const weights = rows.from[k] + at;
            for (Index o = 0; o < rows.outputs; ++o) {
              sums[static_cast<std::size_t>(o)] += scales[k] * weights[o];
            }
          }
        });
    for (Index o = 0; o < rows.outputs; ++o) {
      y[o] += sums[static_cast<std::size_t>(o)];
    }
    return;
  }

  // What is left over at the end is done as a whole vector that overlaps: its sums are the same.
  bool const is_whole = outputs.size() % lanes == 0;
  Index const last = outputs.end - lanes;
  V rest = V::load_unaligned(y + last);
  if (rows.outputs <= narrow) {
    if (!is_whole) {
      rows.for_each_input(
          x, [&](auto const& scales, Index at)
                 __attribute__((always_inline)) { rest = add(spread(scales), at + last, rest); });
    }
    Index o = outputs.begin;
    auto const columns = [&]<int Vectors>(std::integral_constant<int, Vectors>) {
      for (; o + Vectors * lanes <= outputs.end; o += Vectors * lanes) {
        std::array<V, Vectors> sum;
        unroll<Vectors>([&](auto v) { sum[v] = V::load_unaligned(y + o + v * lanes); });
        rows.for_each_input(
            x, [&](auto const& scales, Index at) __attribute__((always_inline)) {
              auto const left = spread(scales);
              unroll<Vectors>([&](auto v)
                                  __attribute__((always_inline)) { sum[v] = add(left, at + o + v * lanes, sum[v]); });
            });
        unroll<Vectors>([&](auto v) { sum[v].store_unaligned(y + o + v * lanes); });
      }
    };
    columns(std::integral_constant<int, 4>{});
    columns(std::integral_constant<int, 2>{});
    columns(std::integral_constant<int, 1>{});
  } else {  // the rows come from afar: they are read in the order they lie in, and the sums stay in L1
    rows.for_each_input(
        x, [&](auto const& scales, Index at) __attribute__((always_inline)) {
          auto const left = spread(scales);
          Index o = outputs.begin;
          auto const columns = [&]<int Vectors>(std::integral_constant<int, Vectors>) __attribute__((always_inline)) {
            for (; o + Vectors * lanes <= outputs.end; o += Vectors * lanes) {
              std::array<V, Vectors> sum;
              unroll<Rows>([&](auto k) __attribute__((always_inline)) {
                fetch<Vectors * lanes>(rows.from[k] + at + o + ahead);
              });
              unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
                sum[v] = add(left, at + o + v * lanes, V::load_unaligned(y + o + v * lanes));
              });
              unroll<Vectors>([&](auto v)
                                  __attribute__((always_inline)) { sum[v].store_unaligned(y + o + v * lanes); });
            }
          };
          columns(std::integral_constant<int, 4>{});
          columns(std::integral_constant<int, 1>{});
          if (!is_whole) {
            rest = add(left, at + last, rest);
          }
        });
  }
  if (!is_whole) {
    rest.store_unaligned(y + last);
  }
}

/// Four rows at a time, so many streams as are read side by side.
template <class T, Real R>
void mixed_outputs(ChosenRows<R> chosen, Index inputs, Index outputs, IndexRange range, R const* parameters, R const* x,
                   R* y) noexcept {
  std::fill(y + range.begin, y + range.end, R{0});
  auto const few = [&]<int Rows>(Index first, std::integral_constant<int, Rows>) {
    FewRows<R, Rows> rows{{}, {}, inputs, outputs};
    for (int k = 0; k < Rows; ++k) {
      rows.from[k] = parameters + chosen.rows[first + k] * chosen.stride;
      rows.coefficients[k] = chosen.coefficients[first + k];
    }
    add_few_rows<T, R, Rows>(rows, range, x, y);
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

/// One sample through a mix of rows that is not formed: y = sum_k phi_k (W_k x + b_k). The rows are read once, and
/// nothing is written but y.
template <class T, Real R>
void mixed_sample(ChosenRows<R> chosen, Index inputs, Index outputs, R const* parameters, R const* x, R* y) noexcept {
  constexpr auto unit = static_cast<Index>(alignment / sizeof(R));  // of outputs that one thread writes
  constexpr Index each = 4;  // multiply-adds of a product take as long as one here, whose number is read for it alone
  Index const units = std::max<Index>(outputs / unit, 1);
  parallel_ranges<T>(units, each * chosen.count * inputs * outputs, [&](Index begin, Index end, Index) {
    detail::mixed_outputs<T, R>(chosen, inputs, outputs, {begin * unit, end == units ? outputs : end * unit},
                                parameters, x, y);
  });
}

}  // namespace wmanifold::kernel
