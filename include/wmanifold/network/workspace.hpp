#pragma once

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/network/coefficients.hpp>
#include <wmanifold/network/stack.hpp>

namespace wmanifold {

/// The values that a forward pass keeps for the backward pass.
template <Real R>
struct ForwardCache {
  Index samples = 0;                     ///< in the batch
  Index parameters = 0;                  ///< numbers in the parameters of the network or manifold
  std::vector<DenseLayout> layers;       ///< its layers
  bool has_slopes = false;               ///< whether a backward pass may follow
  std::vector<AlignedVector<R>> values;  ///< per dense layer, samples x outputs, after the activation
  std::vector<AlignedVector<R>> slopes;  ///< per dense layer, the activation's derivatives; empty for the identity
  AlignedVector<R> ordered_inputs;       ///< the inputs in the order of spans, if the batch has some
  AlignedVector<R> outputs;              ///< the outputs in the order of the batch, if it has spans
  std::vector<AlignedVector<R>> traces;  ///< per dense layer, the values that a low-rank layer or gains keep
};

/// The temporary memory of passes, and of gradients beside that of the parameters.
template <Real R>
struct PassScratch {
  AlignedVector<R> tiles;                 ///< of products: parts of mixed weights and of transposed gradients
  AlignedVector<R> aside;                 ///< of low-rank layers and of gains
  AlignedVector<R> delta;                 ///< gradient of the values of the current layer
  AlignedVector<R> delta_before;          ///< gradient of the values of the layer before it
  AlignedVector<R> coefficient_gradient;  ///< samples x K
};

/// The memory of a reduction over contexts.
struct ReductionScratch {
  std::vector<double> means;    ///< mean loss per context
  std::vector<double> weights;  ///< weight per context
  std::vector<Index> order;     ///< contexts, worst first
};

/// The memory of a loss functional.
template <Real R>
struct LossScratch {
  AlignedVector<R> output_gradient;  ///< samples x outputs
  std::vector<double> losses;        ///< per sample
  std::vector<double> shares;        ///< per sample: the functional's derivative in that sample's loss
  ReductionScratch reduction;        ///< for the reduction
};

/// The memory of a manifold for its contexts.
template <Real R>
struct ContextScratch {
  AlignedVector<double> gradient;      ///< samples x coordinates
  AlignedVector<double> slopes;        ///< groups x K x coordinates, the derivatives of the coefficients
  AlignedVector<R> networks;           ///< one network per group, of a manifold without rows to mix
  AlignedVector<R> network_gradients;  ///< their gradients
};

/// The memory that forward and backward passes need beside a model. The caller owns it, one per thread. It grows to the
/// largest batch and is then reused without allocation. Its contents are internal, except that outputs and gradients
/// are returned as views into it, valid until the next pass through the same workspace.
template <Real R>
struct Workspace {
  Mixing mixing = Mixing::automatic;  ///< the caller's wish for the next passes
  BatchCoefficients<R> coefficients;  ///< of the last batch
  ForwardCache<R> cache;              ///< of the last forward pass
  PassScratch<R> scratch;             ///< of passes
  ContextScratch<R> contexts;         ///< of contexts
  LossScratch<R> loss;                ///< of loss functionals

  /// The plan by which the last batch was mixed.
  [[nodiscard]] Plan const& plan() const noexcept { return coefficients.plan; }
};

/// A view of a batch that lies in a workspace.
template <class R>
using BatchView = Eigen::Map<Matrix<R> const>;

}  // namespace wmanifold
