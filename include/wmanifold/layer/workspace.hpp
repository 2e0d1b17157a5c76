#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/matrix.hpp>
#include <wmanifold/layer/plan.hpp>

#include <span>
#include <vector>

namespace wmanifold {

/// The memory of a reduction over contexts.
struct ReductionScratch {
  std::vector<double> means;    // per context
  std::vector<double> weights;  // per context
  std::vector<Index> order;
};

/// What forward and backward passes need beside a model. The caller owns it, one per thread; it grows to the largest
/// batch it has seen and is then reused without allocation. What it holds is the library's business, except that
/// outputs and gradients are returned as views into it, valid until the next pass through the same workspace.
template <Real R>
struct Workspace {
  Mixing mixing = Mixing::automatic;          // the caller's wish for the passes to come
  Plan plan;                                  // of the pass that went through last
  Index samples = 0;                          // of the batch that went through last
  Index parameters = 0;                       // of the network or manifold that it went through
  bool can_go_back = false;                   // was it a forward pass, which keeps what backward needs?
  std::vector<Index> ends;                    // where its groups of shared contexts end; empty: one per sample
  AlignedVector<R> coefficients;              // samples x K: phi at each sample's context
  AlignedVector<R> group_coefficients;        // groups x K: phi at each group's
  std::vector<AlignedVector<R>> values;       // per dense layer, samples x outputs, after the activation
  std::vector<AlignedVector<R>> derivatives;  // likewise, of the activation; empty for the identity
  std::vector<AlignedVector<R>> traces;       // what else a layer keeps between its passes
  AlignedVector<R> tiles;                     // what a product needs: parts of mixed weights, of transposed gradients
  AlignedVector<R> networks;                  // per group a network of its own, where a model has no rows to mix
  AlignedVector<R> network_gradients;         // likewise
  AlignedVector<R> output_gradient;           // samples x outputs, filled by whoever computes the loss
  AlignedVector<R> delta;                     // gradient of the values of the layer at hand
  AlignedVector<R> delta_before;              // and of the layer before it
  AlignedVector<R> coefficient_gradient;      // samples x K
  AlignedVector<R> scratch;
  std::vector<double> losses;  // per sample
  std::vector<double> shares;  // per sample: the derivative of the functional in its loss
  ReductionScratch reduction;
  AlignedVector<double> context_gradient;  // samples x coordinates
};

/// A view of a batch that lies in a workspace.
template <class R>
using BatchView = Eigen::Map<Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> const>;

/// Makes room for at least `count` elements; never gives any back.
template <class Vector>
void grow(Vector& vector, Index count) {
  if (static_cast<Index>(vector.size()) < count) {
    vector.resize(static_cast<std::size_t>(count));
  }
}

}  // namespace wmanifold
