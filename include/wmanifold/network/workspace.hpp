#pragma once

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/network/coefficients.hpp>
#include <wmanifold/network/stack.hpp>

namespace wmanifold {

/// The values that a forward pass of a network keeps for its backward pass.
template <Real R>
struct ForwardCache {
  Index samples = 0;                        ///< of the batch
  Index parameters = 0;                     ///< of the network or manifold that it went through
  std::vector<DenseLayout> layers;          ///< likewise
  bool has_slopes = false;                  ///< whether a backward pass may follow
  std::vector<AlignedVector<R>> values;     ///< per dense layer, samples x outputs, after the activation
  std::vector<AlignedVector<R>> slopes;     ///< likewise, the activation's derivatives; empty for the identity
  std::vector<AlignedVector<R>> low_ranks;  ///< what a low-rank layer keeps
};

/// The memory of passes on their way, and of gradients beside that of the parameters.
template <Real R>
struct PassScratch {
  AlignedVector<R> tiles;                 ///< of products: parts of mixed weights, of transposed gradients
  AlignedVector<R> low_rank;              ///< of low-rank layers
  AlignedVector<R> delta;                 ///< the gradient of the values of the layer at hand
  AlignedVector<R> delta_before;          ///< that of the layer before it
  AlignedVector<R> coefficient_gradient;  ///< samples x K
};

/// The memory of a reduction over contexts.
struct ReductionScratch {
  std::vector<double> means;    // per context
  std::vector<double> weights;  // per context
  std::vector<Index> order;
};

/// The memory of a loss functional.
template <Real R>
struct LossScratch {
  AlignedVector<R> output_gradient;  ///< samples x outputs
  std::vector<double> losses;        ///< per sample
  std::vector<double> shares;        ///< per sample: the derivative of the functional in its loss
  ReductionScratch reduction;
};

/// The memory of a manifold for its contexts.
template <Real R>
struct ContextScratch {
  AlignedVector<double> gradient;      ///< samples x coordinates
  AlignedVector<R> networks;           ///< a network per group, of a manifold that has no rows to mix
  AlignedVector<R> network_gradients;  ///< likewise
};

/// The memory that forward and backward passes need beside a model. The caller owns it, one per thread; it grows to the largest
/// batch it has seen and is then reused without allocation. What it holds is the library's business, except that
/// outputs and gradients are returned as views into it, valid until the next pass through the same workspace.
template <Real R>
struct Workspace {
  Mixing mixing = Mixing::automatic;  ///< the caller's wish for the passes to come
  BatchCoefficients<R> coefficients;  ///< of the batch that went through last
  ForwardCache<R> cache;
  PassScratch<R> scratch;
  ContextScratch<R> contexts;
  LossScratch<R> loss;

  /// How the last batch was mixed.
  [[nodiscard]] Plan const& plan() const noexcept { return coefficients.plan; }
};

/// A view of a batch that lies in a workspace.
template <class R>
using BatchView = Eigen::Map<Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> const>;

}  // namespace wmanifold
