#pragma once

#include <wmanifold/flow/movement.hpp>
#include <wmanifold/flow/rule.hpp>
#include <wmanifold/flow/written_metric.hpp>
#include <wmanifold/functional/loss_functional.hpp>
#include <wmanifold/functional/prior.hpp>
#include <wmanifold/functional/written_prior.hpp>
#include <wmanifold/layer/explain.hpp>

#include <map>
#include <optional>

namespace wmanifold {

/// What makes one step shorter than another.
enum class Geometry {
  movement,   ///< the movement of the manifold: steps along G^-1 grad (equation 5), the same in every basis
  euclidean,  ///< the numbers of the parameters: plain gradient descent, for comparison
};

/// Stands where a rule has its own momentum, if any.
struct NoMomentum {
  constexpr NoMomentum() = default;
  template <std::convertible_to<double> Number>
  NoMomentum(Number const&) {
    static_assert(detail::never<Number>,
                  "wmanifold: expected no .momentum in the options beside a rule, which has its own: HeavyBall{0.9}, "
                  "Nesterov{0.9}, Adam{.beta1 = 0.9}");
  }
};

/// How a flow steps. One of `rate` and `movement` is given; a step under a rate or a budget of 0 moves nothing, and the
/// rule's moments still take the gradient in.
///
/// Normalise the inputs first: to mean 0 and deviation 1 per column (Standardisation), targets of squared errors, too;
/// no rate makes up for columns of other sizes.
template <class Momentum>
struct BasicFlowOptions {
  /// dP = -rate v. To begin with: 1e-2 to 1e-1 for the heavy ball with a momentum of 0.9, 1e-3 to 1e-2 for Adam.
  std::optional<double> rate = std::nullopt;
  std::optional<double> movement = std::nullopt;  ///< dP along -v, the manifold moves by just this much (equation 6)
  Momentum momentum = {};                         ///< of the heavy ball
  Geometry geometry = Geometry::movement;
  /// Of the price of a step (equation 9): 0 its movement alone, the flow of equation 7; none: what the model's metric
  /// holds for safe, default_stiffness or 0.
  std::optional<double> stiffness = std::nullopt;
  std::optional<double> clip = std::nullopt;  ///< no step moves the manifold by more than this
  double weight_decay = 0;                    ///< of E_s ||M(s)||^2 / 2 in the objective (equation 10)
  double energy = 0;                          ///< of E_s ||dM/ds||^2 / 2 in the objective (equation 11)
};

/// Of the heavy ball, the rule of a flow that is given no other.
using FlowOptions = BasicFlowOptions<double>;
/// Beside a rule.
using RuleOptions = BasicFlowOptions<NoMomentum>;

/// What one step did.
struct Step {
  double loss = 0;      ///< of the batch, before the step, without priors
  double movement = 0;  ///< of the manifold; 0 under a rate of 0, or with no direction to go, and then nothing moved
};

/// What a flow remembers from step to step, to be saved and restored with the model: a flow that goes on from it goes
/// on as if it had not stopped, bit for bit.
template <Real R>
struct FlowState {
  Index steps = 0;
  std::vector<Parameters<R>> moments;  ///< as the rule says: a velocity, Adam's two

  friend bool operator==(FlowState const&, FlowState const&) = default;
};

/// Rules that a model's metric allows: where the metric changes along the way (a written manifold) there are no whitened
/// coordinates, and a rule must ask for the rise.
template <class Rule, class Model>
concept RuleOn = FlowRule<Rule> &&(Rule::feed == Feed::rise || !MovementMetric<Model>::may_change);

namespace detail {

/// A loss stands for its mean.
template <class L>
struct LossIn {
  using type = L;
};
template <class L, class Reduce>
struct LossIn<LossFunctional<L, Reduce>> {
  using type = L;
};
template <class L>
using LossOf = typename LossIn<L>::type;

template <class Model, class L, class Rule>
concept MakesFlow = WeightManifold<Model> && LossOn<LossOf<L>, Model> && RuleOn<Rule, Model>;

/// Stands where no loss was given.
struct NoLoss {};

/// Refuses types that make no flow, by a sentence that says why.
template <class Model, class L, class Rule>
constexpr bool explain_flow() {
  if constexpr (std::is_const_v<Model> && WeightManifold<std::remove_const_t<Model>>) {
    static_assert(never<Model>,
                  "wmanifold: expected a model that may change, got a const one: a flow trains the model where it lies; "
                  "drop the const, or train a copy");
  } else if constexpr (!WeightManifold<Model> && WeightManifold<L>) {
    static_assert(never<Model>,
                  "wmanifold: expected the model first, then its loss: GradientFlow{model, loss, {.rate = 0.05}}");
  } else if constexpr (!WeightManifold<Model> && requires(Model& model) { *model; }) {
    static_assert(never<Model>, "wmanifold: expected a model, got a pointer to one: GradientFlow{*model, ...}");
  } else if constexpr (!WeightManifold<Model> && requires(Model& model) { model.basis(), model.stack(); }) {
    static_assert(never<Model>,
                  "wmanifold: expected a model with a type, such as load_model<Manifold<basis, layers...>>(path), got an "
                  "AnyManifold, which is not for training");
  } else if constexpr (!WeightManifold<Model> && requires(Model& model) { model.stack(); }) {
    static_assert(never<Model>,
                  "wmanifold: expected a manifold of weights, got a network: one without contexts is trained as a "
                  "Manifold<Constant<>, layers...>; lift<Constant<>>(network) makes it of a network that is there");
  } else if constexpr (!WeightManifold<Model>) {
    static_assert(never<Model>,
                  "wmanifold: expected a manifold of weights first, such as a Manifold<Fourier<S1, 1>, Dense<2, 16>, "
                  "...>, then a loss and options");
  } else if constexpr (std::same_as<L, NoLoss>) {
    static_assert(never<L>,
                  "wmanifold: expected a loss between model and options: GradientFlow{model, MeanSquaredError{}, {.rate "
                  "= 0.05}}");
  } else if constexpr (FlowRule<L>) {
    static_assert(never<L>,
                  "wmanifold: expected a loss between model and rule: GradientFlow{model, MeanSquaredError{}, Adam{}, "
                  "{.rate = 1e-3}}");
  } else if constexpr (!LossOn<LossOf<L>, Model> && requires { typename LossOf<L>::template Targets<float>; }) {
    static_assert(never<L>,
                  "wmanifold: expected a loss for the topology of the model's contexts, got one of another: Pinball is "
                  "for quantile levels on the Interval, and a written loss may take the context as its first argument");
  } else if constexpr (!LossOn<LossOf<L>, Model>) {
    static_assert(never<L>,
                  "wmanifold: expected a loss behind the model (MeanSquaredError{}, CrossEntropy{}, ...) or a "
                  "LossFunctional: of a function or lambda, written_loss(f) makes one");
  } else if constexpr (!FlowRule<Rule>) {
    static_assert(never<Rule>,
                  "wmanifold: expected a rule between loss and options (HeavyBall, Nesterov, Adam, or a FlowRule of "
                  "your own)");
  } else if constexpr (!RuleOn<Rule, Model>) {
    static_assert(never<Rule>,
                  "wmanifold: expected a rule that needs no whitened coordinates (HeavyBall, Nesterov), as the metric of "
                  "this model changes along the way: a written manifold");
  }
  return true;
}

}  // namespace detail

/// The constrained gradient flow of a manifold, step by step: steepest descent of a loss functional under a constraint
/// on how much the manifold moves. Refers to the model, which must outlive it and stay where it is.
template <class Model, class L, class Rule = HeavyBall>
class GradientFlow {
 public:
  using R = typename Model::Scalar;
  using Functional = typename detail::FunctionalOf<L>::type;
  using Targets = typename Functional::template Targets<R>;
  /// Whether arguments of types A are a batch that `step` takes.
  template <class... A>
  static constexpr bool is_batch =
      detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<typename Model::Topology>, Targets>, A...> ||
      detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<typename Model::Topology>, Targets, std::span<double const>>,
                   A...> ||
      (Model::Topology::coordinates == 0 && detail::fits<std::tuple<ConstMatrixRef<R>, Targets>, A...>);

  /// `loss` is a loss, whose mean is descended, or a LossFunctional. Throws ArgumentError, which says what is wrong
  /// with the options.
  GradientFlow(Model& model, L loss, FlowOptions const& options) requires(std::same_as<Rule, HeavyBall>)
      : GradientFlow(model, std::move(loss), HeavyBall{options.momentum},
                     {options.rate,
                      options.movement,
                      {},
                      options.geometry,
                      options.stiffness,
                      options.clip,
                      options.weight_decay,
                      options.energy}) {}
  /// The same under another rule.
  GradientFlow(Model& model, L loss, Rule rule, RuleOptions const& options)
      : model_((require_parameters(model.parameters()), &model)),
        functional_(std::move(loss)),
        metric_(model, options.stiffness.value_or(MovementMetric<Model>::default_stiffness)),
        options_(checked(options)),
        rule_(std::move(rule)),
        prior_(model, options.weight_decay, options.energy),
        gradient_(model.parameters().zeros_like()),
        identity_(SmallMatrix::Identity(gradient_.rows(), gradient_.rows())) {
    rule_.check();
    state_.moments.assign(Rule::moments, gradient_);
  }

  /// Arguments that make no flow: a sentence says why.
  GradientFlow(Model&& model, L loss, FlowOptions const& options) : GradientFlow(model, std::move(loss), options) {
    refuse_temporary();
  }
  GradientFlow(Model&& model, L loss, Rule rule, RuleOptions const& options)
      : GradientFlow(model, std::move(loss), std::move(rule), options) {
    refuse_temporary();
  }
  template <class Third>
  requires(!std::convertible_to<Third, FlowOptions>) GradientFlow(Model& model, L loss, Third&&)
      : GradientFlow(model, std::move(loss), Rule{}, {}) {
    static_assert(!FlowRule<std::remove_cvref_t<Third>>,
                  "wmanifold: expected options behind the rule, GradientFlow{model, loss, Adam{}, {.rate = 1e-3}}");
    static_assert(FlowRule<std::remove_cvref_t<Third>>,
                  "wmanifold: expected FlowOptions behind the loss, GradientFlow{model, loss, {.rate = 0.05}}, or a rule "
                  "and RuleOptions");
  }
  template <class Third, class Fourth>
  requires(!std::convertible_to<Fourth, RuleOptions>) GradientFlow(Model& model, L loss, Third&&, Fourth&&)
      : GradientFlow(model, std::move(loss), Rule{}, {}) {
    refuse_options<Fourth>();
  }
  template <class Last>
  requires FlowRule<std::remove_cvref_t<Last>> GradientFlow(Model& model, L loss, FlowOptions const&, Last&&)
      : GradientFlow(model, std::move(loss), Rule{}, {}) {
    refuse_options<Last>();
  }
  GradientFlow(Model& model, L loss) : GradientFlow(model, std::move(loss), Rule{}, {}) {
    static_assert(detail::never<Model>,
                  "wmanifold: expected options behind the loss, with a rate or a movement budget: GradientFlow{model, "
                  "loss, {.rate = 0.05}}");
  }

  /// A flow trains the model at the address that it was made with, and so is neither copied nor moved. Of a struct that
  /// has a model and its flow as members: make it where it stays, or hold it by std::unique_ptr.
  GradientFlow(GradientFlow const&) = delete;
  GradientFlow& operator=(GradientFlow const&) = delete;

  /// One step on a batch; `weights` are one per sample, or none. Throws ArgumentError or NumericalError as the loss
  /// functional does, and NumericalError where the step could leave the range of numbers; then neither the model nor
  /// the flow has changed.
  template <class T = HostTarget>
  Step step(ConstMatrixRef<R> const& inputs, Contexts<typename Model::Topology> const& contexts, Targets const& targets,
            std::span<double const> weights = {}) {
    auto const loss =
        functional_.template gradient<T>(*model_, inputs, contexts, targets, work_, gradient_, {.weights = weights});
    if (options_.weight_decay == 0 && options_.energy == 0) {
      return {loss.value, go<T>(gradient_, loss.largest)};
    }
    prior_.add_gradient(*model_, gradient_);
    return {loss.value, go<T>(gradient_, largest_of<T>(gradient_))};
  }

  /// One step on a batch of a manifold without contexts.
  template <class T = HostTarget>
  Step step(ConstMatrixRef<R> const& inputs, Targets const& targets) requires(Model::Topology::coordinates == 0) {
    auto known = without_contexts_.find(inputs.rows());
    if (known == without_contexts_.end()) {
      std::vector points(static_cast<std::size_t>(inputs.rows()), Model::Topology::point());
      known = without_contexts_.emplace(inputs.rows(), std::move(points)).first;
    }
    return step<T>(inputs, known->second, targets);
  }

  /// Arguments that make no batch: a sentence says why.
  template <class T = HostTarget, class... A>
  requires(!is_batch<A...>) Step step(A&&...) {
    detail::explain_batch<R, typename Model::Topology, Targets, A...>();
    return {};
  }

  /// One step along a gradient (of the model's sizes; that of frozen layers counts as zero) from elsewhere; returns the
  /// movement.
  template <class T = HostTarget>
  double descend(Parameters<R> const& gradient) {
    require_parameters(model_->parameters());
    require_sizes_of(model_->parameters(), "gradient", gradient);
    return go<T>(gradient, largest_of<T>(gradient));
  }

  /// From now on steps under this rate, or under this movement budget. 0, the end of many schedules, moves nothing;
  /// ArgumentError where it is negative or not finite.
  void set_rate(double rate) { set(rate, std::nullopt); }
  void set_movement(double budget) { set(std::nullopt, budget); }

  [[nodiscard]] RuleOptions const& options() const noexcept { return options_; }
  [[nodiscard]] Rule const& rule() const noexcept { return rule_; }
  [[nodiscard]] MovementMetric<Model> const& metric() const noexcept { return metric_; }
  /// The gradient that the last step saw, priors included.
  [[nodiscard]] Parameters<R> const& gradient() const noexcept { return gradient_; }

  /// What its passes use: `plan` says how the last batch was mixed, `mixing` decides it for those to come.
  [[nodiscard]] Workspace<R>& workspace() noexcept { return work_; }

  [[nodiscard]] FlowState<R> const& state() const noexcept { return state_; }
  /// Goes on from a state of a flow with the same model and rule; ArgumentError where it is of another.
  void restore(FlowState<R> state) {
    bool fits = state.steps >= 0 && state.moments.size() == state_.moments.size();
    for (auto const& block : state.moments) {
      fits = fits && block.same_sizes(model_->parameters());
    }
    if (!fits) [[unlikely]] {
      fail("flow: expected a state with ", state_.moments.size(),
           " blocks of the model's sizes, got one of another flow");
    }
    for (std::size_t i = 0; i < Rule::moments; ++i) {
      largest_[i] = largest_of<HostTarget>(state.moments[i]);
    }
    state_ = std::move(state);
  }

 private:
  /// No number of a step may exceed this: far enough from the end of the range that rounding, and what a rule computes
  /// on its way, stay within it.
  static constexpr double limit = double{std::numeric_limits<R>::max()} / 8;

  static constexpr void refuse_temporary() {
    static_assert(detail::never<Model>,
                  "wmanifold: expected a model that outlives its flow, got a temporary one: give it a name, Model "
                  "model{...}; GradientFlow flow{model, ...}");
  }
  template <class Options>
  static constexpr void refuse_options() {
    static_assert(!FlowRule<std::remove_cvref_t<Options>>,
                  "wmanifold: expected the rule before its options, GradientFlow{model, loss, Adam{}, {.rate = 1e-3}}");
    static_assert(FlowRule<std::remove_cvref_t<Options>>,
                  "wmanifold: expected RuleOptions behind the rule, GradientFlow{model, loss, Adam{}, {.rate = 1e-3}}: a "
                  "rule has its own momentum, so that FlowOptions do not fit");
  }

  static RuleOptions checked(RuleOptions const& options) {
    if (options.rate.has_value() == options.movement.has_value()) [[unlikely]] {
      fail("flow: expected either a rate or a movement budget, got ", options.rate ? "both" : "neither");
    }
    double const length = options.rate ? *options.rate : *options.movement;
    if (!(is_finite(length) && length >= 0)) [[unlikely]] {
      fail("flow: expected a ", options.rate ? "rate" : "movement budget", " of at least 0, got ", length);
    }
    if (options.clip && (is_nan(*options.clip) || !(*options.clip > 0))) [[unlikely]] {
      fail("flow: expected a positive movement to clip at, got ", *options.clip);
    }
    return options;
  }

  void set(std::optional<double> rate, std::optional<double> movement) {
    RuleOptions options = options_;
    options.rate = rate;
    options.movement = movement;
    options_ = checked(options);
  }

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
  [[nodiscard]] static constexpr bool row_by_row() noexcept {
    if constexpr (requires { Rule::row_by_row; }) {
      return Rule::row_by_row;
    } else {
      return false;
    }
  }

  /// NumericalError, unless moments and steps stay in range where neither a number of the direction nor its movement
  /// exceeds `most`, and none of a step that moves by 1 `longest`.
  void require_in_range(double fed, Reach<Rule::moments> const& reach, double most, double longest) const {
    double step = options_.rate ? *options_.rate * std::max(most, 1.0) : *options_.movement * longest;
    if (options_.clip) {
      step = std::min(step, *options_.clip * longest);
    }
    bool fits = fed <= limit && most <= limit && step <= limit;
    for (double const moment : reach.of_moments) {
      fits = fits && moment <= limit;
    }
    if (!fits) [[unlikely]] {
      fail<NumericalError>("flow: expected a finite direction, got one that may leave the range of numbers: up to ",
                           most, ", and steps up to ", step);
    }
  }

  /// What the direction is multiplied by, from the movement that it makes; 0 where that is no number.
  [[nodiscard]] double factor_at(double unit) const noexcept {
    double factor = options_.rate ? *options_.rate : unit > 0 ? *options_.movement / unit : 0;
    if (options_.clip && unit > 0) {
      factor = std::min(factor, *options_.clip / unit);
    }
    return factor <= limit ? factor : 0;
  }

  /// parameters -= factor direction; returns the movement.
  template <class T>
  double move(double unit, Parameters<R> const& direction) {
    double const factor = factor_at(unit);
    if (factor * unit > 0) {
      kernel::add_scaled<T, R>(static_cast<R>(-factor), static_cast<Index>(direction.numbers().size()),
                               direction.data(), model_->parameters().data());
    }
    return factor * unit;
  }

  template <class T>
  double go(Parameters<R> const& gradient, double largest) {
    if (!is_finite(largest)) [[unlikely]] {
      fail<NumericalError>("flow: expected a finite gradient, got one that is not");
    }
    if (options_.movement && largest == 0) {
      return 0;  // nowhere to go: a budget is spent on the gradient, not on what is left of earlier ones
    }
    if constexpr (!MovementMetric<Model>::may_change) {
      return go_with_fixed_metric<T>(gradient, largest);
    } else {
      return go_with_changing_metric<T>(gradient);
    }
  }

  /// Everything in one pass over gradient, moments and parameters; where the length of the step depends on its
  /// direction, in two. Nothing is written before it is known that all numbers will be in range.
  template <class T>
  double go_with_fixed_metric(Parameters<R> const& given, double largest) {
    bool const frozen = anything_is_frozen();
    if (frozen && &given != &gradient_) {
      gradient_ = given;
      model_->rest(gradient_);
    }
    Parameters<R> const& gradient = frozen ? gradient_ : given;
    Index const next = state_.steps + 1;
    auto const& rise = rise_entries();
    bool const whitened = Rule::feed == Feed::whitened && options_.geometry == Geometry::movement;
    auto const& fall = whitened ? metric_.unwhiten_entries() : none_;
    double const fed = std::max(rise.norm(), 1.0) * largest;
    auto const reach = rule_.reach(fed, largest_, next);
    double const decay = shrink();
    double most = std::max(fall.norm(), 1.0) * reach.of_direction;
    if (decay > 0) {
      most += decay * largest_of<T>(model_->parameters());
    }
    most *= std::max(metric_.root_entries().norm(), 1.0);
    require_in_range(fed, reach, most * std::sqrt(static_cast<double>(gradient.numbers().size())), metric_.longest());

    // What is frozen does not shrink either: that is seen to afterwards.
    bool const shrinks_apart = frozen && decay > 0;
    bool const at_once = options_.rate && !options_.clip && !shrinks_apart;
    bool const keep_direction = !at_once && !(steps_along_moment() && decay == 0);
    if (keep_direction && !direction_.same_sizes(gradient_)) {
      direction_ = gradient_.zeros_like();
    }
    if (frozen) {  // what must not move does not remember either
      for (auto& block : state_.moments) {
        model_->rest(block);
      }
    }
    // Squares of the largest numbers lie 28 binary orders below the end of the range, so that a tile's sum fits.
    int const exponent = most > 0 ? std::numeric_limits<R>::max_exponent / 2 - 14 - std::ilogb(most) : 0;
    constexpr int end = std::numeric_limits<R>::max_exponent - 2;
    double const scale = std::ldexp(1.0, std::clamp(exponent, -end, end));
    kernel::DescentTerms<R> terms{.rise = rise.rows(),
                                  .fall = fall.rows(),
                                  .root = metric_.root_entries().rows(),
                                  .decay = shrinks_apart ? R{0} : static_cast<R>(decay),
                                  .factor = at_once ? static_cast<R>(*options_.rate) : R{0},
                                  .scale = static_cast<R>(scale),
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
      terms.rise = terms.root = one;
      terms.fall = {};
      squares += pass(1, static_cast<Index>(gradient.numbers().size()) - in_rows, in_rows);
    }
    state_.steps = next;
    largest_ = reach.of_moments;
    double const unit = std::sqrt(squares) / scale;
    if (at_once) {
      return *options_.rate * unit;
    }
    if (!keep_direction) {
      return move<T>(unit, state_.moments[0]);
    }
    if (!shrinks_apart) {
      return move<T>(unit, direction_);
    }
    kernel::add_scaled<T, R>(static_cast<R>(decay), static_cast<Index>(direction_.numbers().size()),
                             model_->parameters().data(), direction_.data());
    model_->rest(direction_);
    return move<T>(metric_.template movement<T>(*model_, direction_), direction_);
  }

  /// From the gradient to what the rule is given.
  detail::MatrixEntries<R> const& rise_entries() const noexcept {
    if (options_.geometry == Geometry::euclidean) {
      return identity_;
    }
    return Rule::feed == Feed::rise ? metric_.rise_entries() : metric_.whiten_entries();
  }

  /// The same where only the metric itself knows the rise, and how far it goes: with new moments beside the old ones,
  /// which they replace once all is known to be in range.
  template <class T>
  double go_with_changing_metric(Parameters<R> const& gradient) {
    if (!direction_.same_sizes(gradient)) {
      direction_ = gradient.zeros_like();
    }
    if (options_.geometry == Geometry::movement) {
      metric_.template rise<T>(*model_, gradient, direction_);
    } else {
      direction_ = gradient;
    }
    model_->rest(direction_);
    next_ = state_.moments;
    for (auto& block : next_) {
      model_->rest(block);  // what must not move does not remember either
    }
    Index const next = state_.steps + 1;
    double const fed = largest_of<T>(direction_);
    auto const reach = rule_.reach(fed, largest_, next);
    require_in_range(fed, reach, reach.of_direction, 0);
    auto const rule = rule_.template at<T, R>(next);
    auto const pass = [&](Index rows, Index stride, Index first) {
      std::array<R*, Rule::moments> moments{};
      for (std::size_t i = 0; i < Rule::moments; ++i) {
        moments[i] = next_[i].data() + first;
      }
      rule(kernel::Tile<R>{rows, stride, direction_.data() + first, stride, moments, stride});
    };
    Index const in_rows = gradient.rows() * gradient.stride();
    pass(gradient.rows(), gradient.stride(), 0);
    pass(1, static_cast<Index>(gradient.numbers().size()) - in_rows, in_rows);
    double const unit = metric_.template movement<T>(*model_, direction_);
    if (!is_finite(unit) || !(factor_at(unit) * std::max(unit, reach.of_direction) <= limit)) [[unlikely]] {
      fail<NumericalError>("flow: expected a finite direction, got one that is not");
    }
    std::swap(state_.moments, next_);
    state_.steps = next;
    largest_ = reach.of_moments;
    return move<T>(unit, direction_);
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
  std::array<double, Rule::moments> largest_{};  // no number of a moment exceeds it
  Parameters<R> direction_;                      // where it has to be kept
  std::vector<Parameters<R>> next_;              // likewise moments
  Workspace<R> work_;
  std::map<Index, Contexts<typename Model::Topology>> without_contexts_;
};

template <class Model>
GradientFlow(Model const&, FlowOptions const&) -> GradientFlow<Model, detail::NoLoss>;

/// What makes no flow: a sentence says why.
template <class Model, class L, class Rule>
requires(!detail::MakesFlow<Model, L, Rule>) class GradientFlow<Model, L, Rule> {
  static_assert(detail::explain_flow<Model, L, Rule>());

 public:
  template <class... A>
  explicit GradientFlow(A&&...) {}
  GradientFlow(Model const&, FlowOptions const&) {}
  GradientFlow(Model const&, L const&, FlowOptions const&) {}
  GradientFlow(Model const&, L const&, Rule const&, RuleOptions const&) {}
  template <class T = HostTarget, class... A>
  Step step(A&&...);
};

}  // namespace wmanifold
