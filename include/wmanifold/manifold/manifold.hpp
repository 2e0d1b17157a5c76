#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/manifold/batch.hpp>
#include <wmanifold/manifold/initialisation.hpp>
#include <wmanifold/manifold/rows_at.hpp>
#include <wmanifold/network/explain.hpp>
#include <wmanifold/network/mixed_network.hpp>
#include <wmanifold/network/network.hpp>

namespace wmanifold {

/// A smooth manifold of weights over a space of contexts. It has K rows of N parameters, each row a network. At a
/// context s the network has the parameters M(s) = sum_k phi_k(s) P_k (equation 1).
///
/// `Layers...` are Dense layers and activations, or one LayerList whose sizes are data. Passes are const and take a
/// Workspace that the caller owns, so one manifold serves any number of threads. A manifold that was moved from can be
/// assigned to and destroyed; its other functions, except `at`, throw ArgumentError.
template <class R, class B, class... Layers>
class BasicManifold {
 public:
  using Scalar = R;                                     ///< type of the numbers
  using Basis = B;                                      ///< type of the basis
  using Topology = typename B::Topology;                ///< space of contexts
  using Point = wmanifold::Point<Topology>;             ///< type of a context
  using Stack = wmanifold::Stack<Layers...>;            ///< type of the layers
  using Network = BasicNetwork<R, AtPoint<Layers>...>;  ///< type of the network at a point

  /// A manifold drawn from the seed as `how` says. The basis may be omitted if it is default-constructible, the layers
  /// if their sizes are in their types.
  BasicManifold(Initialisation how, Seed seed) requires(Stack::is_static&& std::default_initializable<B>)
      : BasicManifold(how, seed, B{}, Stack{}) {}
  /// The same in a given basis.
  BasicManifold(Initialisation how, Seed seed, B basis) requires(Stack::is_static)
      : BasicManifold(how, seed, std::move(basis), Stack{}) {}
  /// The same in a given basis and with given layers.
  BasicManifold(Initialisation how, Seed seed, B basis, Layers... layers)
      : BasicManifold(how, seed, std::move(basis), Stack{std::move(layers)...}) {}
  /// The same in a given basis and with given layers.
  BasicManifold(Initialisation how, Seed seed, B basis, Stack stack)
      : BasicManifold(zeros, std::move(basis), std::move(stack)) {
    initialise(how, seed, basis_, this->stack(), parameters());
  }

  /// A manifold with all parameters zero.
  explicit BasicManifold(Zeros) requires(Stack::is_static&& std::default_initializable<B>)
      : BasicManifold(zeros, B{}, Stack{}) {}
  /// The same in a given basis and with given layers.
  BasicManifold(Zeros, B basis, Layers... layers)
      : BasicManifold(zeros, std::move(basis), Stack{std::move(layers)...}) {}
  /// The same in a given basis and with given layers.
  BasicManifold(Zeros, B basis, Stack stack) : basis_(std::move(basis)), network_(B::size, std::move(stack)) {}

  /// Overload for wrong arguments: a compile-time message says why.
  explicit BasicManifold(Initialisation) : BasicManifold(never()) {
    static_assert(
        detail::never<R>,
        "wmanifold: expected a seed after the initialisation, got none; write Model model{he_normal, Seed{1}}");
  }
  /// Overload for a number in place of a seed: a compile-time message says why.
  template <std::integral Number, class... More>
  BasicManifold(Initialisation, Number, More&&...) : BasicManifold(never()) {
    static_assert(detail::never<Number>,
                  "wmanifold: expected a Seed after the initialisation, got a plain number; write Model "
                  "model{he_normal, Seed{1}}");
  }

  /// Basis.
  [[nodiscard]] B const& basis() const noexcept { return basis_; }
  /// Layers.
  [[nodiscard]] Stack const& stack() const noexcept { return network_.stack(); }
  /// Number of inputs.
  [[nodiscard]] Index inputs() const noexcept { return network_.inputs(); }
  /// Number of outputs.
  [[nodiscard]] Index outputs() const noexcept { return network_.outputs(); }
  /// K, the number of basis functions.
  [[nodiscard]] static constexpr Index basis_size() noexcept { return B::size; }

  /// The K x N block and the part that all contexts share.
  [[nodiscard]] Parameters<R>& parameters() noexcept { return network_.parameters(); }
  /// The same, read-only.
  [[nodiscard]] Parameters<R> const& parameters() const noexcept { return network_.parameters(); }

  /// Weights (outputs x inputs) of dense layer l in row k, of this manifold or of another block of its sizes (a
  /// gradient). Throws ArgumentError if the layer is not on the manifold, or the row or layer does not exist.
  [[nodiscard]] WeightMap<R> weight(Index k, Index l) { return weight(parameters(), k, l); }
  /// The same, read-only.
  [[nodiscard]] ConstWeightMap<R> weight(Index k, Index l) const { return weight(parameters(), k, l); }
  /// Biases of dense layer l in row k, with the errors of `weight`.
  [[nodiscard]] BiasMap<R> bias(Index k, Index l) { return bias(parameters(), k, l); }
  /// The same, read-only.
  [[nodiscard]] ConstBiasMap<R> bias(Index k, Index l) const { return bias(parameters(), k, l); }
  /// Row k of A of dense layer l, a layer of gains: W(s) = diag(1 + A^T phi(s)) W_0. Throws ArgumentError for another
  /// layer.
  [[nodiscard]] BiasMap<R> gain(Index k, Index l) { return network_.gain(parameters(), k, l); }
  /// The same, read-only.
  [[nodiscard]] ConstBiasMap<R> gain(Index k, Index l) const { return network_.gain(parameters(), k, l); }
  /// The same in a block.
  [[nodiscard]] BiasMap<R> gain(Parameters<R>& block, Index k, Index l) const { return network_.gain(block, k, l); }
  /// The same, read-only.
  [[nodiscard]] ConstBiasMap<R> gain(Parameters<R> const& block, Index k, Index l) const {
    return network_.gain(block, k, l);
  }
  /// Weights of dense layer l in row k of a block.
  [[nodiscard]] WeightMap<R> weight(Parameters<R>& block, Index k, Index l) const {
    return network_.weight(block, k, l);
  }
  /// The same, read-only.
  [[nodiscard]] ConstWeightMap<R> weight(Parameters<R> const& block, Index k, Index l) const {
    return network_.weight(block, k, l);
  }
  /// Biases of dense layer l in row k of a block.
  [[nodiscard]] BiasMap<R> bias(Parameters<R>& block, Index k, Index l) const { return network_.bias(block, k, l); }
  /// The same, read-only.
  [[nodiscard]] ConstBiasMap<R> bias(Parameters<R> const& block, Index k, Index l) const {
    return network_.bias(block, k, l);
  }

  /// Weights of a layer that all contexts share; for a low-rank layer or one of gains, of its W_0.
  [[nodiscard]] WeightMap<R> shared_weight(Index l) { return network_.shared_weight(parameters(), l); }
  /// The same, read-only.
  [[nodiscard]] ConstWeightMap<R> shared_weight(Index l) const { return network_.shared_weight(parameters(), l); }
  /// Biases of a layer that all contexts share; for a low-rank layer, of its W_0.
  [[nodiscard]] BiasMap<R> shared_bias(Index l) { return network_.shared_bias(parameters(), l); }
  /// The same, read-only.
  [[nodiscard]] ConstBiasMap<R> shared_bias(Index l) const { return network_.shared_bias(parameters(), l); }

  /// Freezes dense layer l: its gradient is zero, and no flow moves it.
  void freeze(Index l) { network_.freeze(l); }
  /// Lets flows move dense layer l again.
  void unfreeze(Index l) { network_.unfreeze(l); }
  /// Returns whether dense layer l is frozen.
  [[nodiscard]] bool is_frozen(Index l) const { return network_.is_frozen(l); }
  /// Writes zeros at the parameters of frozen layers.
  void zero_frozen(Parameters<R>& block) const noexcept { network_.zero_frozen(block); }

  /// The network at a point. One pass over the parameters. Allocates only for networks over network_bytes_in_place, or
  /// with run-time sizes. A manifold that was moved from returns a network of NaN if sizes are in the types, and throws
  /// ArgumentError otherwise.
  template <class T = HostTarget>
  [[nodiscard]] Network at(Point const& s) const noexcept(detail::in_place<R, Stack::static_parameters>) {
    Network network(network_.point_stack());
    form<T>(s, network);
    return network;
  }

  /// Writes the network at a point into an existing network with the layers that `at` returns. Does not allocate.
  /// Throws ArgumentError if a run-time network has other layers.
  template <class T = HostTarget>
  void at(Point const& s, Network& network) const noexcept(Stack::is_static) {
    if constexpr (!Stack::is_static) {
      require_parameters(parameters());
      network_.require_layers_of(network);
    }
    form<T>(s, network);
  }

  /// Overload for an argument that is no point: a compile-time message says why.
  template <class T = HostTarget, class A, class... N>
  requires(!std::convertible_to<A, Point>) [[nodiscard]] Network at(A&&, N&...) const {
    detail::explain_point<Topology, A>();
    return Network(network_.point_stack());
  }

  /// Runs one sample at a context, y = f(x; M(s)), without forming a network. y = sum_k phi_k(s) (W_k x + b_k), layer
  /// by layer, reads the rows with coefficients other than 0 once and writes no weights. It suits a context that
  /// changes with every sample; for a constant context, `at` and the network cost less. `x` has inputs() numbers, `y`
  /// outputs(), `scratch` at least scratch_size(). Throws ArgumentError for other sizes, and nothing otherwise. Real
  /// time: no allocation and no lock, unless T has threads and the layers are large enough to use them.
  template <class T = HostTarget>
  void operator()(Point const& s, std::span<R const> x, std::span<R> y, std::span<R> scratch) const {
    require_parameters(parameters());
    detail::require_sample<R>(inputs(), outputs(), x, y);
    detail::require_scratch<R>(scratch_size(), scratch);
    network_.template operator()<T>(RowsAt<R, B>(basis_, s).of(parameters().stride()), x.data(), y.data(),
                                    scratch.data());
  }

  /// Runs one sample at a context with the scratch on the stack. All sizes are known at compile time.
  template <class T = HostTarget>
  void operator()(Point const& s, std::span<R const> x, std::span<R> y) const requires(Stack::is_static) {
    require_parameters(parameters());
    detail::require_sample<R>(inputs(), outputs(), x, y);
    alignas(alignment) std::array<R, static_cast<std::size_t>(sample_scratch_of(Stack{}))> scratch;
    network_.template operator()<T>(RowsAt<R, B>(basis_, s).of(parameters().stride()), x.data(), y.data(),
                                    scratch.data());
  }

  /// Numbers of scratch that a sample at a context needs.
  [[nodiscard]] Index scratch_size() const noexcept { return network_.scratch_size(); }

  /// The plan for mixing a batch with these contexts. Passes write it into Workspace::plan().
  [[nodiscard]] Plan plan(Contexts<Topology> const& contexts, Mixing wish = Mixing::automatic) const noexcept {
    return plan_batch(contexts.ends(), contexts.samples(), basis_size(), support_of<B>(), wish);
  }

  /// Runs a batch (samples x inputs) through the networks at its contexts. Returns the outputs (samples x outputs), a
  /// view into the workspace. Throws ArgumentError for a wrong size, an empty batch, and inputs with a NaN or an
  /// infinity.
  template <class T = HostTarget>
  BatchView<R> forward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts, Workspace<R>& work) const {
    return run_forward<T>(inputs, contexts, true, work);
  }

  /// Runs a batch without keeping the values for a backward pass.
  template <class T = HostTarget>
  BatchView<R> predict(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts, Workspace<R>& work) const {
    return run_forward<T>(inputs, contexts, false, work);
  }

  /// Predictions of any number of samples (samples x outputs), in batches.
  template <class T = HostTarget>
  [[nodiscard]] Matrix<R> predict(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts) const {
    return predict_in_batches<T>(*this, inputs, contexts);
  }

  /// Overload for wrong arguments: a compile-time message says why.
  template <class T = HostTarget, class... A>
  requires(!detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<Topology>>, A...> &&
           !detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<Topology>, Workspace<R>&>, A...>)
      [[nodiscard]] Matrix<R> predict(A&&...) const {
    detail::explain_predict<R, Topology, A...>();
    return {};
  }

  /// Runs the backward pass, after forward with the same inputs and contexts. Turns `output_gradient` (samples x
  /// outputs) into the gradient of the parameters, in `gradient` (K x N, overwritten; equation 3). Returns the
  /// gradients that `request` names, as views into the workspace. Throws ArgumentError if sizes or groups of contexts
  /// differ from those of the forward pass.
  template <class T = HostTarget>
  InputGradients<R> backward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts,
                             ConstMatrixRef<R> const& output_gradient, Workspace<R>& work, Parameters<R>& gradient,
                             GradientRequest request = {}) const {
    require_backward(*this, inputs, contexts.samples(), output_gradient, work, gradient);
    work.coefficients.require_groups(contexts.ends());
    return run_backward<T>(inputs, contexts, output_gradient, work, gradient, request);
  }

  /// Runs the backward pass without checks. Flows use it.
  template <class T = HostTarget>
  InputGradients<R> run_backward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts,
                                 ConstMatrixRef<R> const& output_gradient, Workspace<R>& work, Parameters<R>& gradient,
                                 GradientRequest request = {}) const {
    if constexpr (!DifferentiableBasis<B>) {
      require_no_context_gradients<Topology>(request);
    }
    kernel::RowRuns wanted;
    if constexpr (DifferentiableBasis<B>) {
      if (request.contexts) {
        wanted = find_slopes(contexts, work);
      }
    }
    auto const views = network_.template backward<T>(inputs, work.coefficients, output_gradient, request, work.cache,
                                                     work.scratch, gradient, wanted);
    if constexpr (DifferentiableBasis<B>) {
      if (request.contexts) {
        return {views.inputs, pull_back_to_contexts(contexts, views.coefficients, work.contexts)};
      }
    }
    return {views.inputs};
  }

  friend bool operator==(BasicManifold const& a, BasicManifold const& b) {
    return a.network_ == b.network_ && state_of(a.basis_) == state_of(b.basis_);
  }

 private:
  static constexpr auto K = static_cast<std::size_t>(B::size);
  static constexpr auto coordinates = static_cast<std::size_t>(Topology::coordinates);

  /// Declared only, for constructors that do not compile.
  static BasicManifold never();

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
    network_.template at<T>(RowsAt<R, B>(basis_, s).of(parameters().stride()), into.parameters().data());
  }

  template <class T>
  BatchView<R> run_forward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts, bool keep_slopes,
                           Workspace<R>& work) const {
    require_batch_of(*this, inputs, contexts);
    auto const how = plan(contexts, work.mixing);
    if (std::same_as<B, Constant<Topology>> && !needs_coefficients(stack())) {  // one row, the network of every context
      work.coefficients.set_one_row(contexts.samples(), how);
    } else {
      work.coefficients.set_mixed(contexts.samples(), contexts.ends(), basis_size(), how, [&](Index g, R* out) {
        write_coefficients(basis_, contexts.points()[static_cast<std::size_t>(g)], out);
      });
      if constexpr (support_of<B>() < B::size) {
        work.coefficients.find_spans();
      }
    }
    return network_.template forward<T>(inputs, work.coefficients, keep_slopes, work.cache, work.scratch);
  }

  /// Writes the derivatives of the coefficients, grad phi_k(s_g), to the workspace. Returns the samples of each row for
  /// which they are not all zero.
  kernel::RowRuns find_slopes(Contexts<Topology> const& contexts, Workspace<R>& work) const {
    constexpr std::size_t numbers = K * coordinates;
    auto& slopes = work.contexts.slopes;
    auto const& points = contexts.points();
    grow(slopes, static_cast<Index>(points.size() * numbers));
    for (std::size_t g = 0; g < points.size(); ++g) {
      basis_.derivatives(points[g], std::span<double>(slopes.data() + g * numbers, numbers));
    }
    if constexpr (support_of<B>() == B::size) {
      return {};
    } else {
      return work.coefficients.runs_where([from = slopes.data()](Index g, Index k) {
        double const* const slope =
            from + (static_cast<std::size_t>(g) * K + static_cast<std::size_t>(k)) * coordinates;
        return std::any_of(slope, slope + coordinates, [](double x) { return x != 0; });
      });
    }
  }

  /// dL/ds_b = sum_k dL/dphi_bk grad phi_k(s_b), after find_slopes.
  BatchView<double> pull_back_to_contexts(Contexts<Topology> const& contexts, BatchView<R> const& in_coefficients,
                                          ContextScratch<R>& scratch) const {
    grow(scratch.gradient, contexts.samples() * Topology::coordinates);
    double const* slopes = scratch.slopes.data();
    contexts.for_each([&](Point const&, Index begin, Index end) {
      for (Index b = begin; b < end; ++b) {
        for (std::size_t c = 0; c < coordinates; ++c) {
          double sum = 0;
          for (std::size_t k = 0; k < K; ++k) {
            sum += slopes[k * coordinates + c] * static_cast<double>(in_coefficients(b, static_cast<Index>(k)));
          }
          scratch.gradient[static_cast<std::size_t>(b) * coordinates + c] = sum;
        }
      }
      slopes += K * coordinates;
    });
    return {scratch.gradient.data(), contexts.samples(), Topology::coordinates};
  }

  [[no_unique_address]] B basis_;
  MixedNetwork<R, Stack> network_;
};

/// Specialisation for wrong arguments: a compile-time message says why.
template <class R, class B, class... Layers>
requires(!(Real<R> && Basis<B>)) class BasicManifold<R, B, Layers...> {
  template <class L>
  static constexpr bool is_layer = DenseLayer<L> || Activation<L> || std::same_as<L, LayerList>;
  static_assert(
      Real<R>,
      "wmanifold: expected float or double in front of the basis, got another type; write BasicManifold<double, "
      "Fourier<S1, 1>, Dense<2, 16>, ...>, or Manifold<Fourier<S1, 1>, Dense<2, 16>, ...> for float");
  static_assert(!Topology<B>,
                "wmanifold: expected a basis in front of the layers, got a topology; use Fourier<S1, 1> on the circle, "
                "Bernstein<Interval, 1> on the interval, OnePerContext<Finite<n>> for n contexts");
  static_assert(!is_layer<B>,
                "wmanifold: expected a basis in front of the layers, got a layer; write Manifold<Fourier<S1, 1>, "
                "Dense<2, 16>, ...>, or Manifold<Constant<>, ...> without contexts");
  static_assert(Topology<B> || is_layer<B> || Basis<B>,
                "wmanifold: expected a basis in front of the layers, got another type; write Manifold<Fourier<S1, 1>, "
                "Dense<2, 16>, ...>, or a type of your own that satisfies the concept Basis");

 public:
  /// Takes any arguments, so that only the messages above appear.
  template <class... A>
  explicit BasicManifold(A&&...) {}
};

/// A manifold of weights in float.
template <class B, class... Layers>
using Manifold = BasicManifold<float, B, Layers...>;

}  // namespace wmanifold
