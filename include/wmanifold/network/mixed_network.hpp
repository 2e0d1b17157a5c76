#pragma once

#include <wmanifold/network/parameters.hpp>
#include <wmanifold/network/passes.hpp>

#include <limits>

namespace wmanifold {

/// Returns whether a stack has layers that need the coefficients themselves: low-rank ones, and gains.
template <class S>
[[nodiscard]] constexpr bool needs_coefficients(S const& stack) noexcept {
  for (Index l = 0; l < stack.depth(); ++l) {
    Placement const placement = stack.dense(l).placement;
    if (placement == Placement::low_rank || placement == Placement::gains) {
      return true;
    }
  }
  return false;
}

/// Layers with K rows of parameters, mixed by coefficients: the network of parameters sum_k phi_k P_k, for a batch, for
/// one sample, or formed. It has no topology and no basis; a manifold is a basis and a mixed network. With parameters
/// of 16 bits (N) it runs single samples and forms networks, in R; batches and gradients need N = R.
template <Real R, class S, StoredNumber N = R>
class MixedNetwork {
 public:
  using Scalar = R;  ///< type of the numbers
  using Stack = S;   ///< type of the layers

  /// A network with all parameters zero.
  MixedNetwork(Index rows, Stack stack)
      : stack_(std::move(stack)),
        point_stack_(stack_.at_point()),
        parameters_(rows, row_parameters_of(stack_), shared_parameters_of(stack_)),
        frozen_(static_cast<std::size_t>(stack_.depth())) {}

  /// Layers.
  [[nodiscard]] Stack const& stack() const noexcept { return stack_; }
  /// Layers of the network at one set of coefficients.
  [[nodiscard]] typename Stack::AtPoint const& point_stack() const noexcept { return point_stack_; }
  /// Number of inputs.
  [[nodiscard]] Index inputs() const noexcept { return inputs_of(stack_); }
  /// Number of outputs.
  [[nodiscard]] Index outputs() const noexcept { return outputs_of(stack_); }
  /// K, the number of rows.
  [[nodiscard]] Index rows() const noexcept { return parameters_.rows(); }

  /// The K x N block and the shared part.
  [[nodiscard]] Parameters<N>& parameters() noexcept { return parameters_; }
  /// The same, read-only.
  [[nodiscard]] Parameters<N> const& parameters() const noexcept { return parameters_; }

  /// Weights (outputs x inputs) of dense layer l in row k of a block of these sizes. Throws ArgumentError if the layer
  /// is not on the manifold, or the row or layer does not exist.
  template <class Block>
  [[nodiscard]] auto weight(Block& block, Index k, Index l) const {
    DenseLayout const& shape = in_rows(block, k, l);  // before the block is read
    if (shape.placement != Placement::manifold) [[unlikely]] {
      fail("manifold: expected a layer with weights in every row, got dense layer ", l,
           ", which is shared, low-rank or of gains");
    }
    return weight_at(shape, block.row(k).data() + shape.row_offset);
  }
  /// Biases (outputs) of dense layer l in row k: of a layer on the manifold, or B of a layer of gains. Throws as
  /// `weight`.
  template <class Block>
  [[nodiscard]] auto bias(Block& block, Index k, Index l) const {
    DenseLayout const& shape = in_rows(block, k, l);
    bool const has_gains = shape.placement == Placement::gains;
    if (!has_gains && shape.placement != Placement::manifold) [[unlikely]] {
      fail("manifold: expected a layer with biases in every row, got dense layer ", l, ", which is shared or low-rank");
    }
    auto* const row = block.row(k).data() + shape.row_offset;
    return has_gains ? gain_at(shape, row + shape.outputs) : bias_at(shape, row);
  }
  /// Row k of A of dense layer l (outputs), a layer of gains. Throws ArgumentError for another layer.
  template <class Block>
  [[nodiscard]] auto gain(Block& block, Index k, Index l) const {
    DenseLayout const& shape = in_rows(block, k, l);
    if (shape.placement != Placement::gains) [[unlikely]] {
      fail("manifold: expected a layer of gains, got dense layer ", l, ", which has none");
    }
    return gain_at(shape, block.row(k).data() + shape.row_offset);
  }
  /// Weights of a layer that all rows share; for a low-rank layer or one of gains, of its W_0.
  template <class Block>
  [[nodiscard]] auto shared_weight(Block& block, Index l) const {
    DenseLayout const& shape = in_shared_part(l);
    return weight_at(shape, block.shared().data() + shape.shared_offset);
  }
  /// Biases of a layer that all rows share; for a low-rank layer, of its W_0.
  template <class Block>
  [[nodiscard]] auto shared_bias(Block& block, Index l) const {
    DenseLayout const& shape = in_shared_part(l);
    if (shape.placement == Placement::gains) [[unlikely]] {
      fail("manifold: expected a layer with shared biases, got dense layer ", l, ", whose biases are in the rows");
    }
    return bias_at(shape, block.shared().data() + shape.shared_offset);
  }

  /// Freezes dense layer l: its gradient is zero, and no flow moves it.
  void freeze(Index l) { frozen_[checked_layer(l)] = true; }
  /// Lets flows move dense layer l again.
  void unfreeze(Index l) { frozen_[checked_layer(l)] = false; }
  /// Returns whether dense layer l is frozen.
  [[nodiscard]] bool is_frozen(Index l) const { return frozen_[checked_layer(l)]; }

  /// Writes zeros at the parameters of frozen layers.
  void zero_frozen(Parameters<R>& block) const noexcept {
    for (Index l = 0; l < std::ssize(frozen_); ++l) {
      if (frozen_[static_cast<std::size_t>(l)]) {
        DenseLayout const& shape = stack_.dense(l);
        for (Index k = 0; k < rows(); ++k) {
          std::fill_n(block.row(k).data() + shape.row_offset, shape.row_size(), R{0});
        }
        std::fill_n(block.shared().data() + shape.shared_offset, shape.shared_size(), R{0});
      }
    }
  }

  /// Runs a batch (samples x inputs), each sample through the network of its coefficients. Returns the outputs (samples
  /// x outputs), a view into the cache. Checks nothing.
  template <class T>
  BatchView<R> forward(ConstMatrixRef<R> const& inputs, BatchCoefficients<R> const& batch, bool keep_slopes,
                       ForwardCache<R>& cache, PassScratch<R>& scratch) const requires(std::same_as<N, R>) {
    cache.parameters = static_cast<Index>(parameters_.numbers().size());
    return forward_pass<T, R>(stack_, view(), batch, {inputs.data(), inputs.outerStride()}, keep_slopes, cache,
                              scratch);
  }

  /// Runs the backward pass, after forward with slopes kept. Overwrites `gradient` with the gradient of the parameters
  /// (equation 3). Returns the gradients that `request` names, as views into the scratch. The gradients of coefficients
  /// outside `wanted` (by default, none is outside) are not specified. Checks nothing.
  template <class T>
  NetworkGradients<R> backward(ConstMatrixRef<R> const& inputs, BatchCoefficients<R> const& batch,
                               ConstMatrixRef<R> const& output_gradient, GradientRequest request,
                               ForwardCache<R> const& cache, PassScratch<R>& scratch, Parameters<R>& gradient,
                               kernel::RowRuns const& wanted = {}) const requires(std::same_as<N, R>) {
    return backward_pass<T, R>(stack_, view(), batch, {inputs.data(), inputs.outerStride()},
                               {output_gradient.data(), output_gradient.outerStride()}, frozen_, request, cache,
                               scratch, {gradient.data(), rows(), gradient.stride(), gradient.shared().data()}, wanted);
  }

  /// Writes the network of these coefficients: N numbers, layer by layer. Without shared parameters, all layers are
  /// mixed in one call. Writes NaN if the parameters were moved away.
  template <class T>
  void at(kernel::ChosenRows<R> phi, R* network) const noexcept {
    if (shared_parameters_of(stack_) == 0) {
      mix<T>(phi, row_parameters_of(stack_), parameters_.data(), network);
      return;
    }
    for (Index l = 0; l < stack_.depth(); ++l) {
      DenseLayout const& shape = stack_.dense(l);
      R* const to = network + shape.offset;
      switch (shape.placement) {
        case Placement::manifold:
          mix<T>(phi, shape.size(), parameters_.data() + shape.row_offset, to);
          break;
        case Placement::shared:
          for (Index n = 0; n < shape.size(); ++n) {
            to[n] = number_as<R>(parameters_.shared().data()[shape.shared_offset + n]);
          }
          break;
        case Placement::low_rank:
          if constexpr (Stack::may_have(Placement::low_rank)) {
            detail::low_rank_at<T, R>(shape, low_rank(shape), phi, to);
          }
          break;
        case Placement::gains:
          if constexpr (Stack::may_have(Placement::gains)) {
            N const* const row = parameters_.data() + shape.row_offset;
            mix<T>(phi, shape.outputs, row, to);
            mix<T>(phi, shape.outputs, row + shape.outputs, to + shape.weights());
            detail::gains_at<R>(shape, parameters_.shared().data() + shape.shared_offset, to);
          }
          break;
      }
    }
  }

  /// Runs one sample through the network of these coefficients, without forming it. `scratch` has scratch_size()
  /// numbers.
  template <class T>
  void operator()(kernel::ChosenRows<R> phi, R const* x, R* y, R* scratch) const noexcept {
    Index const depth = stack_.depth();
    R* spare = scratch + widest_of(stack_);
    R* const aside = spare + widest_of(stack_);
    for (Index l = 0; l < depth; ++l) {
      DenseLayout const& shape = stack_.dense(l);
      R* const to = l + 1 == depth ? y : scratch;
      switch (shape.placement) {
        case Placement::manifold:
          kernel::mixed_sample<T, R>(phi, shape.inputs, shape.outputs, parameters_.data() + shape.row_offset, x, to);
          break;
        case Placement::shared:
          kernel::dense_sample<T, R>(parameters_.shared().data() + shape.shared_offset, shape.inputs, shape.outputs, x,
                                     to);
          break;
        case Placement::low_rank:
          if constexpr (Stack::may_have(Placement::low_rank)) {
            detail::low_rank_sample<T, R>(shape, low_rank(shape), phi, x, to, aside);
          }
          break;
        case Placement::gains:
          if constexpr (Stack::may_have(Placement::gains)) {
            mix<T>(phi, shape.row_size(), parameters_.data() + shape.row_offset, aside);
            detail::gains_sample<T, R>(shape, parameters_.shared().data() + shape.shared_offset, aside, x, to);
          }
          break;
      }
      stack_.with_activation(l, [&]<class A>(A const& activation) {
        if constexpr (!std::same_as<A, Identity>) {
          kernel::activate<T, R>(activation, shape.outputs, to, static_cast<R*>(nullptr));
        }
      });
      x = to;
      std::swap(scratch, spare);
    }
  }
  /// Numbers of scratch that one sample needs.
  [[nodiscard]] Index scratch_size() const noexcept { return sample_scratch_of(stack_); }

  /// Throws ArgumentError if a network's layers differ from those at one set of coefficients.
  template <class Network>
  void require_layers_of(Network const& network) const {
    if (!(network.stack() == point_stack_)) [[unlikely]] {
      fail("manifold: expected a network of the manifold's own layers (", parameters_of(stack_), " parameters), got ",
           network.parameters().size(), " parameters in other layers");
    }
  }

  friend bool operator==(MixedNetwork const& a, MixedNetwork const& b) {
    return a.stack_ == b.stack_ && a.parameters_ == b.parameters_ && a.frozen_ == b.frozen_;
  }

 private:
  std::size_t checked_layer(Index l) const {
    require_parameters(parameters_);
    if (l < 0 || l >= stack_.depth()) [[unlikely]] {
      fail("manifold: expected a dense layer in [0, ", stack_.depth() - 1, "], got ", l);
    }
    return static_cast<std::size_t>(l);
  }
  DenseLayout const& in_rows(Parameters<R> const& block, Index k, Index l) const {
    require_parameters(parameters_);
    require_sizes_of(parameters_, "block", block);
    if (k < 0 || k >= rows()) [[unlikely]] {
      fail("manifold: expected a row in [0, ", rows() - 1, "], got ", k);
    }
    return stack_.dense(static_cast<Index>(checked_layer(l)));
  }
  DenseLayout const& in_shared_part(Index l) const {
    DenseLayout const& shape = stack_.dense(static_cast<Index>(checked_layer(l)));
    if (shape.placement == Placement::manifold) [[unlikely]] {
      fail("manifold: expected a layer with shared weights, got dense layer ", l, ", which is on the manifold");
    }
    return shape;
  }

  [[nodiscard]] ParametersView<R const> view() const noexcept {
    return {parameters_.data(), rows(), parameters_.stride(), parameters_.shared().data()};
  }
  [[nodiscard]] detail::LowRankParts<N const> low_rank(DenseLayout const& shape) const noexcept {
    return detail::low_rank_parts<N const>(shape, parameters_.data(), parameters_.stride(),
                                           parameters_.shared().data());
  }

  /// to <- the mix of `count` numbers of each row, starting at `from`.
  template <class T>
  void mix(kernel::ChosenRows<R> phi, Index count, N const* from, R* to) const noexcept {
    if (phi.count == rows()) {
      kernel::mix_rows<T, R>(phi.coefficients, phi.count, phi.stride, count, from, to);
    } else {
      kernel::mix_chosen_rows<T, R>(phi, count, from, to);
    }
  }

  Stack stack_;
  typename Stack::AtPoint point_stack_;
  Parameters<N> parameters_;
  std::vector<bool> frozen_;
};

}  // namespace wmanifold
