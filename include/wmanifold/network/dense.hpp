#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/real.hpp>

#include <concepts>
#include <string>

namespace wmanifold {

/// The dependence of a dense layer's weights on the context.
enum class Placement {
  manifold,  ///< all weights: W(s) = sum_k phi_k(s) W_k
  shared,    ///< no weights: one learned W for all contexts
  low_rank,  ///< along a few directions: W(s) = W_0 + U diag(A phi(s)) V^T
  gains,     ///< gains and biases of outputs: W(s) = diag(1 + A^T phi(s)) W_0, b(s) = B^T phi(s)
};

/// A dense layer, y = W x + b, with `In` inputs and `Out` outputs. Sizes are in the type, or given to the constructor.
/// The layer holds sizes only; the weights belong to the network or manifold. The bias is the weight of one more input
/// that is always 1, so all statements about W(s) hold for it.
template <Placement P, Index In, Index Out, Index Rank>
class PlacedDense {
  static_assert((In > 0 || In == dynamic) && (Out > 0 || Out == dynamic),
                "wmanifold: a dense layer has at least one input and one output");
  static_assert(P == Placement::low_rank ? Rank > 0 || Rank == dynamic : Rank == 0,
                "wmanifold: a low-rank layer has a rank of at least 1, other layers have none");

 public:
  static constexpr Placement placement = P;     ///< dependence on the context
  static constexpr Index static_inputs = In;    ///< inputs, or `dynamic`
  static constexpr Index static_outputs = Out;  ///< outputs, or `dynamic`
  static constexpr Index static_rank = Rank;    ///< rank, or `dynamic`; 0 unless low_rank
  static constexpr bool is_static =
      In != dynamic && Out != dynamic && Rank != dynamic;  ///< whether all sizes are in the type

  /// A layer with the sizes of its type.
  constexpr PlacedDense() requires(is_static) = default;

  /// A layer of these sizes. Throws ArgumentError for sizes below 1, for sizes that differ from the type's, and for
  /// more than 2^40 numbers.
  constexpr PlacedDense(Index inputs, Index outputs) requires(Rank != dynamic)
      : PlacedDense(inputs, outputs, Rank, Checked{}) {}
  /// A low-rank layer of these sizes, with the same errors.
  constexpr PlacedDense(Index inputs, Index outputs, Index rank) requires(P == Placement::low_rank)
      : PlacedDense(inputs, outputs, rank, Checked{}) {}

  /// Number of inputs.
  [[nodiscard]] constexpr Index inputs() const noexcept { return inputs_; }
  /// Number of outputs.
  [[nodiscard]] constexpr Index outputs() const noexcept { return outputs_; }
  /// Rank of the part that depends on the context; 0 unless low_rank.
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
    // This keeps sums over layers and products with rows within the range of Index.
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

/// A dense layer that depends on the context along `Rank` directions, for any K: W(s) = W_0 + U diag(A phi(s)) V^T with
/// U out x rank, V in x rank, A rank x K. It holds N + rank (in + 1 + out + K) numbers. Passes over batches never form
/// W(s) (equation 12).
template <Index Rank = dynamic, Index In = dynamic, Index Out = dynamic>
using LowRankDense = PlacedDense<Placement::low_rank, In, Out, Rank>;

/// A dense layer whose outputs have gains and biases that depend on the context: W(s) = diag(1 + A^T phi(s)) W_0 and
/// b(s) = B^T phi(s), with A and B K x out. It holds in out + 2 K out numbers, and a move costs those of A and B.
/// Passes over batches never form W(s) (equation 24).
template <Index In = dynamic, Index Out = dynamic>
using GainDense = PlacedDense<Placement::gains, In, Out, 0>;

/// A dense layer: its sizes, rank and placement.
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

/// The layer that a network at a point has for L: a dense layer with weights of its own.
template <class L>
using AtPoint = typename detail::AtPoint<L>::type;

}  // namespace wmanifold
