#pragma once

#include <wmanifold/kernel/seam.hpp>
#include <wmanifold/network/gains.hpp>
#include <wmanifold/network/low_rank.hpp>
#include <wmanifold/network/stack.hpp>
#include <wmanifold/network/workspace.hpp>

/// Forward and backward passes of a batch through a stack of layers, layer by layer. The parameters are rows that each
/// sample mixes (equations 1 to 3).
namespace wmanifold {

/// The parameters of a stack: K rows, `stride` apart, and the shared part.
template <class R>
struct ParametersView {
  R* data;              ///< first number of row 0
  Index rows;           ///< K
  Index stride;         ///< numbers between the starts of rows
  R* shared = nullptr;  ///< the numbers that belong to no row
};

/// A request for gradients beside that of the parameters. `contexts` needs a smooth space of contexts; on discrete
/// ones, which have no derivatives, passes throw ArgumentError. A network without contexts returns the gradient of
/// their coefficients.
struct GradientRequest {
  bool inputs = false;    ///< gradient of the inputs
  bool contexts = false;  ///< gradient of the contexts
};

/// The gradients that a request to a network names, as views. A view is empty if it was not requested.
template <Real R>
struct NetworkGradients {
  BatchView<R> inputs{nullptr, 0, 0};        ///< samples x inputs
  BatchView<R> coefficients{nullptr, 0, 0};  ///< samples x K
};

namespace detail {

/// One layer in a pass over a batch: its parameters and inputs, and the way rows are mixed.
template <class T, Real R, class Stack>
class LayerPass {
 public:
  LayerPass(DenseLayout const& shape, ParametersView<R const> parameters, BatchCoefficients<R> const& batch,
            kernel::Samples<R const> x, PassScratch<R>& scratch)
      : shape_(shape),
        parameters_(parameters),
        batch_(batch),
        x_(x),
        scratch_(scratch),
        is_shared_(shape.placement == Placement::shared),
        row_of_groups_(!is_shared_ && batch.kind == BatchCoefficients<R>::Rows::of_groups),
        coefficients_(!is_shared_ && batch.kind == BatchCoefficients<R>::Rows::mixed ? batch.of_ordered_samples()
                                                                                     : kernel::Coefficients<R>()),
        grouped_(coefficients_.numbers != nullptr && batch.plan.mixing == Mixing::by_groups) {}

  /// Runs the layer forward. `trace` keeps the values that the backward pass of a low-rank layer or of gains needs.
  void forward(R* y, AlignedVector<R>& trace, kernel::Epilogue done) {
    kernel::Samples<R> const to{y, shape_.outputs};
    if constexpr (Stack::may_have(Placement::low_rank)) {
      if (shape_.placement == Placement::low_rank) {
        grow(trace, 2 * batch_.samples * shape_.rank);
        low_rank_forward<T, R>(shape_, low_rank(parameters_), coefficients_.numbers, batch_.rows, batch_.samples, x_, y,
                               trace.data(), scratch_);
        done({0, batch_.samples}, {0, shape_.outputs});
        return;
      }
    }
    if constexpr (Stack::may_have(Placement::gains)) {
      if (shape_.placement == Placement::gains) {
        grow(trace, 3 * batch_.samples * shape_.outputs);
        gains_forward<T, R>(shape_, gains(parameters_), coefficients_.numbers, batch_.rows, batch_.samples, x_, y,
                            trace.data());
        done({0, batch_.samples}, {0, shape_.outputs});
        return;
      }
    }
    if (row_of_groups_) {
      batch_.for_each_group([&](Index g, Index begin, Index end) {
        kernel::dense_forward<T, R>(network(g), nullptr, end - begin, from(x_, begin), from(to, begin));
      });
      done({0, batch_.samples}, {0, shape_.outputs});
    } else if (grouped_) {
      kernel::grouped_forward<T, R>(rows(), batch_.ordered_groups(), x_, to, tiles(), done);
    } else {
      kernel::dense_forward<T, R>(rows(), coefficients_, batch_.samples, x_, to, done);
    }
  }

  /// Runs the layer backward. Writes the gradient of the parameters, zero if frozen. Writes the gradient of the inputs,
  /// times `slope` unless that is null, to dx unless that is null. Adds the gradient of the `wanted` coefficients to
  /// dphi, unless null.
  void backward(R const* dy, bool frozen, AlignedVector<R> const& trace, ParametersView<R> gradient, R* dx,
                R const* slope, R* dphi, kernel::RowRuns const& wanted) {
    if constexpr (Stack::may_have(Placement::low_rank)) {
      if (shape_.placement == Placement::low_rank) {
        low_rank_backward<T, R>(shape_, low_rank(parameters_), low_rank(gradient), coefficients_.numbers, batch_.rows,
                                batch_.samples, x_, dy, dx, dphi, trace.data(), scratch_);
        finish_factors(frozen, gradient, dx, slope);
        return;
      }
    }
    if constexpr (Stack::may_have(Placement::gains)) {
      if (shape_.placement == Placement::gains) {
        gains_backward<T, R>(shape_, gains(parameters_), gains(gradient), coefficients_.numbers, batch_.rows,
                             batch_.samples, x_, dy, dx, dphi, trace.data(), scratch_);
        finish_factors(frozen, gradient, dx, slope);
        return;
      }
    }
    kernel::Samples<R const> const slopes{dy, shape_.outputs};
    if (frozen) {
      clear(gradient);
    } else {
      backward_parameters(slopes, gradient);
    }
    if (dphi != nullptr && !is_shared_) {
      kernel::dense_backward_coefficients<T, R>(rows(), wanted, batch_.samples, x_, slopes, dphi, tiles());
    }
    if (dx != nullptr) {
      backward_inputs(slopes, dx, slope);
    }
  }

  /// Sets this layer's gradient to zero.
  void clear(ParametersView<R> gradient) const {
    for (Index k = 0; k < gradient.rows; ++k) {
      std::fill_n(gradient.data + k * gradient.stride + shape_.row_offset, shape_.row_size(), R{0});
    }
    std::fill_n(gradient.shared + shape_.shared_offset, shape_.shared_size(), R{0});
  }

 private:
  template <class S>
  static kernel::Samples<S> from(kernel::Samples<S> samples, Index first) noexcept {
    return {samples.data + first * samples.stride, samples.stride};
  }

  template <class S>
  [[nodiscard]] LowRankParts<S> low_rank(ParametersView<S> view) const noexcept {
    return low_rank_parts<S>(shape_, view.data, view.stride, view.shared);
  }
  template <class S>
  [[nodiscard]] GainParts<S> gains(ParametersView<S> view) const noexcept {
    return gain_parts<S>(shape_, view.data, view.stride, view.shared);
  }
  /// The end of a backward pass that has no kernel of its own for slopes and frozen layers.
  void finish_factors(bool frozen, ParametersView<R> gradient, R* dx, R const* slope) const {
    for (Index n = 0; dx != nullptr && slope != nullptr && n < batch_.samples * shape_.inputs; ++n) {
      dx[n] *= slope[n];
    }
    if (frozen) {
      clear(gradient);
    }
  }
  [[nodiscard]] kernel::DenseRows<R> rows() const noexcept {
    return is_shared_
               ? kernel::DenseRows<R>{parameters_.shared + shape_.shared_offset, 1, 0, shape_.inputs, shape_.outputs}
               : kernel::DenseRows<R>{parameters_.data + shape_.row_offset, parameters_.rows, parameters_.stride,
                                      shape_.inputs, shape_.outputs};
  }
  /// Row g alone.
  [[nodiscard]] kernel::DenseRows<R> network(Index g) const noexcept {
    return {parameters_.data + shape_.row_offset + g * parameters_.stride, 1, 0, shape_.inputs, shape_.outputs};
  }
  [[nodiscard]] R* tiles() {
    Index const mixed = coefficients_.numbers == nullptr ? 1 : parameters_.rows;
    grow(
        scratch_.tiles,
        std::max(kernel::dense_scratch<T, R>(batch_.samples, shape_.inputs, shape_.outputs, mixed),
                 grouped_ ? kernel::grouped_scratch<T, R>(batch_.samples, batch_.groups(), shape_.outputs) : Index{0}));
    return scratch_.tiles.data();
  }

  void backward_parameters(kernel::Samples<R const> dy, ParametersView<R> gradient) {
    kernel::MutableDenseRows<R> to{gradient.data + shape_.row_offset, parameters_.rows, gradient.stride, shape_.inputs,
                                   shape_.outputs};
    if (is_shared_) {
      to = {gradient.shared + shape_.shared_offset, 1, gradient.stride, shape_.inputs, shape_.outputs};
    }
    if (row_of_groups_) {
      to.rows = 1;
      batch_.for_each_group([&](Index g, Index begin, Index end) {
        kernel::MutableDenseRows<R> own = to;
        own.parameters += g * gradient.stride;
        kernel::dense_backward_parameters<T, R>(own, nullptr, end - begin, from(x_, begin), from(dy, begin));
      });
    } else if (grouped_) {
      kernel::grouped_backward_parameters<T, R>(to, batch_.ordered_groups(), x_, dy, tiles());
    } else {
      kernel::dense_backward_parameters<T, R>(to, coefficients_, batch_.samples, x_, dy);
    }
  }

  void backward_inputs(kernel::Samples<R const> dy, R* dx, R const* slope) {
    kernel::Samples<R> const to{dx, shape_.inputs};
    if (row_of_groups_) {
      batch_.for_each_group([&](Index g, Index begin, Index end) {
        kernel::dense_backward_inputs<T, R>(network(g), nullptr, end - begin, from(dy, begin), from(to, begin),
                                            slope == nullptr ? nullptr : slope + begin * to.stride, tiles());
      });
    } else if (grouped_) {
      kernel::grouped_backward_inputs<T, R>(rows(), batch_.ordered_groups(), dy, to, slope, tiles());
    } else {
      kernel::dense_backward_inputs<T, R>(rows(), coefficients_, batch_.samples, dy, to, slope, tiles());
    }
  }

  DenseLayout const& shape_;
  ParametersView<R const> parameters_;
  BatchCoefficients<R> const& batch_;
  kernel::Samples<R const> x_;
  PassScratch<R>& scratch_;
  bool is_shared_;
  bool row_of_groups_;
  kernel::Coefficients<R> coefficients_;
  bool grouped_;
};

/// The derivatives of the activation of layer l, as kept by the forward pass; null for the identity.
template <Real R, class Stack>
R const* slope_of(Stack const& stack, Index l, ForwardCache<R> const& cache) {
  R const* slope = nullptr;
  stack.with_activation(l, [&]<class A>(A const&) {
    if constexpr (!std::same_as<A, Identity>) {
      slope = cache.slopes[static_cast<std::size_t>(l)].data();
    }
  });
  return slope;
}

}  // namespace detail

/// Runs a batch forward. Writes the values of every layer into the cache, and the activations' derivatives if
/// `keep_slopes`. Returns the outputs.
template <class T, Real R, class Stack>
BatchView<R> forward_pass(Stack const& stack, ParametersView<R const> parameters, BatchCoefficients<R> const& batch,
                          kernel::Samples<R const> inputs, bool keep_slopes, ForwardCache<R>& cache,
                          PassScratch<R>& scratch) {
  cache.has_slopes = false;  // until the end: memory may run out
  grow(cache.values, stack.depth());
  grow(cache.slopes, stack.depth());
  grow(cache.traces, stack.depth());
  cache.samples = batch.samples;
  cache.layers.resize(static_cast<std::size_t>(stack.depth()));
  auto const& spans = batch.spans;
  kernel::Samples<R const> x = inputs;
  if (batch.kind == BatchCoefficients<R>::Rows::mixed &&
      batch.plan.rows_met < batch.rows) {  // spans, now or in a later batch
    grow(cache.ordered_inputs, batch.samples * inputs_of(stack));
    grow(cache.outputs, batch.samples * outputs_of(stack));
  }
  if (!spans.empty()) {
    spans.gather(inputs.data, inputs.stride, inputs_of(stack), cache.ordered_inputs.data());
    x = {cache.ordered_inputs.data(), inputs_of(stack)};
  }
  for (Index l = 0; l < stack.depth(); ++l) {
    DenseLayout const& shape = stack.dense(l);
    auto const at = static_cast<std::size_t>(l);
    cache.layers[at] = shape;
    grow(cache.values[at], batch.samples * shape.outputs);
    R* const y = cache.values[at].data();
    detail::LayerPass<T, R, Stack> pass(shape, parameters, batch, x, scratch);
    stack.with_activation(l, [&]<class A>(A const& activation) {
      if constexpr (std::same_as<A, Identity>) {
        cache.slopes[at].clear();
        pass.forward(y, cache.traces[at], {});
      } else {
        if (keep_slopes) {
          grow(cache.slopes[at], batch.samples * shape.outputs);
        }
        R* const slopes = keep_slopes ? cache.slopes[at].data() : nullptr;
        auto const activate = [&](kernel::IndexRange rows, kernel::IndexRange columns) {
          kernel::activate<T, R>(activation, rows, columns, shape.outputs, y, slopes);
        };
        pass.forward(y, cache.traces[at], kernel::Epilogue(activate));
      }
    });
    x = {y, shape.outputs};
  }
  if (!spans.empty()) {
    spans.scatter(x.data, x.stride, cache.outputs.data());
    x.data = cache.outputs.data();
  }
  cache.has_slopes = keep_slopes;
  return {x.data, batch.samples, outputs_of(stack)};
}

/// Runs the same batch backward, after forward_pass with slopes kept. Turns the gradient of the outputs into that of
/// the parameters (overwritten; zero if `frozen[l]`). Returns the gradients that `request` names, as views into the
/// scratch. The gradients of coefficients outside `wanted` (in the order of the spans) are not specified.
template <class T, Real R, class Stack>
NetworkGradients<R> backward_pass(Stack const& stack, ParametersView<R const> parameters,
                                  BatchCoefficients<R> const& batch, kernel::Samples<R const> inputs,
                                  kernel::Samples<R const> output_gradient, std::vector<bool> const& frozen,
                                  GradientRequest request, ForwardCache<R> const& cache, PassScratch<R>& scratch,
                                  ParametersView<R> gradient, kernel::RowRuns const& wanted = {}) {
  Index const samples = batch.samples;
  auto const is_frozen = [&](Index l) { return frozen[static_cast<std::size_t>(l)]; };
  Index lowest = 0;  // the lowest layer that is not frozen
  while (lowest < stack.depth() && is_frozen(lowest)) {
    ++lowest;
  }
  R* dphi = nullptr;
  if (request.contexts) {
    grow(scratch.coefficient_gradient, samples * parameters.rows);
    dphi = scratch.coefficient_gradient.data();
    std::fill_n(dphi, samples * parameters.rows, R{0});
  }
  Index const width = std::max(widest_of(stack), inputs_of(stack));
  grow(scratch.delta, samples * width);
  grow(scratch.delta_before, samples * width);
  Index const outputs = outputs_of(stack);
  R const* const slope = detail::slope_of<R>(stack, stack.depth() - 1, cache);
  auto const& spans = batch.spans;
  R* const delta = scratch.delta.data();
  bool const is_whole = spans.empty() && output_gradient.stride == outputs;  // one copy, not one per sample
  for (Index b = 0; b < (is_whole ? 1 : samples); ++b) {
    Index const sample = spans.empty() ? b : spans.order()[static_cast<std::size_t>(b)];
    std::copy_n(output_gradient.data + sample * output_gradient.stride, is_whole ? samples * outputs : outputs,
                delta + b * outputs);
  }
  for (Index n = 0; slope != nullptr && n < samples * outputs; ++n) {
    delta[n] *= slope[n];
  }
  if (!spans.empty()) {
    inputs = {cache.ordered_inputs.data(), inputs_of(stack)};
  }

  bool needs_inputs = true;
  for (Index l = stack.depth() - 1; l >= 0; --l) {
    DenseLayout const& shape = stack.dense(l);
    auto const x =
        l == 0 ? inputs : kernel::Samples<R const>{cache.values[static_cast<std::size_t>(l - 1)].data(), shape.inputs};
    detail::LayerPass<T, R, Stack> pass(shape, parameters, batch, x, scratch);
    if (!needs_inputs) {  // this layer and all below it are frozen, and no other gradient needs them
      pass.clear(gradient);
      continue;
    }
    needs_inputs = l > lowest || request.inputs || (request.contexts && l > 0);
    pass.backward(scratch.delta.data(), is_frozen(l), cache.traces[static_cast<std::size_t>(l)], gradient,
                  needs_inputs ? scratch.delta_before.data() : nullptr,
                  l == 0 ? nullptr : detail::slope_of<R>(stack, l - 1, cache), dphi, wanted);
    std::swap(scratch.delta, scratch.delta_before);
  }
  if (!spans.empty() && request.inputs) {
    spans.scatter(scratch.delta.data(), inputs_of(stack), scratch.delta_before.data());
    std::swap(scratch.delta, scratch.delta_before);
  }
  if (!spans.empty() && request.contexts) {
    grow(scratch.tiles, samples * parameters.rows);
    spans.scatter(dphi, parameters.rows, scratch.tiles.data());
    std::copy_n(scratch.tiles.data(), samples * parameters.rows, dphi);
  }
  return {request.inputs ? BatchView<R>(scratch.delta.data(), samples, inputs_of(stack)) : BatchView<R>(nullptr, 0, 0),
          request.contexts ? BatchView<R>(dphi, samples, parameters.rows) : BatchView<R>(nullptr, 0, 0)};
}

}  // namespace wmanifold
