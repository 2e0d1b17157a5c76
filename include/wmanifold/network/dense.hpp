#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/real.hpp>

#include <concepts>
#include <string>

namespace wmanifold {

/// How the weights of a dense layer depend on the context.
enum class Placement {
  manifold,  ///< all of them: W(s) = sum_k phi_k(s) W_k
  shared,    ///< not at all: one W for all contexts, learned like any other
  low_rank,  ///< along a few directions: W(s) = W_0 + U diag(A phi(s)) V^T
};

/// A dense layer, y = W x + b: `In` inputs, `Out` outputs, in the type where they are known, else given to the
/// constructor. It holds sizes only; the weights belong to the network or manifold. The bias is treated as the weight
/// of one more input that is always 1, so what holds for W(s) holds for it.
template <Placement P, Index In, Index Out, Index Rank>
class PlacedDense {
  static_assert((In > 0 || In == dynamic) && (Out > 0 || Out == dynamic),
                "wmanifold: a dense layer has at least one input and one output");
  static_assert(P == Placement::low_rank ? Rank > 0 || Rank == dynamic : Rank == 0,
                "wmanifold: a low-rank layer has a rank of at least 1, and only such a layer has one");

 public:
  static constexpr Placement placement = P;
  static constexpr Index static_inputs = In;
  static constexpr Index static_outputs = Out;
  static constexpr Index static_rank = Rank;
  static constexpr bool is_static = In != dynamic && Out != dynamic && Rank != dynamic;

  constexpr PlacedDense() requires(is_static) = default;

  /// Throws ArgumentError for sizes below 1 or other than those in the type.
  constexpr PlacedDense(Index inputs, Index outputs) requires(Rank != dynamic)
      : PlacedDense(inputs, outputs, Rank, Checked{}) {}
  constexpr PlacedDense(Index inputs, Index outputs, Index rank) requires(P == Placement::low_rank)
      : PlacedDense(inputs, outputs, rank, Checked{}) {}

  [[nodiscard]] constexpr Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] constexpr Index outputs() const noexcept { return outputs_; }
  /// Of the part that depends on the context; 0 unless low_rank.
  [[nodiscard]] constexpr Index rank() const noexcept { return rank_; }

  friend bool operator==(PlacedDense const&, PlacedDense const&) = default;

 private:
  struct Checked {};
  constexpr PlacedDense(Index inputs, Index outputs, Index rank, Checked)
      : inputs_(inputs), outputs_(outputs), rank_(rank) {
    bool const agrees =
        (In == dynamic || inputs == In) && (Out == dynamic || outputs == Out) && (Rank == dynamic || rank == Rank);
    if (inputs < 1 || outputs < 1 || (P == Placement::low_rank && rank < 1) || !agrees) {
      fail("dense layer: expected sizes of at least 1 that agree with the type, got ", inputs, " inputs and ", outputs,
           " outputs", P == Placement::low_rank ? " of rank " : "",
           P == Placement::low_rank ? std::to_string(rank) : "");
    }
    // Sums over layers and products with rows then stay within the range of Index.
    auto const in = static_cast<double>(inputs);
    auto const out = static_cast<double>(outputs);
    double const numbers = (in + 1) * out + static_cast<double>(rank) * (in + 1 + out);
    if (numbers > 0x1p40) {
      fail("dense layer: expected at most 2^40 numbers, got ", numbers, " of ", inputs, " inputs and ", outputs,
           " outputs");
    }
  }

  Index inputs_ = In;
  Index outputs_ = Out;
  Index rank_ = Rank;
};

/// A dense layer on the manifold: each of the K rows holds weights of its own.
template <Index In = dynamic, Index Out = dynamic>
using Dense = PlacedDense<Placement::manifold, In, Out, 0>;

/// A dense layer off the manifold: the same weights at every context.
template <Index In = dynamic, Index Out = dynamic>
using SharedDense = PlacedDense<Placement::shared, In, Out, 0>;

/// A dense layer that depends on the context along `Rank` directions, whatever K is: W(s) = W_0 + U diag(A phi(s)) V^T
/// with U out x rank, V in x rank, A rank x K. It holds N + rank (in + 1 + out + K) numbers; W(s) is never formed in
/// passes over batches (equation 12).
template <Index Rank = dynamic, Index In = dynamic, Index Out = dynamic>
using LowRankDense = PlacedDense<Placement::low_rank, In, Out, Rank>;

template <class L>
concept DenseLayer = requires(L const& layer) {
  { L::is_static } -> std::convertible_to<bool>;
  { L::placement } -> std::convertible_to<Placement>;
  { layer.inputs() } -> std::same_as<Index>;
  { layer.outputs() } -> std::same_as<Index>;
  { layer.rank() } -> std::same_as<Index>;
};

namespace detail {

template <class L>
struct AtPoint {
  using type = L;
};
template <Placement P, Index In, Index Out, Index Rank>
struct AtPoint<PlacedDense<P, In, Out, Rank>> {
  using type = Dense<In, Out>;
};

}  // namespace detail

/// What a layer is at a point: a dense layer with weights of its own.
template <class L>
using AtPoint = typename detail::AtPoint<L>::type;

}  // namespace wmanifold
