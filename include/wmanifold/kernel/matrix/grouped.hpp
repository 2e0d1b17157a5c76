#pragma once

#include <wmanifold/kernel/matrix/blocked.hpp>

/// A dense layer for batches in which runs of consecutive samples share a context. The weights at the groups' contexts
/// are mixed tile by tile, for several groups at a time, while their parts of P_k are in the cache. The gradient of a
/// tile is added to the K rows before the next tile begins. The cost is K groups + samples rows of products instead of
/// K samples. In bases of local support, groups lie in spans that use the same few rows, and the others cost nothing.
namespace wmanifold::kernel {

/// The groups of a batch. Group g begins at the end of group g - 1, and has the coefficients phi_g, row g of
/// `coefficients` (groups x K).
template <Real R>
struct Groups {
  /// The end (exclusive) of each group.
  Index const* ends;
  /// The number of groups.
  Index count;
  /// The coefficients, groups x K.
  R const* coefficients;
  /// The rows that groups use.
  Spans spans = {};

  /// Returns the samples of group g.
  [[nodiscard]] IndexRange operator[](Index g) const noexcept { return {g == 0 ? 0 : ends[g - 1], ends[g]}; }
  /// Returns the number of samples.
  [[nodiscard]] Index samples() const noexcept { return count == 0 ? 0 : ends[count - 1]; }
  /// Returns the sum over groups of the rows that they use, of K rows.
  [[nodiscard]] Index uses(Index rows) const noexcept { return spans.uses_of(count, rows); }
};

namespace detail {

/// The number of groups that are mixed while a part of P is in the cache.
inline constexpr Index groups_at_once = 8;

/// The number of lines between the prefetch of parameters and their use. Rows of P are too far apart for the
/// processor's own prefetching.
inline constexpr Index lines_ahead = 4;

/// The left-hand side of a combination: by_rows or by_depth. Combinations have few terms, and known strides save much
/// of their loop.
enum class Order { by_rows, by_depth };

template <Order O, Real R>
[[nodiscard, gnu::always_inline]] inline Left<R> left_at(R const* data, Index stride) noexcept {
  return O == Order::by_rows ? by_rows(data, stride) : by_depth(data, stride);
}

template <class T, Real R, Order O>
[[gnu::always_inline]] inline void fetch_lines(int vectors, R const* b, Index stride, Index count) noexcept {
  if constexpr (O == Order::by_rows) {
    for (Index p = 0; p < count; ++p) {
      for (int v = 0; v < vectors; ++v) {
        __builtin_prefetch(b + p * stride + v * simd::lanes<T, R>);
      }
    }
  }
}

/// Computes, for each of `lines` lines, to(r) (+)= sum_p a(r, p) b(p). Line n of a is at a + n * a_step, of b at b + n
/// * b_step, and of row r's result at to.data + r * to.stride + n * to_step.
template <class T, Real R, int Rows, int Vectors, Order O>
[[gnu::noinline]] void combine_lines(Index lines, R const* a, Index a_stride, Index a_step, R const* b, Index b_stride,
                                     Index b_step, Index depth, Destination<R> to, Index to_step) {
  using V = simd::Batch<T, R>;
  for (Index n = 0; n < lines; ++n, to.data += to_step) {
    simd::Batches<V, Rows * Vectors> sum;
    unroll<Rows * Vectors>([&](int i) __attribute__((always_inline)) { sum[i] = V(R{0}); });
    fetch_lines<T, R, O>(Vectors, b + (n + lines_ahead) * b_step, b_stride, n + lines_ahead < lines ? depth : 0);
    accumulate<T, R, Rows, Vectors>(left_at<O>(a + n * a_step, a_stride), b + n * b_step, b_stride, depth, sum);
    put<T, R, Rows, Vectors>(sum, to);
  }
}

/// Computes combine_lines for any number of rows and for `vectors` whole vectors.
template <class T, Real R, Order O>
void combine(Index rows, Index lines, Index vectors, R const* a, Index a_stride, Index a_step, R const* b,
             Index b_stride, Index b_step, Index depth, Destination<R> to, Index to_step) {
  constexpr Index lanes = simd::lanes<T, R>;
  Index const a_row = O == Order::by_rows ? a_stride : 1;
  auto const with = [&]<int Rows, int Vectors>(std::integral_constant<int, Rows>,
                                               std::integral_constant<int, Vectors>) {
    Index const offset = Vectors * lanes;
    Destination<R> at = to;
    R const* from = b;
    for (Index left = vectors; left > 0; left -= Vectors, from += offset, at.data += offset) {
      combine_lines<T, R, Rows, Vectors, O>(lines, a, a_stride, a_step, from, b_stride, b_step, depth, at, to_step);
    }
  };
  auto const some = [&]<int Rows>(std::integral_constant<int, Rows> count) {
    for (; rows >= Rows; rows -= Rows) {
      constexpr int most = Block<T, R>::vectors;  // as many as fit in registers
      if (vectors % most == 0) {
        with(count, std::integral_constant<int, most>{});
      } else if (most > 2 && vectors % 2 == 0) {
        with(count, std::integral_constant<int, 2>{});
      } else {
        with(count, std::integral_constant<int, 1>{});
      }
      a += Rows * a_row;
      to.data += Rows * to.stride;
    }
  };
  some(std::integral_constant<int, Block<T, R>::rows>{});
  some(std::integral_constant<int, 3>{});
  some(std::integral_constant<int, 1>{});
}

/// Mixes parts of the weights at several contexts: `lines` lines of `width` numbers. The coefficients of a context are
/// `phi_stride` apart from those of the next. Line n of row k of the parameters is at from + k * stride + n * step, of
/// context g at to.data + g * to.stride + n * to_step. The part of a line's last vector beyond its width is undefined.
/// The mix of no rows is zero.
template <class T, Real R>
void mix_lines(Index contexts, R const* phi, Index phi_stride, Index rows, Index lines, Index width, R const* from,
               Index stride, Index step, Destination<R> to, Index to_step) {
  constexpr Index lanes = simd::lanes<T, R>;
  Index const whole = width / lanes;
  if (whole > 0) {
    combine<T, R, Order::by_rows>(contexts, lines, whole, phi, phi_stride, 0, from, stride, step, rows, to, to_step);
  }
  if (whole * lanes < width) {  // nothing beyond the parameters may be read: copies the rest of each line
    constexpr Index at_once = 16;
    alignas(alignment) std::array<R, static_cast<std::size_t>(at_once * lanes)> rest;
    from += whole * lanes;
    to.data += whole * lanes;
    bool const add = to.add;
    for (Index n = 0; n < lines; ++n, from += step, to.data += to_step) {
      for (Index k0 = 0; k0 == 0 || k0 < rows; k0 += at_once) {
        Index const k1 = std::min(rows, k0 + at_once);
        for (Index k = k0; k < k1; ++k) {
          pack_row<T, R>(R{1}, from + k * stride, width - whole * lanes, rest.data() + (k - k0) * lanes);
        }
        to.add = add || k0 > 0;
        combine<T, R, Order::by_rows>(contexts, 1, 1, phi + k0, phi_stride, 0, rest.data(), lanes, 0, k1 - k0, to, 0);
      }
    }
  }
}

/// Mixes the same for groups [of.begin, of.end) of a layer, from the rows that they use. `from` is in row 0.
template <class T, Real R>
void mix_groups(DenseRows<R> const& layer, Groups<R> const& groups, IndexRange of, Index lines, Index width,
                R const* from, R* to, Index to_stride, Index to_step) {
  if (groups.spans.count == 0) {  // a call of its own: it is inlined, the one below is not
    mix_lines<T, R>(of.size(), groups.coefficients + of.begin * layer.rows, layer.rows, layer.rows, lines, width, from,
                    layer.stride, layer.outputs, Destination<R>{to, to_stride}, to_step);
    return;
  }
  groups.spans.for_each_block(
      of, layer.rows, [&](IndexRange own, IndexRange k, bool add) __attribute__((noinline)) {
        mix_lines<T, R>(own.size(), groups.coefficients + own.begin * layer.rows + k.begin, layer.rows, k.size(), lines,
                        width, from + k.begin * layer.stride, layer.stride, layer.outputs,
                        Destination<R>{to + (own.begin - of.begin) * to_stride, to_stride, add}, to_step);
      });
}

/// Sets y to the mixed biases of each group, for some outputs.
template <class T, Real R>
void start_with_biases(DenseRows<R> const& layer, Groups<R> const& groups, IndexRange out, Samples<R> y) {
  PackedTile<T, R> tile;
  groups.spans.for_each_block({0, groups.count}, layer.rows, [&](IndexRange own, IndexRange k, bool add) {
    for (Index k0 = k.begin; k0 == k.begin || k0 < k.end; k0 += Block<T, R>::depth) {
      Index const k1 = std::min(k.end, k0 + Block<T, R>::depth);
      pack_biases<T, R>(layer, {k0, k1}, out, tile.numbers.data());
      for (Index g = own.begin; g < own.end; ++g) {
        IndexRange const b = groups[g];
        sweep<T, R>(b.size(), by_rows(groups.coefficients + g * layer.rows + k0, 0), tile.numbers.data(),
                    Block<T, R>::columns, k1 - k0, out.size(),
                    Destination<R>{y.data + b.begin * y.stride + out.begin, y.stride, add || k0 > k.begin});
      }
    }
  });
}

/// The distance from one group's tile to the next: a few cache lines more than a tile, to avoid conflicts in the same
/// sets.
template <class T, Real R>
inline constexpr Index mixed_tile = Block<T, R>::depth* Block<T, R>::columns +
                                    5 * static_cast<Index>(alignment / sizeof(R));

/// Returns the numbers of scratch that one thread needs to mix.
template <class T, Real R>
[[nodiscard]] Index mixing_scratch(Index outputs) noexcept {
  using B = Block<T, R>;
  Index const line = simd::whole_vectors<T, R>(outputs);
  return groups_at_once * std::max(mixed_tile<T, R>, B::rows * line);
}

}  // namespace detail

/// Returns whether spans of groups cost less than all rows for every group. `reads` is the sum of rows over spans, and
/// `uses` that over groups. The rows of a span are read once for its groups, all rows once for each chunk of groups.
/// The prices fit measured steps.
[[nodiscard]] inline bool spans_save(Index groups, Index rows, Index reads, Index uses) noexcept {
  Index const chunks = (groups + detail::groups_at_once - 1) / detail::groups_at_once;
  return 3 * reads + 2 * uses <= 10 * rows * chunks;
}

/// Returns the numbers of scratch that the passes below need.
template <class T, Real R>
[[nodiscard]] Index grouped_scratch(Index samples, Index groups, Index outputs) noexcept {
  using B = Block<T, R>;
  return most_pieces<T>() * detail::mixing_scratch<T, R>(outputs) +
         std::max(samples * (outputs + B::columns), outputs * (samples + groups * B::lanes));
}

/// Computes y from x, as dense_forward.
template <class T, Real R>
void grouped_forward(DenseRows<R> layer, Groups<R> groups, Samples<R const> x, Samples<R> y, R* scratch,
                     Epilogue done = {}) {
  using B = Block<T, R>;
  constexpr Index tile_size = detail::mixed_tile<T, R>;
  Index const samples = groups.samples();
  Pieces const terms = depth_pieces<T, R>(layer.inputs);
  Index const vectors = (layer.outputs + B::lanes - 1) / B::lanes;
  Index const work = (samples + groups.uses(layer.rows)) * layer.inputs * layer.outputs;
  parallel_ranges<T>(vectors, work, [&](Index v0, Index v1, Index piece) {
    R* const tiles = scratch + piece * detail::mixing_scratch<T, R>(layer.outputs);
    Pieces const panels(v1 - v0, B::vectors);
    for (Index panel = 0; panel < panels.size(); ++panel) {
      IndexRange const out{(v0 + panels[panel].begin) * B::lanes,
                           std::min(layer.outputs, (v0 + panels[panel].end) * B::lanes)};
      detail::start_with_biases<T, R>(layer, groups, out, y);
      for (Index t = 0; t < terms.size(); ++t) {
        IndexRange const p = terms[t];
        for (Index first = 0; first < groups.count; first += detail::groups_at_once) {
          Index const last = std::min(groups.count, first + detail::groups_at_once);
          detail::mix_groups<T, R>(layer, groups, {first, last}, p.size(), out.size(),
                                   layer.parameters + p.begin * layer.outputs + out.begin, tiles, tile_size,
                                   B::columns);
          for (Index g = first; g < last; ++g) {
            IndexRange const b = groups[g];
            sweep<T, R>(b.size(), by_rows(x.data + b.begin * x.stride + p.begin, x.stride),
                        tiles + (g - first) * tile_size, B::columns, p.size(), out.size(),
                        Destination<R>{y.data + b.begin * y.stride + out.begin, y.stride, true});
          }
        }
      }
      done(IndexRange{0, samples}, out);
    }
  });
}

/// Computes the gradient of the layer's K rows, overwritten, as dense_backward_parameters.
template <class T, Real R>
void grouped_backward_parameters(MutableDenseRows<R> gradient, Groups<R> groups, Samples<R const> x,
                                 Samples<R const> dy, R* scratch) {
  using B = Block<T, R>;
  constexpr Index at_once = 2 * detail::groups_at_once;
  constexpr Index part = B::rows * B::columns;
  Index const samples = groups.samples();
  Pieces const panels = column_pieces<T, R>(gradient.outputs);
  // dy is packed panel by panel: all samples of a panel are next to each other.
  for (Index panel = 0; panel < panels.size(); ++panel) {
    R* to = scratch + panel * samples * B::columns;
    for (Index b = 0; b < samples; ++b, to += B::columns) {
      pack_row<T, R>(R{1}, dy.data + b * dy.stride + panels[panel].begin, panels[panel].size(), to);
    }
  }
  Index const work = (samples + groups.uses(gradient.rows)) * gradient.inputs * gradient.outputs;
  share_rows<T, R>(gradient.inputs, work, [&](IndexRange own, Index) {
    alignas(alignment) std::array<R, static_cast<std::size_t>(at_once * part)> parts;
    for (Index panel = 0; panel < panels.size(); ++panel) {
      IndexRange const out = panels[panel];
      R const* const slopes = scratch + panel * samples * B::columns;
      Index const vectors = (out.size() + B::lanes - 1) / B::lanes;
      R* const biases = gradient.parameters + gradient.inputs * gradient.outputs + out.begin;
      for (Index k = 0; k < gradient.rows; ++k) {
        if (!groups.spans.is_used(k)) {
          detail::clear_row<R>(gradient, k, own, out);
        }
      }
      for (Index first = 0; first < groups.count; first += at_once) {
        Index const last = std::min(groups.count, first + at_once);
        // The parts of the groups `of` go to the K rows `k`, all of which have sums of earlier groups, or none.
        auto const hand_back_to = [&](IndexRange of, IndexRange k, bool add, Index rows, R* to, Index step)
            __attribute__((always_inline)) {
          R const* const phi = groups.coefficients + of.begin * gradient.rows + k.begin;
          R const* const from = parts.data() + (of.begin - first) * part;
          to += k.begin * gradient.stride;
          if (out.size() == vectors * B::lanes) {
            detail::combine<T, R, detail::Order::by_depth>(k.size(), rows, vectors, phi, gradient.rows, 0, from, part,
                                                           B::columns, of.size(),
                                                           Destination<R>{to, gradient.stride, add}, step);
            return;
          }
          for (Index r = 0; r < rows; ++r) {
            sweep<T, R>(k.size(), by_depth(phi, gradient.rows), from + r * B::columns, part, of.size(), out.size(),
                        Destination<R>{to + r * step, gradient.stride, add});
          }
        };
        auto const hand_back = [&](Index rows, R* to, Index step) {
          if (groups.spans.count == 0) {
            hand_back_to({first, last}, {0, gradient.rows}, first > 0, rows, to, step);
            return;
          }
          groups.spans.for_each_block({first, last}, gradient.rows, [&](IndexRange of, IndexRange k, bool) {
            for (Index begin = k.begin, end = begin; begin < k.end; begin = end) {
              bool const add = groups.spans.is_used_before(of.begin, begin);
              do {
                ++end;
              } while (end < k.end && groups.spans.is_used_before(of.begin, end) == add);
              hand_back_to(of, {begin, end}, add, rows, to, step);
            }
          });
        };
        // Groups of one size take one call.
        auto const parts_of = [&](Index rows, R const* left, Index stride) {
          for (Index g = first; g < last;) {
            IndexRange const b = groups[g];
            Index run = 1;
            while (g + run < last && groups[g + run].size() == b.size()) {
              ++run;
            }
            detail::combine<T, R, detail::Order::by_depth>(
                rows, run, vectors, left + b.begin * stride, stride, b.size() * stride, slopes + b.begin * B::columns,
                B::columns, b.size() * B::columns, b.size(),
                Destination<R>{parts.data() + (g - first) * part, B::columns}, part);
            g += run;
          }
        };
        for (Index i = own.begin; i < own.end; i += B::rows) {
          Index const rows = std::min(Index{B::rows}, own.end - i);
          parts_of(rows, x.data + i, x.stride);
          hand_back(rows, gradient.parameters + i * gradient.outputs + out.begin, gradient.outputs);
        }
        if (own.begin == 0) {
          parts_of(1, &detail::one<R>, 0);
          hand_back(1, biases, 0);
        }
      }
    }
  });
}

/// Computes the gradient of the inputs, overwritten, as dense_backward_inputs.
template <class T, Real R>
void grouped_backward_inputs(DenseRows<R> layer, Groups<R> groups, Samples<R const> dy, Samples<R> dx, R const* slope,
                             R* scratch) {
  using B = Block<T, R>;
  constexpr Index at_once = detail::groups_at_once;
  Index const line = simd::whole_vectors<T, R>(layer.outputs);
  Index const part = B::rows * line;
  // dy^T, group by group: outputs x the group's samples, padded to whole vectors.
  R* const columns = scratch + most_pieces<T>() * detail::mixing_scratch<T, R>(layer.outputs);
  auto const padded = [](IndexRange b) { return simd::whole_vectors<T, R>(b.size()); };
  R* to = columns;
  for (Index g = 0; g < groups.count; ++g) {
    IndexRange const b = groups[g];
    transpose<T, R>(b.size(), layer.outputs, dy.data + b.begin * dy.stride, dy.stride, to, padded(b));
    to += layer.outputs * padded(b);
  }
  Index const work = (groups.samples() + groups.uses(layer.rows)) * layer.inputs * layer.outputs;
  share_rows<T, R>(layer.inputs, work, [&](IndexRange own, Index piece) {
    R* const weights = scratch + piece * detail::mixing_scratch<T, R>(layer.outputs);
    alignas(alignment) std::array<R, static_cast<std::size_t>(B::rows * B::columns)> sums;
    for (Index i = own.begin; i < own.end; i += B::rows) {
      Index const rows = std::min(Index{B::rows}, own.end - i);
      R const* from = columns;
      for (Index first = 0; first < groups.count; first += at_once) {
        Index const last = std::min(groups.count, first + at_once);
        detail::mix_groups<T, R>(layer, groups, {first, last}, rows, layer.outputs,
                                 layer.parameters + i * layer.outputs, weights, part, line);
        for (Index g = first; g < last; ++g) {
          IndexRange const b = groups[g];
          Index const width = padded(b);
          Pieces const panels(width, B::columns, B::lanes);
          for (Index panel = 0; panel < panels.size(); ++panel) {
            IndexRange const c = panels[panel];
            sweep<T, R>(rows, by_rows(weights + (g - first) * part, line), from + c.begin, width, layer.outputs,
                        c.size(), Destination<R>{sums.data(), B::columns});
            Index const at = (b.begin + c.begin) * dx.stride + i;
            transpose<T, R>(rows, std::min(c.size(), b.size() - c.begin), sums.data(), B::columns, dx.data + at,
                            dx.stride, slope == nullptr ? nullptr : slope + at);
          }
          from += layer.outputs * width;
        }
      }
    }
  });
}

}  // namespace wmanifold::kernel
