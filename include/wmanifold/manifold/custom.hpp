#pragma once

#include <wmanifold/autodiff/tape.hpp>
#include <wmanifold/manifold/batch.hpp>
#include <wmanifold/network/network.hpp>
#include <wmanifold/topology/product.hpp>

#include <utility>

namespace wmanifold {

/// How the metric E_s J^T J of a custom manifold is taken and solved (equation 14). It is often singular.
enum class MetricSolver {
  automatic,           ///< dense up to 256 parameters, else conjugate gradients
  dense,               ///< an n x n matrix and its eigenvectors; directions that move next to nothing are left out
  conjugate_gradients  ///< without a matrix, from zero: the shortest solution
};
struct CustomMetric {
  int degree = 16;  ///< of the quadrature over contexts
  MetricSolver solver = MetricSolver::automatic;
  double damping = 0;        ///< what a step costs beside its movement, times its own square length
  double tolerance = 1e-10;  ///< relative: of eigenvalues left out, or of the residual
  Index most_iterations = 1000;
};

/// The weights of a network, to be filled by a custom manifold: of numbers, or of variables.
template <class V, class Stack>
class CustomWeights {
 public:
  CustomWeights(Stack const& stack, std::span<V> numbers) noexcept : stack_(&stack), numbers_(numbers) {}

  /// Weight of dense layer l, from input `in` to output `out`; and bias. Not checked.
  V& weight(Index l, Index out, Index in) const noexcept {
    DenseLayout const& shape = stack_->dense(l);
    return numbers_[static_cast<std::size_t>(shape.offset + in * shape.outputs + out)];
  }
  V& bias(Index l, Index out) const noexcept {
    DenseLayout const& shape = stack_->dense(l);
    return numbers_[static_cast<std::size_t>(shape.offset + shape.weights() + out)];
  }
  /// All, layer by layer; the weights of one input next to each other, then the biases.
  [[nodiscard]] std::span<V> numbers() const noexcept { return numbers_; }

 private:
  Stack const* stack_;
  std::span<V> numbers_;
};

/// A manifold of weights M(s, P) that a user writes, linear in its parameters or not:
///
///     [](auto const& s, auto const& p, auto const& to) { to.weight(0, 0, 0) = p[0] + exp(p[1]) * s[0]; ... }
///
/// with s[i] the coordinates of the context, p[i] the parameters, and `to` as CustomWeights, zero before. It is called
/// with numbers, and with variables of a tape, which differentiate it; in double. For training and study: each context
/// of a batch costs a call, and a backward pass a walk over the tape.
template <Real R, Topology Space, class F, class... Layers>
class CustomManifold {
 public:
  using Scalar = R;
  using Topology = Space;
  using Point = wmanifold::Point<Space>;
  using Stack = wmanifold::Stack<AtPoint<Layers>...>;
  using Network = BasicNetwork<R, AtPoint<Layers>...>;
  using Var = Variable<double>;

  /// Starts at `start`, at least one number and all finite, else ArgumentError; likewise for a metric without meaning.
  CustomManifold(F f, std::span<R const> start, Stack stack, CustomMetric metric = {})
      : f_(std::move(f)), stack_(std::move(stack)), metric_(metric), parameters_(1, static_cast<Index>(start.size())) {
    if (start.empty() || !all_finite(start.data(), static_cast<Index>(start.size()))) [[unlikely]] {
      fail("custom manifold: expected at least one parameter and finite ones, got ", start.size());
    }
    if (!(metric.degree >= 0 && is_finite(metric.damping) && metric.damping >= 0 && is_finite(metric.tolerance) &&
          metric.tolerance > 0 && metric.tolerance < 1 && metric.most_iterations > 0)) [[unlikely]] {
      fail(
          "custom manifold: expected a metric of degree and damping at least 0, tolerance in (0, 1) and some "
          "iterations, got ",
          metric.degree, ", ", metric.damping, ", ", metric.tolerance, " and ", metric.most_iterations);
    }
    std::copy(start.begin(), start.end(), parameters_.row(0).begin());
  }

  [[nodiscard]] Stack const& stack() const noexcept { return stack_; }
  [[nodiscard]] CustomMetric const& metric() const noexcept { return metric_; }
  [[nodiscard]] Index inputs() const noexcept { return inputs_of(stack_); }
  [[nodiscard]] Index outputs() const noexcept { return outputs_of(stack_); }
  /// One row of as many numbers as the start had.
  [[nodiscard]] Parameters<R>& parameters() noexcept { return parameters_; }
  [[nodiscard]] Parameters<R> const& parameters() const noexcept { return parameters_; }
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

  /// As BasicManifold's.
  template <class T = HostTarget>
  BatchView<R> forward(ConstMatrixRef<R> const& inputs, Contexts<Space> const& contexts, Workspace<R>& work) const {
    return run_forward<T>(inputs, contexts, true, work);
  }
  template <class T = HostTarget>
  BatchView<R> predict(ConstMatrixRef<R> const& inputs, Contexts<Space> const& contexts, Workspace<R>& work) const {
    return run_forward<T>(inputs, contexts, false, work);
  }
  template <class T = HostTarget>
  [[nodiscard]] Matrix<R> predict(ConstMatrixRef<R> const& inputs, Contexts<Space> const& contexts) const {
    return predict_in_batches<T>(*this, inputs, contexts);
  }
  template <class T = HostTarget>
  InputGradients<R> backward(ConstMatrixRef<R> const& inputs, Contexts<Space> const& contexts,
                             ConstMatrixRef<R> const& output_gradient, Workspace<R>& work, Parameters<R>& gradient,
                             GradientRequest request = {}) const {
    require_backward(*this, inputs, contexts.samples(), output_gradient, work, gradient);
    return run_backward<T>(inputs, contexts, output_gradient, work, gradient, request);
  }

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

  /// M(s, P) with the parameters, and the context where asked for, as variables of `tape`.
  struct Recording {
    LocalArray<Var, static_cast<std::size_t>(Space::coordinates)> context;
    std::vector<Var> parameters;
    std::vector<Var> weights;
  };
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
  /// Is there a derivative in some coordinate of the context?
  static constexpr bool has_directions = SmoothTopology<Space> || Space::dimension > 0;

  [[nodiscard]] std::vector<double> in_double() const { return {parameters_.row(0).begin(), parameters_.row(0).end()}; }

  /// A row for each group.
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

  /// From the gradient of each network: that of the parameters and, on request, of the contexts; a shared context's is
  /// dealt out to its samples in equal parts.
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

/// The manifold f over a topology, of `layers` (Dense and activations, or one LayerList), from `start`:
/// `custom_manifold<double, Interval>(f, start, {}, Dense<1, 8>{}, Tanh{}, Dense<8, 1>{})`.
template <Real R, Topology Space, class F, class... Layers>
[[nodiscard]] CustomManifold<R, Space, F, Layers...> custom_manifold(F f, std::vector<R> const& start,
                                                                     CustomMetric metric, Layers... layers) {
  return {std::move(f), start, wmanifold::Stack<Layers...>(std::move(layers)...).at_point(), metric};
}

}  // namespace wmanifold
