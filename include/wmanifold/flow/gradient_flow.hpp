#pragma once

#include <wmanifold/flow/explain_flow.hpp>
#include <wmanifold/flow/movement.hpp>
#include <wmanifold/functional/prior.hpp>

#include <algorithm>
#include <map>

namespace wmanifold {

/// The constrained gradient flow of a manifold, step by step: steepest descent of a loss functional under a constraint
/// on the movement of the manifold. Refers to the model, which must outlive it and stay at its address.
template <class Model, class L, class Rule = HeavyBall>
class GradientFlow {
 public:
  using R = typename Model::Scalar;                           ///< type of the numbers
  using Functional = typename detail::FunctionalOf<L>::type;  ///< type of the loss functional
  using Targets = typename Functional::template Targets<R>;   ///< targets of a batch
  /// Whether arguments of types A are a batch that `step` takes.
  template <class... A>
  static constexpr bool is_batch =
      detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<typename Model::Topology>, Targets>, A...> ||
      detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<typename Model::Topology>, Targets, std::span<double const>>,
                   A...> ||
      (Model::Topology::coordinates == 0 && detail::fits<std::tuple<ConstMatrixRef<R>, Targets>, A...>);

  /// A flow by the heavy ball. `loss` is a loss, reduced by its mean, or a LossFunctional. Throws ArgumentError for
  /// invalid options.
  GradientFlow(Model& model, L loss, FlowOptions const& options) requires(std::same_as<Rule, HeavyBall>)
      : GradientFlow(model, std::move(loss), HeavyBall{options.momentum}, detail::beside_rule(options)) {}
  /// A flow by another rule, with the same errors.
  GradientFlow(Model& model, L loss, Rule rule, RuleOptions const& options)
      : model_((require_parameters(model.parameters()), &model)),
        functional_(std::move(loss)),
        metric_(model, options.stiffness.value_or(MovementMetric<Model>::default_stiffness)),
        options_(detail::checked(options)),
        rule_(std::move(rule)),
        prior_(model, options.weight_decay, options.energy),
        gradient_(model.parameters().zeros_like()),
        identity_(detail::identity_matrix(gradient_.rows())) {
    rule_.check();
    state_.moments = std::vector(Rule::moments, gradient_);
  }

  /// Overloads for wrong arguments: a compile-time message says why.
  template <class... Rest>
  requires(detail::no_flow_arguments<Rest...>) GradientFlow(Model& model, L loss, Rest&&...)
      : GradientFlow(model, std::move(loss), Rule{}, {}) {
    detail::explain_flow_arguments<Model, Rest...>();
  }
  /// Overload for wrong arguments: a compile-time message says why.
  template <class Last>
  requires FlowRule<std::remove_cvref_t<Last>> GradientFlow(Model& model, L loss, FlowOptions const&, Last&&)
      : GradientFlow(model, std::move(loss), Rule{}, {}) {
    detail::explain_flow_arguments<Model, FlowOptions, Last>();
  }
  /// Overload for wrong arguments: a compile-time message says why.
  GradientFlow(Model&& model, L loss, FlowOptions const& options) : GradientFlow(model, std::move(loss), options) {
    detail::explain_temporary<Model>();
  }
  /// Overload for wrong arguments: a compile-time message says why.
  GradientFlow(Model&& model, L loss, Rule rule, RuleOptions const& options)
      : GradientFlow(model, std::move(loss), std::move(rule), options) {
    detail::explain_temporary<Model>();
  }

  /// Neither copied nor moved: a flow trains the model at the address given to the constructor. A struct that has a
  /// model and its flow as members is made in its final place, or held by std::unique_ptr.
  GradientFlow(GradientFlow const&) = delete;
  GradientFlow& operator=(GradientFlow const&) = delete;

  /// Takes one step on a batch; `weights` are one per sample, or none. Throws ArgumentError or NumericalError as the
  /// loss functional does, and NumericalError for a gradient so large that the step could leave the range of numbers
  /// (largest_input). Then neither the model nor the flow has changed.
  template <class T = HostTarget>
  Step step(ConstMatrixRef<R> const& inputs, Contexts<typename Model::Topology> const& contexts, Targets const& targets,
            std::span<double const> weights = {}) {
    auto const loss =
        functional_.template gradient<T>(*model_, inputs, contexts, targets, work_, gradient_, {}, weights);
    if (options_.weight_decay == 0 && options_.energy == 0) {
      return {loss.value, go<T>(gradient_, loss.largest)};
    }
    prior_.add_gradient(*model_, gradient_);
    return {loss.value, go<T>(gradient_, largest_of<T>(gradient_))};
  }

  /// Takes one step on a batch of a manifold without contexts.
  template <class T = HostTarget>
  Step step(ConstMatrixRef<R> const& inputs, Targets const& targets) requires(Model::Topology::coordinates == 0) {
    auto known = without_contexts_.find(inputs.rows());
    if (known == without_contexts_.end()) {
      std::vector points(static_cast<std::size_t>(inputs.rows()), Model::Topology::point());
      known = without_contexts_.emplace(inputs.rows(), std::move(points)).first;
    }
    return step<T>(inputs, known->second, targets);
  }

  /// Overload for wrong arguments: a compile-time message says why.
  template <class T = HostTarget, class... A>
  requires(!is_batch<A...>) Step step(A&&...) {
    detail::explain_batch<R, typename Model::Topology, Targets, A...>();
    return {};
  }

  /// Takes one step along a given gradient of the model's sizes. The gradient of frozen layers counts as zero. Returns
  /// the movement.
  template <class T = HostTarget>
  double descend(Parameters<R> const& gradient) {
    require_parameters(model_->parameters());
    require_sizes_of(model_->parameters(), "gradient", gradient);
    return go<T>(gradient, largest_of<T>(gradient));
  }

  /// Sets the rate of the next steps, in place of a budget. A rate of 0, the end of many schedules, moves nothing.
  /// Throws ArgumentError for a rate that is negative, not finite or above 1e5.
  void set_rate(double rate) { options_ = detail::with_length(options_, rate, std::nullopt); }
  /// Sets the movement budget of the next steps, in place of a rate, with the same errors.
  void set_movement(double budget) { options_ = detail::with_length(options_, std::nullopt, budget); }

  /// Options.
  [[nodiscard]] RuleOptions const& options() const noexcept { return options_; }
  /// Rule.
  [[nodiscard]] Rule const& rule() const noexcept { return rule_; }
  /// Metric.
  [[nodiscard]] MovementMetric<Model> const& metric() const noexcept { return metric_; }
  /// Gradient of the last step, priors included.
  [[nodiscard]] Parameters<R> const& gradient() const noexcept { return gradient_; }

  /// Workspace of the passes. `plan()` describes the mixing of the last batch; `mixing` sets that of the next ones.
  [[nodiscard]] Workspace<R>& workspace() noexcept { return work_; }

  /// State, to be saved.
  [[nodiscard]] FlowState<R> const& state() const noexcept { return state_; }
  /// Continues from the state of a flow with the same model and rule. Throws ArgumentError for a state of another flow.
  void restore(FlowState<R> state) {
    detail::require_state_of(model_->parameters(), Rule::moments, state);
    for (std::size_t i = 0; i < state.moments.size(); ++i) {
      auto const numbers = state.moments[i].numbers();
      bool const are_squares = i >= first_square();
      double const most = largest_input<R> * (are_squares ? largest_input<R> : 0x1p24);
      bool const is_left = largest_of<HostTarget>(state.moments[i]) <= most &&
                           !(are_squares && std::any_of(numbers.begin(), numbers.end(), [](R x) { return x < 0; }));
      if (!is_left) [[unlikely]] {
        fail(
            "flow: expected moments from a flow's state, got a NaN, an infinity, a number out of range or a negative "
            "square");
      }
    }
    state_ = std::move(state);
  }

 private:
  /// Movements below this count as none: their squares are near the smallest number of R.
  static constexpr double shortest = std::same_as<R, float> ? 1e-17 : 1e-150;

  [[nodiscard]] bool anything_is_frozen() const {
    for (Index l = 0; l < model_->stack().depth(); ++l) {
      if (model_->is_frozen(l)) {
        return true;
      }
    }
    return false;
  }

  template <class T>
  [[nodiscard]] static double largest_of(Parameters<R> const& block) {
    return kernel::largest<T, R>(static_cast<Index>(block.numbers().size()), block.data());
  }
  [[nodiscard]] double shrink() const noexcept {
    if constexpr (requires { rule_.shrink(); }) {
      return rule_.shrink();
    } else {
      return 0;
    }
  }
  [[nodiscard]] static constexpr bool steps_along_moment() noexcept {
    if constexpr (requires { Rule::steps_along_moment; }) {
      return Rule::steps_along_moment;
    } else {
      return false;
    }
  }
  /// Index of the first moment that holds squares.
  [[nodiscard]] static constexpr std::size_t first_square() noexcept {
    if constexpr (requires { Rule::first_square; }) {
      return Rule::first_square;
    } else {
      return Rule::moments;
    }
  }
  [[nodiscard]] static constexpr bool row_by_row() noexcept {
    if constexpr (requires { Rule::row_by_row; }) {
      return Rule::row_by_row;
    } else {
      return false;
    }
  }

  /// Throws NumericalError unless all numbers that a step writes stay in the range of R. Runs before anything is
  /// written.
  ///
  /// Let F = largest_input<R> (2^44 in float, whose range ends at 2^128), and A and B the matrices before and after the
  /// rule, such as H^-1 and none, or C^-1 and C^-T. The check is |A| |B| max |gradient| <= F, in norms that bound the
  /// largest number of a product. So a rule never receives more than F, and
  ///
  /// - a velocity is at most F / (1 - momentum), 2^24 F for the largest momentum below 1 in float; where that rounds
  ///   to 1, it grows by F a step. Adam's moments are at most F and F^2 = 2^88. Its direction, a mean of its inputs
  ///   over at least 1e-19, is at most 2^64 F = 2^108;
  /// - B times it, and a decay of parameters that is checked likewise, stay within these bounds, and a rate of at most
  ///   1e5 makes it 2^125. Under a budget or a clip the direction is scaled to a movement of at most 1e5, or shrunk.
  ///
  /// Squares of a velocity are summed in R: up to a momentum of 0.9999 they fit, too. In double there is more room.
  template <class T>
  void require_in_range(double largest, detail::MatrixEntries<R> const& before,
                        detail::MatrixEntries<R> const& after) const {
    double const stretch = std::max(before.norm(), 1.0) * std::max(after.norm(), 1.0);
    if (!(largest * stretch <= largest_input<R>)) [[unlikely]] {
      fail<NumericalError>("flow: expected a gradient of at most ", largest_input<R> / stretch,
                           " under this metric, to keep steps in the range of numbers, got ", largest,
                           "; standardise inputs and targets, or lower the rate");
    }
    if (shrink() > 0) {
      double const size = largest_of<T>(model_->parameters());
      if (!(shrink() * size <= largest_input<R>)) [[unlikely]] {
        fail<NumericalError>("flow: expected parameters of at most ", largest_input<R> / shrink(),
                             " under this decay, got ", size, "; lower the decay");
      }
    }
  }

  /// parameters -= factor direction. Returns the movement.
  template <class T>
  double move(double unit, Parameters<R> const& direction) {
    double const factor = unit < shortest ? 0 : detail::factor_at(options_, unit);
    if (!(factor * unit > 0)) {
      return 0;
    }
    kernel::add_scaled<T, R>(static_cast<R>(-factor), static_cast<Index>(direction.numbers().size()), direction.data(),
                             model_->parameters().data());
    return factor * unit;
  }

  /// Takes a step in one pass over gradient, moments and parameters, or in two if the length of the step depends on its
  /// direction. Writes nothing before all numbers are known to be in range.
  template <class T>
  double go(Parameters<R> const& given, double largest) {
    if (!is_finite(largest)) [[unlikely]] {
      fail<NumericalError>("flow: expected a finite gradient, got a NaN or an infinity");
    }
    if (options_.movement && largest == 0) {
      return 0;  // no direction: a budget is spent on this gradient, not on the remains of earlier ones
    }
    bool const frozen = anything_is_frozen();
    if (frozen && &given != &gradient_) {
      gradient_ = given;
      model_->zero_frozen(gradient_);
    }
    Parameters<R> const& gradient = frozen ? gradient_ : given;
    Index const next = state_.steps + 1;
    auto const& before = preconditioner_entries();
    bool const whitened = Rule::input == RuleInput::whitened && options_.geometry == Geometry::movement;
    auto const& after = whitened ? metric_.unwhiten_entries() : none_;
    require_in_range<T>(largest, before, after);
    double const decay = shrink();

    // Frozen parameters must not shrink, so with any of them the decay is added after the pass.
    bool const shrinks_apart = frozen && decay > 0;
    bool const at_once = options_.rate && !options_.clip && !shrinks_apart;
    bool const keep_direction = !at_once && !(steps_along_moment() && decay == 0);
    if (keep_direction && !direction_.same_sizes(gradient_)) {
      direction_ = gradient_.zeros_like();
    }
    if (frozen) {  // frozen layers keep no moments
      for (auto& block : state_.moments) {
        model_->zero_frozen(block);
      }
    }
    kernel::DescentTerms<R> terms{.before = before.rows(),
                                  .after = after.rows(),
                                  .root = metric_.root_entries().rows(),
                                  .decay = shrinks_apart ? R{0} : static_cast<R>(decay),
                                  .factor = at_once ? static_cast<R>(*options_.rate) : R{0},
                                  .row_by_row = row_by_row()};
    auto const rule = rule_.template at<T, R>(next);
    auto const pass = [&](Index rows, Index stride, Index first) {
      std::array<R*, Rule::moments> moments{};
      for (std::size_t i = 0; i < Rule::moments; ++i) {
        moments[i] = state_.moments[i].data() + first;
      }
      return kernel::descend<T, R>(
          {rows, stride, stride, gradient.data() + first, moments, model_->parameters().data() + first,
           keep_direction ? direction_.data() + first : nullptr},
          terms, rule);
    };
    Index const in_rows = gradient.rows() * gradient.stride();
    double squares = pass(gradient.rows(), gradient.stride(), 0);
    if (!gradient.shared().empty()) {
      auto one = identity_.rows();
      one.rows = 1;
      terms.before = terms.root = one;
      terms.after = {};
      squares += pass(1, static_cast<Index>(gradient.numbers().size()) - in_rows, in_rows);
    }
    state_.steps = next;
    double const unit = std::sqrt(squares);
    if (at_once) {
      return unit < shortest ? 0 : *options_.rate * unit;
    }
    if (!keep_direction) {
      return move<T>(unit, state_.moments[0]);
    }
    if (!shrinks_apart) {
      return move<T>(unit, direction_);
    }
    kernel::add_scaled<T, R>(static_cast<R>(decay), static_cast<Index>(direction_.numbers().size()),
                             model_->parameters().data(), direction_.data());
    model_->zero_frozen(direction_);
    return move<T>(metric_.template movement<T>(*model_, direction_), direction_);
  }

  /// The matrix between the gradient and the rule's input.
  detail::MatrixEntries<R> const& preconditioner_entries() const noexcept {
    if (options_.geometry == Geometry::euclidean) {
      return identity_;
    }
    return Rule::input == RuleInput::preconditioned ? metric_.preconditioner_entries() : metric_.whiten_entries();
  }

  Model* model_;
  Functional functional_;
  MovementMetric<Model> metric_;
  RuleOptions options_;
  Rule rule_;
  Prior<Model> prior_;
  Parameters<R> gradient_;
  detail::MatrixEntries<R> identity_;
  detail::MatrixEntries<R> none_;
  FlowState<R> state_;
  Parameters<R> direction_;  // if a second pass needs it
  Workspace<R> work_;
  std::map<Index, Contexts<typename Model::Topology>> without_contexts_;
};

/// Deduction without a loss, for the compile-time message.
template <class Model>
GradientFlow(Model const&, FlowOptions const&) -> GradientFlow<Model, detail::NoLoss>;

/// Specialisation for wrong arguments: a compile-time message says why.
template <class Model, class L, class Rule>
requires(!detail::MakesFlow<Model, L, Rule>) class GradientFlow<Model, L, Rule> {
  static_assert(detail::explain_flow<Model, L, Rule>());

 public:
  /// Takes any arguments, so that only the message above appears.
  template <class... A>
  explicit GradientFlow(A&&...) {}
  /// Declared for deduction alone; the message above says what is wrong.
  GradientFlow(Model const&, FlowOptions const&) {}
  /// Declared for deduction alone; the message above says what is wrong.
  GradientFlow(Model const&, L const&, FlowOptions const&) {}
  /// Declared for deduction alone; the message above says what is wrong.
  GradientFlow(Model const&, L const&, Rule const&, RuleOptions const&) {}
  /// Declared only, likewise.
  template <class T = HostTarget, class... A>
  Step step(A&&...);
};

}  // namespace wmanifold
