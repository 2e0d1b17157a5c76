#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/layer/explain.hpp>
#include <wmanifold/layer/form.hpp>
#include <wmanifold/layer/network.hpp>
#include <wmanifold/manifold/batch.hpp>
#include <wmanifold/manifold/initialisation.hpp>

namespace wmanifold {

/// A smooth manifold of weights over a space of contexts: K rows of N parameters, each row a network, and at a context
/// s the network with the parameters M(s) = sum_k phi_k(s) P_k (equation 1).
///
/// `Layers...` are Dense layers and activations, or one LayerList whose sizes are data. Passes are const; what they
/// need lives in a Workspace that the caller owns, so that one manifold serves any number of threads. A manifold that was
/// moved from can be assigned to and destroyed; what it is otherwise asked for throws ArgumentError, but for `at`.
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
        point_stack_(stack_.at_point()),
        parameters_(B::size, row_parameters_of(stack_), shared_parameters_of(stack_)),
        frozen_(static_cast<std::size_t>(stack_.depth())) {}

  /// Arguments that make no manifold: a sentence says why.
  explicit BasicManifold(Initialisation) : BasicManifold(never()) {
    static_assert(detail::never<R>, "wmanifold: expected a seed behind the initialisation: Model model{he_normal, Seed{1}}");
  }
  template <std::integral Number, class... More>
  BasicManifold(Initialisation, Number, More&&...) : BasicManifold(never()) {
    static_assert(detail::never<Number>,
                  "wmanifold: expected a Seed behind the initialisation, got a plain number: Model model{he_normal, "
                  "Seed{1}}");
  }

  [[nodiscard]] B const& basis() const noexcept { return basis_; }
  [[nodiscard]] Stack const& stack() const noexcept { return stack_; }
  [[nodiscard]] Index inputs() const noexcept { return inputs_of(stack_); }
  [[nodiscard]] Index outputs() const noexcept { return outputs_of(stack_); }
  /// K.
  [[nodiscard]] static constexpr Index rows() noexcept { return B::size; }

  /// The K x N block, and what all contexts share.
  [[nodiscard]] Parameters<R>& parameters() noexcept { return parameters_; }
  [[nodiscard]] Parameters<R> const& parameters() const noexcept { return parameters_; }

  /// Weights (outputs x inputs) and biases of dense layer l in row k; of this manifold, or within another block of its
  /// sizes (a gradient). ArgumentError where the layer is not on the manifold, or there is no such row or layer.
  [[nodiscard]] WeightMap<R> weight(Index k, Index l) { return weight(parameters_, k, l); }
  [[nodiscard]] ConstWeightMap<R> weight(Index k, Index l) const { return weight(parameters_, k, l); }
  [[nodiscard]] BiasMap<R> bias(Index k, Index l) { return bias(parameters_, k, l); }
  [[nodiscard]] ConstBiasMap<R> bias(Index k, Index l) const { return bias(parameters_, k, l); }
  [[nodiscard]] WeightMap<R> weight(Parameters<R>& block, Index k, Index l) const {
    DenseShape const& shape = on_manifold(block, k, l);  // before anything is looked at
    return weight_at(shape, block.row(k).data() + shape.row_offset);
  }
  [[nodiscard]] ConstWeightMap<R> weight(Parameters<R> const& block, Index k, Index l) const {
    DenseShape const& shape = on_manifold(block, k, l);  // before anything is looked at
    return weight_at(shape, block.row(k).data() + shape.row_offset);
  }
  [[nodiscard]] BiasMap<R> bias(Parameters<R>& block, Index k, Index l) const {
    DenseShape const& shape = on_manifold(block, k, l);  // before anything is looked at
    return bias_at(shape, block.row(k).data() + shape.row_offset);
  }
  [[nodiscard]] ConstBiasMap<R> bias(Parameters<R> const& block, Index k, Index l) const {
    DenseShape const& shape = on_manifold(block, k, l);  // before anything is looked at
    return bias_at(shape, block.row(k).data() + shape.row_offset);
  }

  /// Weights and biases of a layer that all contexts share; for a low-rank layer, of its W_0.
  [[nodiscard]] WeightMap<R> shared_weight(Index l) {
    return weight_at(shared(l), parameters_.shared().data() + shared(l).shared_offset);
  }
  [[nodiscard]] ConstWeightMap<R> shared_weight(Index l) const {
    return weight_at(shared(l), parameters_.shared().data() + shared(l).shared_offset);
  }
  [[nodiscard]] BiasMap<R> shared_bias(Index l) {
    return bias_at(shared(l), parameters_.shared().data() + shared(l).shared_offset);
  }
  [[nodiscard]] ConstBiasMap<R> shared_bias(Index l) const {
    return bias_at(shared(l), parameters_.shared().data() + shared(l).shared_offset);
  }

  /// Dense layer l keeps its parameters: its gradient is zero, and no flow moves it.
  void freeze(Index l) { frozen_[checked_layer(l)] = true; }
  void unfreeze(Index l) { frozen_[checked_layer(l)] = false; }
  [[nodiscard]] bool is_frozen(Index l) const { return frozen_[checked_layer(l)]; }

  /// The network at a point. One pass over the parameters; allocation only for networks over network_bytes_in_place, or
  /// with run-time sizes. Of a manifold that was moved from: where sizes are in the types, a network of NaN, as nothing
  /// is thrown; otherwise ArgumentError.
  template <class T = HostTarget>
  [[nodiscard]] Network at(Point const& s) const noexcept(detail::in_place<R, Stack::static_parameters>) {
    Network network(point_stack_);
    form<T>(s, network);
    return network;
  }

  /// The same into a network that is there already, of the layers that `at` gives: no allocation. ArgumentError where a
  /// run-time network has others.
  template <class T = HostTarget>
  void at(Point const& s, Network& network) const noexcept(Stack::is_static) {
    if constexpr (!Stack::is_static) {
      require_parameters(parameters_);
      if (!(network.stack() == point_stack_)) [[unlikely]] {
        fail("manifold: expected a network of the manifold's own layers (", parameters_of(stack_), " parameters), got ",
             network.parameters().size(), " parameters in other layers");
      }
    }
    form<T>(s, network);
  }

  /// What is no point: a sentence says why.
  template <class T = HostTarget, class A, class... N>
  requires(!std::convertible_to<A, Point>) [[nodiscard]] Network at(A&&, N&...) const {
    detail::explain_point<Topology, A>();
    return Network(point_stack_);
  }

  /// One sample at a context, y = f(x; M(s)), where no network is formed: y = sum_k phi_k(s) (W_k x + b_k) layer by
  /// layer reads the rows that meet at s once and writes nothing. For a context that is another with every sample;
  /// where it rests, `at` and the network are less work. `x` has inputs(), `y` outputs() numbers (ArgumentError otherwise;
  /// nothing is thrown when the sizes fit), `scratch` at least scratch_size(). Real time: no allocation, no lock, as
  /// long as T has no threads or layers are not worth them.
  template <class T = HostTarget>
  void operator()(Point const& s, std::span<R const> x, std::span<R> y, std::span<R> scratch) const {
    require_parameters(parameters_);
    detail::require_sample<R>(inputs(), outputs(), x, y);
    detail::require_scratch<R>(scratch_size(), scratch);
    run_sample<T>(s, x.data(), y.data(), scratch.data());
  }

  /// The same with the scratch on the stack, where all sizes are known at compile time.
  template <class T = HostTarget>
  void operator()(Point const& s, std::span<R const> x, std::span<R> y) const requires(Stack::is_static) {
    require_parameters(parameters_);
    detail::require_sample<R>(inputs(), outputs(), x, y);
    alignas(alignment) std::array<R, static_cast<std::size_t>(sample_scratch_of(Stack{}))> scratch;
    run_sample<T>(s, x.data(), y.data(), scratch.data());
  }

  /// How many numbers of scratch a sample at a context needs.
  [[nodiscard]] Index scratch_size() const noexcept { return sample_scratch_of(stack_); }

  /// How a batch with these contexts is worked on: what passes write into Workspace::plan.
  [[nodiscard]] Plan plan(Contexts<Topology> const& contexts, Mixing wish = Mixing::automatic) const noexcept {
    return plan_batch(contexts.ends(), contexts.samples(), rows(), wish);
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
    take_output_gradient(*this, inputs, contexts, output_gradient, work, gradient);
    return run_backward<T>(inputs, contexts, work, gradient, request);
  }

  /// backward with the gradient of the outputs already in work.output_gradient, nothing checked: the flow's path.
  template <class T = HostTarget>
  InputGradients<R> run_backward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts,
                                 Workspace<R>& work, Parameters<R>& gradient, GradientRequest request = {}) const {
    if constexpr (!DifferentiableBasis<B>) {
      require_no_context_gradients<Topology>(request);
    }
    propagate_backward<T, R>(
        stack_, view(), is_plain, inputs.data(), inputs.outerStride(), frozen_, {request.inputs, request.contexts},
        ParametersView<R>{gradient.data(), rows(), gradient.stride(), gradient.shared().data()}, work);
    InputGradients<R> result;
    if (request.inputs) {
      new (&result.inputs) BatchView<R>(work.delta.data(), work.samples, this->inputs());
    }
    if constexpr (DifferentiableBasis<B>) {
      if (request.contexts) {
        pull_back_to_contexts(contexts, work);
        new (&result.contexts) BatchView<double>(work.context_gradient.data(), work.samples, Topology::coordinates);
      }
    }
    return result;
  }

  /// Zeros where frozen layers are.
  void rest(Parameters<R>& block) const noexcept {
    for (Index l = 0; l < std::ssize(frozen_); ++l) {
      if (frozen_[static_cast<std::size_t>(l)]) {
        DenseShape const& shape = stack_.dense(l);
        for (Index k = 0; k < rows(); ++k) {
          std::fill_n(block.row(k).data() + shape.row_offset, shape.row_size(), R{0});
        }
        std::fill_n(block.shared().data() + shape.shared_offset, shape.shared_size(), R{0});
      }
    }
  }

  friend bool operator==(BasicManifold const& a, BasicManifold const& b) {
    return a.stack_ == b.stack_ && a.parameters_ == b.parameters_ && a.frozen_ == b.frozen_ &&
           state_of(a.basis_) == state_of(b.basis_);
  }

 private:
  static constexpr auto K = static_cast<std::size_t>(B::size);
  /// One row, the network of every context: nothing is mixed.
  static constexpr bool is_plain = std::same_as<B, Constant<Topology>>;

  /// Never called, never defined: of constructors that do not compile.
  static BasicManifold never();

  std::size_t checked_layer(Index l) const {
    require_parameters(parameters_);
    if (l < 0 || l >= stack_.depth()) [[unlikely]] {
      fail("manifold: expected a dense layer in [0, ", stack_.depth() - 1, "], got ", l);
    }
    return static_cast<std::size_t>(l);
  }
  DenseShape const& on_manifold(Parameters<R> const& block, Index k, Index l) const {
    require_parameters(parameters_);
    require_sizes_of(parameters_, "block", block);
    if (k < 0 || k >= rows()) [[unlikely]] {
      fail("manifold: expected a row in [0, ", rows() - 1, "], got ", k);
    }
    DenseShape const& shape = stack_.dense(static_cast<Index>(checked_layer(l)));
    if (shape.placement != Placement::manifold) [[unlikely]] {
      fail("manifold: expected a layer with weights in every row, got dense layer ", l,
           ", which is shared or low-rank");
    }
    return shape;
  }
  DenseShape const& shared(Index l) const {
    DenseShape const& shape = stack_.dense(static_cast<Index>(checked_layer(l)));
    if (shape.placement == Placement::manifold) [[unlikely]] {
      fail("manifold: expected a layer that is shared or low-rank, got dense layer ", l, ", which is on the manifold");
    }
    return shape;
  }

  [[nodiscard]] ParametersView<R const> view() const noexcept {
    return {parameters_.data(), rows(), parameters_.stride(), parameters_.shared().data()};
  }

  void coefficients_at(Point const& s, R* out) const noexcept {
    auto const phi = values_at(basis_, s);
    std::transform(phi.begin(), phi.end(), out, [](double x) { return static_cast<R>(x); });
  }

  /// The rows that meet at a point, and their coefficients: all of them, or where the basis has local support, those
  /// whose coefficients are not zero.
  struct Meeting {
    static constexpr bool of_few = support_of<B>() < B::size;
    LocalArray<R, K> coefficients;
    LocalArray<Index, K> rows;
    Index count = 0;
    Index stride;

    Meeting(BasicManifold const& of, Point const& s) noexcept : stride(of.parameters_.stride()) {
      of.coefficients_at(s, coefficients.data());
      for (std::size_t k = 0; k < K; ++k) {
        if (!of_few || coefficients[k] != 0) {
          auto const at = static_cast<std::size_t>(count++);
          coefficients[at] = coefficients[k];
          rows[at] = static_cast<Index>(k);
        }
      }
    }
    [[nodiscard]] kernel::ChosenRows<R> chosen() const noexcept {
      return {coefficients.data(), rows.data(), count, stride};
    }
  };

  /// to <- `count` numbers of each row, from `parameters` on, mixed.
  template <class T>
  void mix(Meeting const& meeting, Index count, R const* parameters, R* to) const noexcept {
    if constexpr (Meeting::of_few) {
      kernel::mix_chosen_rows<T, R>(meeting.chosen(), count, parameters, to);
    } else {
      kernel::mix_rows<T, R>(meeting.coefficients.data(), rows(), meeting.stride, count, parameters, to);
    }
  }

  template <class T>
  void form(Point const& s, Network& into) const noexcept(Stack::is_static) {
    if (into.parameters().empty()) [[unlikely]] {  // moved from
      into = Network(point_stack_);
    }
    if (parameters_.numbers().empty()) [[unlikely]] {
      if constexpr (!Stack::is_static) {
        require_parameters(parameters_);
      }
      std::fill(into.parameters().begin(), into.parameters().end(), std::numeric_limits<R>::quiet_NaN());
      return;
    }
    R* const network = into.parameters().data();
    Meeting const meeting(*this, s);
    detail::form_network<T, R>(
        stack_, view(), meeting.chosen(),
        [&](Index count, R const* from, R* to) { mix<T>(meeting, count, from, to); }, network);
  }

  template <class T>
  void run_sample(Point const& s, R const* x, R* y, R* scratch) const noexcept {
    Meeting const meeting(*this, s);
    Index const depth = stack_.depth();
    R* spare = scratch + widest_of(stack_);
    R* const aside = spare + widest_of(stack_);
    for (Index l = 0; l < depth; ++l) {
      DenseShape const& shape = stack_.dense(l);
      R* const to = l + 1 == depth ? y : scratch;
      switch (shape.placement) {
        case Placement::manifold:
          kernel::mixed_point<T, R>(meeting.chosen(), shape.inputs, shape.outputs,
                                    parameters_.data() + shape.row_offset, x, to);
          break;
        case Placement::shared:
          kernel::dense_point<T, R>(parameters_.shared().data() + shape.shared_offset, shape.inputs, shape.outputs, x,
                                    to);
          break;
        case Placement::low_rank:
          detail::low_rank_point<T, R>(shape, low_rank_parts(shape), meeting.chosen(), x, to, aside);
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

  [[nodiscard]] detail::LowRankParts<R const> low_rank_parts(DenseShape const& shape) const noexcept {
    return detail::low_rank_parts<R const>(shape, parameters_.data(), parameters_.stride(),
                                           parameters_.shared().data());
  }

  template <class T>
  BatchView<R> run_forward(ConstMatrixRef<R> const& inputs, Contexts<Topology> const& contexts, bool keep_derivatives,
                           Workspace<R>& work) const {
    require_batch_of(*this, inputs, contexts);
    work.samples = inputs.rows();
    work.parameters = static_cast<Index>(parameters_.numbers().size());
    work.can_go_back = keep_derivatives;
    work.ends.assign(contexts.ends().begin(), contexts.ends().end());
    work.plan = plan(contexts, work.mixing);
    if (work.plan.mixing == Mixing::by_groups && contexts.per_sample()) {  // as wished: groups of one
      work.ends.resize(static_cast<std::size_t>(work.samples));
      std::iota(work.ends.begin(), work.ends.end(), Index{1});
    }
    grow(work.coefficients, work.samples * rows());
    grow(work.group_coefficients, contexts.groups() * rows());
    R* group = work.group_coefficients.data();
    contexts.for_each([&](Point const& s, Index begin, Index end) {
      coefficients_at(s, group);
      R* to = work.coefficients.data() + begin * rows();
      for (Index b = begin; b < end; ++b) {
        for (Index k = 0; k < rows(); ++k) {
          *to++ = group[k];
        }
      }
      group += rows();
    });
    propagate_forward<T, R>(stack_, view(), is_plain, inputs.data(), inputs.outerStride(), keep_derivatives, work);
    return {work.values[static_cast<std::size_t>(stack_.depth() - 1)].data(), work.samples, outputs()};
  }

  /// dL/ds_b = sum_k dL/dphi_bk grad phi_k(s_b).
  void pull_back_to_contexts(Contexts<Topology> const& contexts, Workspace<R>& work) const {
    constexpr auto width = static_cast<std::size_t>(Topology::coordinates);
    grow(work.context_gradient, work.samples * Topology::coordinates);
    contexts.for_each([&](Point const& s, Index begin, Index end) {
      LocalArray<double, K * width> slopes{};
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
  typename Stack::AtPoint point_stack_;  // of the network at a point
  Parameters<R> parameters_;
  std::vector<bool> frozen_;
};

/// What makes no manifold: a sentence says why.
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
  static_assert(!is_layer<B>,
                "wmanifold: expected a basis in front of the layers, got a layer: Manifold<Fourier<S1, 1>, Dense<2, 16>, "
                "...>, and without contexts Manifold<Constant<>, ...>");
  static_assert(Topology<B> || is_layer<B> || Basis<B>,
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
