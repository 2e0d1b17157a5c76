#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/manifold/batch.hpp>
#include <wmanifold/manifold/initialisation.hpp>
#include <wmanifold/network/explain.hpp>
#include <wmanifold/network/mixed_network.hpp>
#include <wmanifold/network/network.hpp>

namespace wmanifold {

/// A smooth manifold of weights over a space of contexts: K rows of N parameters, each row a network, and at a context
/// s the network with the parameters M(s) = sum_k phi_k(s) P_k (equation 1).
///
/// `Layers...` are Dense layers and activations, or one LayerList whose sizes are data. Passes are const; what they
/// need lives in a Workspace that the caller owns, so that one manifold serves any number of threads. A manifold that
/// was moved from can be assigned to and destroyed; what it is otherwise asked for throws ArgumentError, but for `at`.
template <class R, class B, class... Layers>
class BasicManifold {
 public:
  using Scalar = R;
  using Basis = B;
  using Topology = typename B::Topology;
  using Point = wmanifold::Point<Topology>;
  using Stack = wmanifold::Stack<Layers...>;
  using Network = BasicNetwork<R, AtPoint<Layers>...>;

  /// Drawn from the seed as `how` says. The basis may be left out where it is default-constructible, the layers where
  /// their sizes are in their types.
  BasicManifold(Initialisation how, Seed seed) requires(Stack::is_static&& std::default_initializable<B>)
      : BasicManifold(how, seed, B{}, Stack{}) {}
  BasicManifold(Initialisation how, Seed seed, B basis) requires(Stack::is_static)
      : BasicManifold(how, seed, std::move(basis), Stack{}) {}
  BasicManifold(Initialisation how, Seed seed, B basis, Layers... layers)
      : BasicManifold(how, seed, std::move(basis), Stack{std::move(layers)...}) {}
  BasicManifold(Initialisation how, Seed seed, B basis, Stack stack)
      : BasicManifold(zeros, std::move(basis), std::move(stack)) {
    initialise(how, seed, basis_, this->stack(), parameters());
  }

  /// All parameters zero.
  explicit BasicManifold(Zeros) requires(Stack::is_static&& std::default_initializable<B>)
      : BasicManifold(zeros, B{}, Stack{}) {}
  BasicManifold(Zeros, B basis, Layers... layers)
      : BasicManifold(zeros, std::move(basis), Stack{std::move(layers)...}) {}
  BasicManifold(Zeros, B basis, Stack stack) : basis_(std::move(basis)), network_(B::size, std::move(stack)) {}

  /// Arguments that make no manifold: a sentence says why.
  explicit BasicManifold(Initialisation) : BasicManifold(never()) {
    static_assert(detail::never<R>,
                  "wmanifold: expected a seed behind the initialisation: Model model{he_normal, Seed{1}}");
  }
  template <std::integral Number, class... More>
  BasicManifold(Initialisation, Number, More&&...) : BasicManifold(never()) {
    static_assert(detail::never<Number>,
                  "wmanifold: expected a Seed behind the initialisation, got a plain number: Model model{he_normal, "
                  "Seed{1}}");
  }

  [[nodiscard]] B const& basis() const noexcept { return basis_; }
  [[nodiscard]] Stack const& stack() const noexcept { return network_.stack(); }
  [[nodiscard]] Index inputs() const noexcept { return network_.inputs(); }
  [[nodiscard]] Index outputs() const noexcept { return network_.outputs(); }
  /// K.
  [[nodiscard]] static constexpr Index basis_size() noexcept { return B::size; }

  /// The K x N block, and what all contexts share.
  [[nodiscard]] Parameters<R>& parameters() noexcept { return network_.parameters(); }
  [[nodiscard]] Parameters<R> const& parameters() const noexcept { return network_.parameters(); }

  /// Weights (outputs x inputs) and biases of dense layer l in row k; of this manifold, or within another block of its
  /// sizes (a gradient). ArgumentError where the layer is not on the manifold, or there is no such row or layer.
  [[nodiscard]] WeightMap<R> weight(Index k, Index l) { return weight(parameters(), k, l); }
  [[nodiscard]] ConstWeightMap<R> weight(Index k, Index l) const { return weight(parameters(), k, l); }
  [[nodiscard]] BiasMap<R> bias(Index k, Index l) { return bias(parameters(), k, l); }
  [[nodiscard]] ConstBiasMap<R> bias(Index k, Index l) const { return bias(parameters(), k, l); }
  [[nodiscard]] WeightMap<R> weight(Parameters<R>& block, Index k, Index l) const {
    return network_.weight(block, k, l);
  }
  [[nodiscard]] ConstWeightMap<R> weight(Parameters<R> const& block, Index k, Index l) const {
    return network_.weight(block, k, l);
  }
  [[nodiscard]] BiasMap<R> bias(Parameters<R>& block, Index k, Index l) const { return network_.bias(block, k, l); }
  [[nodiscard]] ConstBiasMap<R> bias(Parameters<R> const& block, Index k, Index l) const {
    return network_.bias(block, k, l);
  }

  /// Weights and biases of a layer that all contexts share; for a low-rank layer, of its W_0.
  [[nodiscard]] WeightMap<R> shared_weight(Index l) { return network_.shared_weight(parameters(), l); }
  [[nodiscard]] ConstWeightMap<R> shared_weight(Index l) const { return network_.shared_weight(parameters(), l); }
  [[nodiscard]] BiasMap<R> shared_bias(Index l) { return network_.shared_bias(parameters(), l); }
  [[nodiscard]] ConstBiasMap<R> shared_bias(Index l) const { return network_.shared_bias(parameters(), l); }

  /// Dense layer l keeps its parameters: its gradient is zero, and no flow moves it.
  void freeze(Index l) { network_.freeze(l); }
  void unfreeze(Index l) { network_.unfreeze(l); }
  [[nodiscard]] bool is_frozen(Index l) const { return network_.is_frozen(l); }
  /// Zeros where frozen layers are.
  void zero_frozen(Parameters<R>& block) const noexcept { network_.zero_frozen(block); }

  /// The network at a point. One pass over the parameters; allocation only for networks over network_bytes_in_place, or
  /// with run-time sizes. Of a manifold that was moved from: where sizes are in the types, a network of NaN, as nothing
  /// is thrown; otherwise ArgumentError.
  template <class T = HostTarget>
  [[nodiscard]] Network at(Point const& s) const noexcept(detail::in_place<R, Stack::static_parameters>) {
    Network network(network_.point_stack());
    form<T>(s, network);
    return network;
  }

  /// The same into a network that is there already, of the layers that `at` gives: no allocation. ArgumentError where a
  /// run-time network has others.
  template <class T = HostTarget>
  void at(Point const& s, Network& network) const noexcept(Stack::is_static) {
    if constexpr (!Stack::is_static) {
      require_parameters(parameters());
      network_.require_layers_of(network);
    }
    form<T>(s, network);
  }

  /// What is no point: a sentence says why.
  template <class T = HostTarget, class A, class... N>
  requires(!std::convertible_to<A, Point>) [[nodiscard]] Network at(A&&, N&...) const {
    detail::explain_point<Topology, A>();
    return Network(network_.point_stack());
  }

  /// One sample at a context, y = f(x; M(s)), where no network is formed: y = sum_k phi_k(s) (W_k x + b_k) layer by
  /// layer reads the rows that meet at s once and writes nothing. For a context that is another with every sample;
  /// where it rests, `at` and the network are less work. `x` has inputs(), `y` outputs() numbers (ArgumentError
  /// otherwise; nothing is thrown when the sizes fit), `scratch` at least scratch_size(). Real time: no allocation, no
  /// lock, as long as T has no threads or layers are not worth them.
  template <class T = HostTarget>
  void operator()(Point const& s, std::span<R const> x, std::span<R> y, std::span<R> scratch) const {
    require_parameters(parameters());
    detail::require_sample<R>(inputs(), outputs(), x, y);
    detail::require_scratch<R>(scratch_size(), scratch);
    network_.template operator()<T>(CoefficientsAt(*this, s).chosen(), x.data(), y.data(), scratch.data());
  }

  /// The same with the scratch on the stack, where all sizes are known at compile time.
  template <class T = HostTarget>
  void operator()(Point const& s, std::span<R const> x, std::span<R> y) const requires(Stack::is_static) {
    require_parameters(parameters());
    detail::require_sample<R>(inputs(), outputs(), x, y);
    alignas(alignment) std::array<R, static_cast<std::size_t>(sample_scratch_of(Stack{}))> scratch;
    network_.template operator()<T>(CoefficientsAt(*this, s).chosen(), x.data(), y.data(), scratch.data());
  }

  /// How many numbers of scratch a sample at a context needs.
  [[nodiscard]] Index scratch_size() const noexcept { return network_.scratch_size(); }

  /// How a batch with these contexts is worked on: what passes write into Workspace::plan().
  [[nodiscard]] Plan plan(Contexts<Topology> const& contexts, Mixing wish = Mixing::automatic) const noexcept {
    return plan_batch(contexts.ends(), contexts.samples(), basis_size(), wish);
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
    return predict_in_batches<T>(*this, inputs, contexts);
  }

  /// Arguments that make no batch: a sentence says why.
  template <class T = HostTarget, class... A>
  requires(!detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<Topology>>, A...> &&
           !detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<Topology>, Workspace<R>&>, A...>)
      [[nodiscard]] Matrix<R> predict(A&&...) const {
    detail::explain_predict<R, Topology, A...>();
    return {};
  }

  /// After forward with the same inputs and contexts: from `output_gradient` (samples x outputs), the gradient of the
  /// parameters into `gradient` (K x N, overwritten; equation 3), and what `request` asks for as views into the
  /// workspace. Throws ArgumentError where sizes are not those of the forward pass.
  template <class T = HostTarget>
  InputGradients<R> backward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts,
                             ConstMatrixRef<R> const& output_gradient, Workspace<R>& work, Parameters<R>& gradient,
                             GradientRequest request = {}) const {
    require_backward(*this, inputs, contexts.samples(), output_gradient, work, gradient);
    return run_backward<T>(inputs, contexts, output_gradient, work, gradient, request);
  }

  /// backward with nothing checked: the flow's path.
  template <class T = HostTarget>
  InputGradients<R> run_backward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts,
                                 ConstMatrixRef<R> const& output_gradient, Workspace<R>& work, Parameters<R>& gradient,
                                 GradientRequest request = {}) const {
    if constexpr (!DifferentiableBasis<B>) {
      require_no_context_gradients<Topology>(request);
    }
    auto const views = network_.template backward<T>(inputs, work.coefficients, output_gradient, request, work.cache,
                                                     work.scratch, gradient);
    if constexpr (DifferentiableBasis<B>) {
      if (request.contexts) {
        return {views.inputs, pull_back_to_contexts(contexts, views.coefficients, work.contexts.gradient)};
      }
    }
    return {views.inputs};
  }

  friend bool operator==(BasicManifold const& a, BasicManifold const& b) {
    return a.network_ == b.network_ && state_of(a.basis_) == state_of(b.basis_);
  }

 private:
  static constexpr auto K = static_cast<std::size_t>(B::size);

  /// Never called, never defined: of constructors that do not compile.
  static BasicManifold never();

  void coefficients_at(Point const& s, R* out) const noexcept {
    auto const phi = values_at(basis_, s);
    std::transform(phi.begin(), phi.end(), out, [](double x) { return static_cast<R>(x); });
  }

  /// The rows that meet at a point, and their coefficients: all of them, or where the basis has local support, those
  /// whose coefficients are not zero.
  class CoefficientsAt {
   public:
    CoefficientsAt(BasicManifold const& of, Point const& s) noexcept : stride_(of.parameters().stride()) {
      of.coefficients_at(s, coefficients_.data());
      for (std::size_t k = 0; k < K; ++k) {
        if (support_of<B>() == B::size || coefficients_[k] != 0) {
          auto const at = static_cast<std::size_t>(count_++);
          coefficients_[at] = coefficients_[k];
          rows_[at] = static_cast<Index>(k);
        }
      }
    }
    [[nodiscard]] kernel::ChosenRows<R> chosen() const noexcept {
      return {coefficients_.data(), rows_.data(), count_, stride_};
    }

   private:
    LocalArray<R, K> coefficients_;
    LocalArray<Index, K> rows_;
    Index count_ = 0;
    Index stride_;
  };

  template <class T>
  void form(Point const& s, Network& into) const noexcept(Stack::is_static) {
    if (into.parameters().empty()) [[unlikely]] {  // moved from
      into = Network(network_.point_stack());
    }
    if (parameters().numbers().empty()) [[unlikely]] {
      if constexpr (!Stack::is_static) {
        require_parameters(parameters());
      }
      std::fill(into.parameters().begin(), into.parameters().end(), std::numeric_limits<R>::quiet_NaN());
      return;
    }
    network_.template at<T>(CoefficientsAt(*this, s).chosen(), into.parameters().data());
  }

  template <class T>
  BatchView<R> run_forward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts, bool keep_slopes,
                           Workspace<R>& work) const {
    require_batch_of(*this, inputs, contexts);
    auto const how = plan(contexts, work.mixing);
    if (std::same_as<B, Constant<Topology>> && !has_low_rank(stack())) {  // one row, the network of every context
      work.coefficients.set_one_row(contexts.samples(), how);
    } else {
      work.coefficients.set_mixed(contexts.samples(), contexts.ends(), basis_size(), how, [&](Index g, R* out) {
        coefficients_at(contexts.points()[static_cast<std::size_t>(g)], out);
      });
    }
    return network_.template forward<T>(inputs, work.coefficients, keep_slopes, work.cache, work.scratch);
  }

  /// dL/ds_b = sum_k dL/dphi_bk grad phi_k(s_b).
  BatchView<double> pull_back_to_contexts(Contexts<Topology> const& contexts, BatchView<R> const& in_coefficients,
                                          AlignedVector<double>& gradient) const {
    constexpr auto width = static_cast<std::size_t>(Topology::coordinates);
    grow(gradient, contexts.samples() * Topology::coordinates);
    contexts.for_each([&](Point const& s, Index begin, Index end) {
      LocalArray<double, K * width> slopes{};
      basis_.derivatives(s, slopes);
      for (Index b = begin; b < end; ++b) {
        for (std::size_t c = 0; c < width; ++c) {
          double sum = 0;
          for (std::size_t k = 0; k < K; ++k) {
            sum += slopes[k * width + c] * static_cast<double>(in_coefficients(b, static_cast<Index>(k)));
          }
          gradient[static_cast<std::size_t>(b) * width + c] = sum;
        }
      }
    });
    return {gradient.data(), contexts.samples(), Topology::coordinates};
  }

  [[no_unique_address]] B basis_;
  MixedNetwork<R, Stack> network_;
};

/// Arguments that make no manifold: a sentence says why.
template <class R, class B, class... Layers>
requires(!(Real<R> && Basis<B>)) class BasicManifold<R, B, Layers...> {
  template <class L>
  static constexpr bool is_layer = DenseLayer<L> || Activation<L> || std::same_as<L, LayerList>;
  static_assert(Real<R>,
                "wmanifold: expected float or double in front of the basis: BasicManifold<double, Fourier<S1, 1>, "
                "Dense<2, 16>, ...>; a Manifold<Fourier<S1, 1>, Dense<2, 16>, ...> is of float");
  static_assert(!Topology<B>,
                "wmanifold: expected a basis in front of the layers, got a topology: Fourier<S1, 1> is a basis on the "
                "circle, Bernstein<Interval, 1> one on the interval, and OnePerContext<Finite<n>> one of n contexts");
  static_assert(
      !is_layer<B>,
      "wmanifold: expected a basis in front of the layers, got a layer: Manifold<Fourier<S1, 1>, Dense<2, 16>, "
      "...>, and without contexts Manifold<Constant<>, ...>");
  static_assert(
      Topology<B> || is_layer<B> || Basis<B>,
      "wmanifold: expected a basis in front of the layers, Manifold<Fourier<S1, 1>, Dense<2, 16>, ...>: one of "
      "your own satisfies the concept Basis");

 public:
  template <class... A>
  explicit BasicManifold(A&&...) {}
};

/// A manifold of weights in float.
template <class B, class... Layers>
using Manifold = BasicManifold<float, B, Layers...>;

}  // namespace wmanifold
