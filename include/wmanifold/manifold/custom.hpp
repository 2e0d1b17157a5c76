#pragma once

#include <wmanifold/autodiff/tape.hpp>
#include <wmanifold/manifold/batch.hpp>
#include <wmanifold/network/network.hpp>
#include <wmanifold/topology/product.hpp>

#include <utility>

namespace wmanifold {

/// The solver of the metric E_s J^T J of a custom manifold (equation 14). The metric is often singular.
enum class MetricSolver {
  automatic,           ///< dense up to 256 parameters, else conjugate gradients
  dense,               ///< an n x n matrix and its eigenvectors; leaves out directions that move almost nothing
  conjugate_gradients  ///< no matrix, starts from zero: the shortest solution
};
/// The metric of a custom manifold: its quadrature and its solver.
struct CustomMetric {
  int degree = 16;                                ///< of the quadrature over contexts
  MetricSolver solver = MetricSolver::automatic;  ///< method
  double damping = 0;                             ///< price of a step's squared length, added to that of its movement
  double tolerance = 1e-10;                       ///< relative: of eigenvalues left out, or of the residual
  Index most_iterations = 1000;                   ///< of conjugate gradients
};

/// The weights of a network, to be filled by a custom manifold: numbers or variables.
template <class V, class Stack>
class CustomWeights {
 public:
  /// A view of `numbers` with the layout of `stack`, which must outlive it.
  CustomWeights(Stack const& stack, std::span<V> numbers) noexcept : stack_(&stack), numbers_(numbers) {}

  /// Weight of dense layer l, from input `in` to output `out`. Not checked.
  V& weight(Index l, Index out, Index in) const noexcept {
    DenseLayout const& shape = stack_->dense(l);
    return numbers_[static_cast<std::size_t>(shape.offset + in * shape.outputs + out)];
  }
  /// Bias of output `out` of dense layer l. Not checked.
  V& bias(Index l, Index out) const noexcept {
    DenseLayout const& shape = stack_->dense(l);
    return numbers_[static_cast<std::size_t>(shape.offset + shape.weights() + out)];
  }
  /// All weights and biases, layer by layer: the weights of one input adjacent, then the biases.
  [[nodiscard]] std::span<V> numbers() const noexcept { return numbers_; }

 private:
  Stack const* stack_;
  std::span<V> numbers_;
};

/// A manifold of weights M(s, P) that a user writes, linear in its parameters or not:
///
///     [](auto const& s, auto const& p, auto const& to) { to.weight(0, 0, 0) = p[0] + exp(p[1]) * s[0]; ... }
///
/// with s[i] the coordinates of the context, p[i] the parameters, and `to` a CustomWeights that starts at zero. The
/// function is called with numbers, and with variables of a tape, which differentiate it; both in double. It is meant
/// for training and study: each context of a batch costs a call, and a backward pass a walk over the tape.
template <Real R, Topology Space, class F, class... Layers>
class CustomManifold {
 public:
  using Scalar = R;                                     ///< type of the numbers
  using Topology = Space;                               ///< space of contexts
  using Point = wmanifold::Point<Space>;                ///< type of a context
  using Stack = wmanifold::Stack<AtPoint<Layers>...>;   ///< type of the layers
  using Network = BasicNetwork<R, AtPoint<Layers>...>;  ///< type of the network at a point
  using Var = Variable<double>;                         ///< number that the tape records

  /// A manifold that starts at `start`. Throws ArgumentError for an empty start, a NaN or an infinity in it, or an
  /// invalid metric.
  CustomManifold(F f, std::span<R const> start, Stack stack, CustomMetric metric = {})
      : f_(std::move(f)), stack_(std::move(stack)), metric_(metric), parameters_(1, static_cast<Index>(start.size())) {
    if (start.empty() || !all_finite(start.data(), static_cast<Index>(start.size()))) [[unlikely]] {
      fail("custom manifold: expected at least one parameter, all of them finite, got ", start.size(),
           start.empty() ? "" : " with a NaN or an infinity");
    }
    if (!(metric.degree >= 0 && is_finite(metric.damping) && metric.damping >= 0 && is_finite(metric.tolerance) &&
          metric.tolerance > 0 && metric.tolerance < 1 && metric.most_iterations > 0)) [[unlikely]] {
      fail(
          "custom manifold: expected a degree and a damping of at least 0, a tolerance in (0, 1) and at least 1 "
          "iteration, got ",
          metric.degree, ", ", metric.damping, ", ", metric.tolerance, " and ", metric.most_iterations);
    }
    std::copy(start.begin(), start.end(), parameters_.row(0).begin());
  }

  /// Layers.
  [[nodiscard]] Stack const& stack() const noexcept { return stack_; }
  /// Metric options.
  [[nodiscard]] CustomMetric const& metric() const noexcept { return metric_; }
  /// Number of inputs.
  [[nodiscard]] Index inputs() const noexcept { return inputs_of(stack_); }
  /// Number of outputs.
  [[nodiscard]] Index outputs() const noexcept { return outputs_of(stack_); }
  /// One row with as many numbers as the start.
  [[nodiscard]] Parameters<R>& parameters() noexcept { return parameters_; }
  /// The same, read-only.
  [[nodiscard]] Parameters<R> const& parameters() const noexcept { return parameters_; }
  /// Does nothing: custom manifolds have no frozen layers.
  void zero_frozen(Parameters<R>&) const noexcept {}

  /// The network at a point.
  [[nodiscard]] Network at(Point const& s) const {
    require_parameters(parameters_);
    Network network(stack_);
    std::vector<double> const p = in_double();
    std::vector<double> weights(network.parameters().size());
    f_(s.coordinates(), std::span<double const>(p), CustomWeights<double, Stack>(stack_, weights));
    std::transform(weights.begin(), weights.end(), network.parameters().begin(),
                   [](double w) { return static_cast<R>(w); });
    return network;
  }

  /// Runs a batch forward, as BasicManifold::forward does.
  template <class T = HostTarget>
  BatchView<R> forward(ConstMatrixRef<R> const& inputs, Contexts<Space> const& contexts, Workspace<R>& work) const {
    return run_forward<T>(inputs, contexts, true, work);
  }
  /// Runs a batch without keeping the values for a backward pass.
  template <class T = HostTarget>
  BatchView<R> predict(ConstMatrixRef<R> const& inputs, Contexts<Space> const& contexts, Workspace<R>& work) const {
    return run_forward<T>(inputs, contexts, false, work);
  }
  /// Predictions of any number of samples (samples x outputs), in batches.
  template <class T = HostTarget>
  [[nodiscard]] Matrix<R> predict(ConstMatrixRef<R> const& inputs, Contexts<Space> const& contexts) const {
    return predict_in_batches<T>(*this, inputs, contexts);
  }
  /// Runs the backward pass, as BasicManifold::backward does.
  template <class T = HostTarget>
  InputGradients<R> backward(ConstMatrixRef<R> const& inputs, Contexts<Space> const& contexts,
                             ConstMatrixRef<R> const& output_gradient, Workspace<R>& work, Parameters<R>& gradient,
                             GradientRequest request = {}) const {
    require_backward(*this, inputs, contexts.samples(), output_gradient, work, gradient);
    return run_backward<T>(inputs, contexts, output_gradient, work, gradient, request);
  }

  /// Runs the backward pass without checks.
  template <class T = HostTarget>
  InputGradients<R> run_backward(ConstMatrixRef<R> const& inputs, Contexts<Space> const& contexts,
                                 ConstMatrixRef<R> const& output_gradient, Workspace<R>& work, Parameters<R>& gradient,
                                 GradientRequest request = {}) const {
    if constexpr (!has_directions) {
      require_no_context_gradients<Space>(request);
    }
    Index const size = parameters_of(stack_);
    grow(work.contexts.network_gradients, contexts.groups() * size);
    std::vector<bool> const nothing_frozen(static_cast<std::size_t>(stack_.depth()));
    auto const views = backward_pass<T, R>(
        stack_, networks(work), work.coefficients, {inputs.data(), inputs.outerStride()},
        {output_gradient.data(), output_gradient.outerStride()}, nothing_frozen, {.inputs = request.inputs}, work.cache,
        work.scratch, ParametersView<R>{work.contexts.network_gradients.data(), contexts.groups(), size, nullptr});
    pull_back(contexts, request.contexts, work.contexts, gradient);
    return {views.inputs, request.contexts
                              ? BatchView<double>(work.contexts.gradient.data(), contexts.samples(), Space::coordinates)
                              : BatchView<double>(nullptr, 0, 0)};
  }

  /// M(s, P) recorded on a tape: the parameters, and on request the context, are variables.
  struct Recording {
    LocalArray<Var, static_cast<std::size_t>(Space::coordinates)> context;  ///< coordinates
    std::vector<Var> parameters;                                            ///< P
    std::vector<Var> weights;                                               ///< M(s, P)
  };
  /// Records M(s, P) at the model's parameters.
  void record(Point const& s, bool with_context, Tape<double>& tape, Recording& to) const {
    for (std::size_t c = 0; c < to.context.size(); ++c) {
      to.context[c] = with_context ? tape.variable(s[c]) : Var(s[c]);
    }
    to.parameters.clear();
    for (R const p : parameters_.row(0)) {
      to.parameters.push_back(tape.variable(static_cast<double>(p)));
    }
    to.weights.assign(static_cast<std::size_t>(parameters_of(stack_)), Var(0.0));
    f_(std::as_const(to.context), std::span<Var const>(to.parameters), CustomWeights<Var, Stack>(stack_, to.weights));
  }

 private:
  /// Whether a coordinate of the context has a derivative.
  static constexpr bool has_directions = SmoothTopology<Space> || Space::dimension > 0;

  [[nodiscard]] std::vector<double> in_double() const { return {parameters_.row(0).begin(), parameters_.row(0).end()}; }

  /// One row per group.
  [[nodiscard]] ParametersView<R const> networks(Workspace<R> const& work) const noexcept {
    return {work.contexts.networks.data(), work.coefficients.rows, parameters_of(stack_), nullptr};
  }

  template <class T>
  BatchView<R> run_forward(ConstMatrixRef<R> const& inputs, Contexts<Space> const& contexts, bool keep_slopes,
                           Workspace<R>& work) const {
    require_batch_of(*this, inputs, contexts);
    work.coefficients.set_row_of_groups(contexts.samples(), contexts.ends());
    work.cache.parameters = static_cast<Index>(parameters_.numbers().size());
    auto const size = static_cast<std::size_t>(parameters_of(stack_));
    auto& networks_of_groups = work.contexts.networks;
    grow(networks_of_groups, contexts.groups() * parameters_of(stack_));
    std::vector<double> const p = in_double();
    std::vector<double> weights(size);
    for (std::size_t g = 0; g < contexts.points().size(); ++g) {
      std::fill(weights.begin(), weights.end(), 0.0);
      f_(contexts.points()[g].coordinates(), std::span<double const>(p), CustomWeights<double, Stack>(stack_, weights));
      std::transform(weights.begin(), weights.end(), networks_of_groups.begin() + static_cast<std::ptrdiff_t>(g * size),
                     [](double w) { return static_cast<R>(w); });
    }
    return forward_pass<T, R>(stack_, networks(work), work.coefficients, {inputs.data(), inputs.outerStride()},
                              keep_slopes, work.cache, work.scratch);
  }

  /// Turns the gradient of each network into that of the parameters and, on request, of the contexts. The gradient of a
  /// shared context is divided equally among its samples.
  void pull_back(Contexts<Space> const& contexts, bool to_contexts, ContextScratch<R>& scratch,
                 Parameters<R>& gradient) const {
    auto const size = static_cast<std::size_t>(parameters_of(stack_));
    std::vector<double> sums(static_cast<std::size_t>(parameters_.columns()));
    std::vector<double> seeds(size);
    Tape<double> tape;
    Recording recording;
    if (to_contexts) {
      grow(scratch.gradient, contexts.samples() * Space::coordinates);
    }
    std::size_t g = 0;
    contexts.for_each([&](Point const& s, Index begin, Index end) {
      auto const* const from = scratch.network_gradients.data() + g++ * size;
      std::copy(from, from + size, seeds.begin());
      tape.clear();
      record(s, to_contexts, tape, recording);
      tape.backward(recording.weights, seeds);
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += tape.gradient(recording.parameters[i]);
      }
      if (to_contexts) {
        Coordinates<Space> slope{};
        for (std::size_t c = 0; c < slope.size(); ++c) {
          slope[c] = tape.gradient(recording.context[c]) / static_cast<double>(end - begin);
        }
        slope = detail::tangent_part(s, slope);
        for (Index b = begin; b < end; ++b) {
          std::copy(slope.begin(), slope.end(), scratch.gradient.begin() + b * Space::coordinates);
        }
      }
    });
    gradient.set_zero();
    std::transform(sums.begin(), sums.end(), gradient.row(0).begin(), [](double x) { return static_cast<R>(x); });
  }

  F f_;
  Stack stack_;
  CustomMetric metric_;
  Parameters<R> parameters_;
};

/// A custom manifold f over a topology, starting at `start`. `layers` are Dense layers and activations, or one
/// LayerList: `custom_manifold<double, Interval>(f, start, {}, Dense<1, 8>{}, Tanh{}, Dense<8, 1>{})`.
template <Real R, Topology Space, class F, class... Layers>
[[nodiscard]] CustomManifold<R, Space, F, Layers...> custom_manifold(F f, std::vector<R> const& start,
                                                                     CustomMetric metric, Layers... layers) {
  return {std::move(f), start, wmanifold::Stack<Layers...>(std::move(layers)...).at_point(), metric};
}

}  // namespace wmanifold
