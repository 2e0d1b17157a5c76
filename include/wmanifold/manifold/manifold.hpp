#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/layer/network.hpp>
#include <wmanifold/manifold/initialisation.hpp>
#include <wmanifold/topology/contexts.hpp>

namespace wmanifold {

/// What a backward pass is asked for beside the gradient of the parameters.
struct GradientRequest {
  bool inputs = false;
  bool contexts = false;
};

/// What it gives: views into the workspace, empty where not asked for.
template <Real R>
struct InputGradients {
  BatchView<R> inputs{nullptr, 0, 0};         ///< samples x inputs
  BatchView<double> contexts{nullptr, 0, 0};  ///< samples x coordinates, tangent vectors at each sample's context
};

/// A smooth manifold of weights over a space of contexts: K rows of N parameters, each row a network, and at a context
/// s the network with the parameters M(s) = sum_k phi_k(s) P_k (equation 1).
///
/// `Layers...` are Dense layers and activations, or one LayerList whose sizes are data. Passes are const; what they
/// need lives in a Workspace that the caller owns, so that one manifold serves any number of threads.
template <Real R, Basis B, class... Layers>
class BasicManifold {
 public:
  using Scalar = R;
  using Basis = B;
  using Topology = typename B::Topology;
  using Point = wmanifold::Point<Topology>;
  using Stack = wmanifold::Stack<Layers...>;
  using Network = BasicNetwork<R, Layers...>;

  /// Drawn from the seed as `how` says; for a stateless basis and sizes that are in the types.
  BasicManifold(Initialisation how, Seed seed) requires(Stack::is_static&& std::default_initializable<B>)
      : BasicManifold(how, seed, B{}, Stack{}) {}
  BasicManifold(Initialisation how, Seed seed, B basis, Layers... layers)
      : BasicManifold(how, seed, std::move(basis), Stack{std::move(layers)...}) {}
  BasicManifold(Initialisation how, Seed seed, B basis, Stack stack)
      : BasicManifold(zeros, std::move(basis), std::move(stack)) {
    initialise(how, seed, basis_, stack_, parameters_);
  }

  /// All parameters zero.
  explicit BasicManifold(Zeros) requires(Stack::is_static&& std::default_initializable<B>)
      : BasicManifold(zeros, B{}, Stack{}) {}
  BasicManifold(Zeros, B basis, Layers... layers)
      : BasicManifold(zeros, std::move(basis), Stack{std::move(layers)...}) {}
  BasicManifold(Zeros, B basis, Stack stack)
      : basis_(std::move(basis)),
        stack_(std::move(stack)),
        parameters_(B::size, parameters_of(stack_)),
        frozen_(static_cast<std::size_t>(stack_.depth())) {}

  [[nodiscard]] B const& basis() const noexcept { return basis_; }
  [[nodiscard]] Stack const& stack() const noexcept { return stack_; }
  [[nodiscard]] Index inputs() const noexcept { return inputs_of(stack_); }
  [[nodiscard]] Index outputs() const noexcept { return outputs_of(stack_); }
  /// K.
  [[nodiscard]] static constexpr Index rows() noexcept { return B::size; }

  /// The K x N block.
  [[nodiscard]] Parameters<R>& parameters() noexcept { return parameters_; }
  [[nodiscard]] Parameters<R> const& parameters() const noexcept { return parameters_; }

  /// Weights (outputs x inputs) and biases of dense layer l in row k; of this manifold, or within another K x N block
  /// (a gradient).
  [[nodiscard]] WeightMap<R> weight(Index k, Index l) { return weight(parameters_, k, l); }
  [[nodiscard]] ConstWeightMap<R> weight(Index k, Index l) const { return weight(parameters_, k, l); }
  [[nodiscard]] BiasMap<R> bias(Index k, Index l) { return bias(parameters_, k, l); }
  [[nodiscard]] ConstBiasMap<R> bias(Index k, Index l) const { return bias(parameters_, k, l); }
  [[nodiscard]] WeightMap<R> weight(Parameters<R>& block, Index k, Index l) const {
    return weight_of(checked(block, k, l), block.row(k).data());
  }
  [[nodiscard]] ConstWeightMap<R> weight(Parameters<R> const& block, Index k, Index l) const {
    return weight_of(checked(block, k, l), block.row(k).data());
  }
  [[nodiscard]] BiasMap<R> bias(Parameters<R>& block, Index k, Index l) const {
    return bias_of(checked(block, k, l), block.row(k).data());
  }
  [[nodiscard]] ConstBiasMap<R> bias(Parameters<R> const& block, Index k, Index l) const {
    return bias_of(checked(block, k, l), block.row(k).data());
  }

  /// Dense layer l keeps its parameters: its gradient is zero, and no flow moves it.
  void freeze(Index l) { frozen_[checked_layer(l)] = true; }
  void unfreeze(Index l) { frozen_[checked_layer(l)] = false; }
  [[nodiscard]] bool is_frozen(Index l) const { return frozen_[checked_layer(l)]; }

  /// The network at a point. One pass over the K x N parameters; allocation only for networks over
  /// network_bytes_in_place, or with run-time sizes.
  template <class T = HostTarget>
  [[nodiscard]] Network at(Point const& s) const noexcept(detail::in_place<R, Stack::static_parameters>) {
    Network network(stack_);
    mix<T>(s, network.parameters().data());
    return network;
  }

  /// The same into a network that is there already, of the same layers: no allocation. ArgumentError where a run-time
  /// network has other layers.
  template <class T = HostTarget>
  void at(Point const& s, Network& network) const noexcept(Stack::is_static) {
    if constexpr (!Stack::is_static) {
      if (!(network.stack() == stack_)) [[unlikely]] {
        fail("manifold: expected a network of the manifold's own layers (", parameters_.columns(), " parameters), got ",
             network.parameters().size(), " parameters in other layers");
      }
    }
    mix<T>(s, network.parameters().data());
  }

  /// A batch (samples x inputs) through the networks at its contexts; the outputs (samples x outputs) are a view into
  /// the workspace. Throws ArgumentError for a wrong size, an empty batch, or inputs that are not finite.
  template <class T = HostTarget>
  BatchView<R> forward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts, Workspace<R>& work) const {
    return run_forward<T>(inputs, contexts, true, work);
  }

  /// The same without what a backward pass would need.
  template <class T = HostTarget>
  BatchView<R> predict(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts, Workspace<R>& work) const {
    return run_forward<T>(inputs, contexts, false, work);
  }

  /// Predictions of any number of samples (samples x outputs), in batches.
  template <class T = HostTarget>
  [[nodiscard]] Matrix<R> predict(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts) const {
    check_batch(inputs, contexts);
    Matrix<R> outputs(inputs.rows(), this->outputs());
    Workspace<R> work;
    for_each_batch(inputs.rows(), [&](Index first, Index count) {
      outputs.middleRows(first, count) =
          predict<T>(inputs.middleRows(first, count), contexts.slice(first, count), work);
    });
    return outputs;
  }

  /// After forward with the same inputs and contexts: from `output_gradient` (samples x outputs), the gradient of the
  /// parameters into `gradient` (K x N, overwritten; equation 3), and what `request` asks for as views into the
  /// workspace. Throws ArgumentError where sizes are not those of the forward pass.
  template <class T = HostTarget>
  InputGradients<R> backward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts,
                             ConstMatrixRef<R> const& output_gradient, Workspace<R>& work, Parameters<R>& gradient,
                             GradientRequest request = {}) const {
    if (!work.can_go_back || work.parameters != parameters_.columns()) [[unlikely]] {
      fail("backward: expected a forward pass of the same batch through this workspace before it, got none");
    }
    require_count("backward", "samples, as in the forward pass before it", work.samples, Index{inputs.rows()});
    require_count("backward", "inputs", this->inputs(), Index{inputs.cols()});
    require_count("contexts", "samples", work.samples, contexts.samples());
    require_count("output gradient", "rows", work.samples, Index{output_gradient.rows()});
    require_count("output gradient", "columns", outputs(), Index{output_gradient.cols()});
    require_count("gradient", "rows", rows(), gradient.rows());
    require_count("gradient", "columns", parameters_.columns(), gradient.columns());
    grow(work.output_gradient, work.samples * outputs());
    Eigen::Map<Matrix<R>>(work.output_gradient.data(), work.samples, outputs()) = output_gradient;
    return run_backward<T>(inputs, contexts, work, gradient, request);
  }

  /// backward with the gradient of the outputs already in work.output_gradient, nothing checked: the flow's path.
  template <class T = HostTarget>
  InputGradients<R> run_backward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts,
                                 Workspace<R>& work, Parameters<R>& gradient, GradientRequest request = {}) const {
    propagate_backward<T, R>(stack_, rows_view(), false, inputs.data(), inputs.outerStride(), frozen_,
                             {request.inputs, request.contexts},
                             RowsView<R>{gradient.data(), rows(), gradient.stride()}, work);
    InputGradients<R> result;
    if (request.inputs) {
      new (&result.inputs) BatchView<R>(work.delta.data(), work.samples, this->inputs());
    }
    if (request.contexts) {
      pull_back_to_contexts(contexts, work);
      new (&result.contexts) BatchView<double>(work.context_gradient.data(), work.samples, Topology::coordinates);
    }
    return result;
  }

  /// Calls body(first, count) for pieces of [0, samples) that keep a workspace small.
  template <class Body>
  static void for_each_batch(Index samples, Body const& body) {
    constexpr Index batch = 256;
    for (Index first = 0; first < samples; first += batch) {
      body(first, std::min(batch, samples - first));
    }
  }

  /// Throws ArgumentError where inputs and contexts do not make a batch of this manifold.
  void check_batch(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts) const {
    require_batch<R>("inputs", inputs, this->inputs());
    require_count("contexts", "samples, as many as the inputs have rows", Index{inputs.rows()}, contexts.samples());
  }

  friend bool operator==(BasicManifold const& a, BasicManifold const& b) {
    return a.stack_ == b.stack_ && a.parameters_ == b.parameters_ && a.frozen_ == b.frozen_;
  }

 private:
  static constexpr auto K = static_cast<std::size_t>(B::size);

  std::size_t checked_layer(Index l) const {
    if (l < 0 || l >= stack_.depth()) [[unlikely]] {
      fail("manifold: expected a dense layer in [0, ", stack_.depth() - 1, "], got ", l);
    }
    return static_cast<std::size_t>(l);
  }
  DenseShape const& checked(Parameters<R> const& block, Index k, Index l) const {
    require_count("block", "columns", parameters_.columns(), block.columns());
    if (k < 0 || k >= block.rows()) [[unlikely]] {
      fail("manifold: expected a row in [0, ", block.rows() - 1, "], got ", k);
    }
    return stack_.dense(static_cast<Index>(checked_layer(l)));
  }

  [[nodiscard]] RowsView<R const> rows_view() const noexcept {
    return {parameters_.data(), rows(), parameters_.stride()};
  }

  void coefficients_at(Point const& s, R* out) const noexcept {
    auto const phi = values_at(basis_, s);
    std::transform(phi.begin(), phi.end(), out, [](double x) { return static_cast<R>(x); });
  }

  template <class T>
  void mix(Point const& s, R* network) const noexcept {
    std::array<R, K> phi;
    coefficients_at(s, phi.data());
    kernel::mix_rows<T, R>(phi.data(), rows(), parameters_.stride(), parameters_.columns(), parameters_.data(),
                           network);
  }

  /// Calls body(group, first sample, end) for each group, or each sample when there are none.
  template <class Body>
  static void for_each_context(Contexts<Topology> const& contexts, Body const& body) {
    auto const ends = contexts.ends();
    Index begin = 0;
    for (std::size_t g = 0; g < contexts.points().size(); ++g) {
      Index const end = ends.empty() ? begin + 1 : ends[g];
      body(contexts.points()[g], begin, end);
      begin = end;
    }
  }

  template <class T>
  BatchView<R> run_forward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts, bool keep_derivatives,
                           Workspace<R>& work) const {
    check_batch(inputs, contexts);
    work.samples = inputs.rows();
    work.parameters = parameters_.columns();
    work.can_go_back = keep_derivatives;
    work.ends.assign(contexts.ends().begin(), contexts.ends().end());
    grow(work.coefficients, work.samples * rows());
    for_each_context(contexts, [&](Point const& s, Index begin, Index end) {
      R* const first = work.coefficients.data() + begin * rows();
      coefficients_at(s, first);
      for (Index b = begin + 1; b < end; ++b) {
        std::copy_n(first, rows(), work.coefficients.data() + b * rows());
      }
    });
    propagate_forward<T, R>(stack_, rows_view(), false, inputs.data(), inputs.outerStride(), keep_derivatives, work);
    return {work.values[static_cast<std::size_t>(stack_.depth() - 1)].data(), work.samples, outputs()};
  }

  /// dL/ds_b = sum_k dL/dphi_bk grad phi_k(s_b).
  void pull_back_to_contexts(Contexts<Topology> const& contexts, Workspace<R>& work) const {
    constexpr auto width = static_cast<std::size_t>(Topology::coordinates);
    grow(work.context_gradient, work.samples * Topology::coordinates);
    for_each_context(contexts, [&](Point const& s, Index begin, Index end) {
      std::array<double, K * width> slopes{};
      basis_.derivatives(s, slopes);
      for (Index b = begin; b < end; ++b) {
        for (std::size_t c = 0; c < width; ++c) {
          double sum = 0;
          for (std::size_t k = 0; k < K; ++k) {
            sum += slopes[k * width + c] *
                   static_cast<double>(work.coefficient_gradient[static_cast<std::size_t>(b) * K + k]);
          }
          work.context_gradient[static_cast<std::size_t>(b) * width + c] = sum;
        }
      }
    });
  }

  [[no_unique_address]] B basis_;
  Stack stack_;
  Parameters<R> parameters_;
  std::vector<bool> frozen_;
};

/// A manifold of weights in float.
template <Basis B, class... Layers>
using Manifold = BasicManifold<float, B, Layers...>;

}  // namespace wmanifold
