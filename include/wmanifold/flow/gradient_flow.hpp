#pragma once

#include <wmanifold/flow/explain_flow.hpp>
#include <wmanifold/flow/movement.hpp>
#include <wmanifold/functional/prior.hpp>

#include <algorithm>
#include <map>

namespace wmanifold {

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
      : GradientFlow(model, std::move(loss), HeavyBall{options.momentum}, detail::beside_rule(options)) {}
  /// The same under another rule.
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

  /// Arguments that make no flow: a sentence says why.
  template <class... Rest>
  requires(detail::no_flow_arguments<Rest...>) GradientFlow(Model& model, L loss, Rest&&...)
      : GradientFlow(model, std::move(loss), Rule{}, {}) {
    detail::explain_flow_arguments<Model, Rest...>();
  }
  template <class Last>
  requires FlowRule<std::remove_cvref_t<Last>> GradientFlow(Model& model, L loss, FlowOptions const&, Last&&)
      : GradientFlow(model, std::move(loss), Rule{}, {}) {
    detail::explain_flow_arguments<Model, FlowOptions, Last>();
  }
  GradientFlow(Model&& model, L loss, FlowOptions const& options) : GradientFlow(model, std::move(loss), options) {
    detail::explain_temporary<Model>();
  }
  GradientFlow(Model&& model, L loss, Rule rule, RuleOptions const& options)
      : GradientFlow(model, std::move(loss), std::move(rule), options) {
    detail::explain_temporary<Model>();
  }

  /// A flow trains the model at the address that it was made with, and so is neither copied nor moved. Of a struct that
  /// has a model and its flow as members: make it where it stays, or hold it by std::unique_ptr.
  GradientFlow(GradientFlow const&) = delete;
  GradientFlow& operator=(GradientFlow const&) = delete;

  /// One step on a batch; `weights` are one per sample, or none. Throws ArgumentError or NumericalError as the loss
  /// functional does, and NumericalError for a gradient so large that the step could leave the range of numbers
  /// (largest_input); then neither the model nor the flow has changed.
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
  void set_rate(double rate) { options_ = detail::with_length(options_, rate, std::nullopt); }
  void set_movement(double budget) { options_ = detail::with_length(options_, std::nullopt, budget); }

  [[nodiscard]] RuleOptions const& options() const noexcept { return options_; }
  [[nodiscard]] Rule const& rule() const noexcept { return rule_; }
  [[nodiscard]] MovementMetric<Model> const& metric() const noexcept { return metric_; }
  /// The gradient that the last step saw, priors included.
  [[nodiscard]] Parameters<R> const& gradient() const noexcept { return gradient_; }

  /// The workspace of its passes: `plan()` says how the last batch was mixed, `mixing` decides it for those to come.
  [[nodiscard]] Workspace<R>& workspace() noexcept { return work_; }

  [[nodiscard]] FlowState<R> const& state() const noexcept { return state_; }
  /// Goes on from a state of a flow with the same model and rule; ArgumentError where it is of another.
  void restore(FlowState<R> state) {
    detail::require_state_of(model_->parameters(), Rule::moments, state);
    for (std::size_t i = 0; i < state.moments.size(); ++i) {
      auto const numbers = state.moments[i].numbers();
      bool const are_squares = i >= first_square();
      double const most = largest_input<R> * (are_squares ? largest_input<R> : 0x1p24);
      bool const is_left = largest_of<HostTarget>(state.moments[i]) <= most &&
                           !(are_squares && std::any_of(numbers.begin(), numbers.end(), [](R x) { return x < 0; }));
      if (!is_left) [[unlikely]] {
        fail("flow: expected moments that a flow left, got some that are not finite, too large, or squares below 0");
      }
    }
    state_ = std::move(state);
  }

 private:
  /// A movement below this, whose square is near the least number of R, is none.
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
  /// From which moment on they are squares.
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

  /// NumericalError, unless nothing that a step writes can leave the range of R; asked before anything is written.
  ///
  /// Let F = largest_input<R> (2^44 in float, whose range ends at 2^128), and A and B the matrices in front of the rule
  /// and behind it, such as H^-1 and none, or C^-1 and C^-T. What is checked is |A| |B| max |gradient| <= F, in norms
  /// that bound the largest number of a product. So no rule is ever given more than F, and
  ///
  /// - a velocity is at most F / (1 - momentum), 2^24 F for the largest momentum below 1 in float, and grows by F a
  ///   step where that rounds to 1; Adam's moments are at most F and F^2 = 2^88, and its direction, a mean of what it
  ///   was given over at least 1e-19, 2^64 F = 2^108;
  /// - B times it, and a decay of parameters that is checked likewise, leave it there, and a rate of at most 1e5 makes
  ///   it 2^125. Under a budget or a clip the direction is scaled to a movement of at most 1e5, or shrunk.
  ///
  /// Squares of a velocity are summed in R: up to a momentum of 0.9999 they fit, too. In double there is more room.
  template <class T>
  void require_in_range(double largest, detail::MatrixEntries<R> const& before,
                        detail::MatrixEntries<R> const& after) const {
    double const stretch = std::max(before.norm(), 1.0) * std::max(after.norm(), 1.0);
    if (!(largest * stretch <= largest_input<R>)) [[unlikely]] {
      fail<NumericalError>("flow: expected a gradient of at most ", largest_input<R> / stretch,
                           " under this metric, from which no step leaves the range of numbers, got one of ", largest,
                           ": standardise inputs and targets, or lower the rate");
    }
    if (shrink() > 0) {
      double const size = largest_of<T>(model_->parameters());
      if (!(shrink() * size <= largest_input<R>)) [[unlikely]] {
        fail<NumericalError>("flow: expected parameters of at most ", largest_input<R> / shrink(),
                             " under this decay, got some of ", size);
      }
    }
  }

  /// parameters -= factor direction; returns the movement.
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

  /// Everything in one pass over gradient, moments and parameters; where the length of the step depends on its
  /// direction, in two. Nothing is written before it is known that all numbers will be in range.
  template <class T>
  double go(Parameters<R> const& given, double largest) {
    if (!is_finite(largest)) [[unlikely]] {
      fail<NumericalError>("flow: expected a finite gradient, got one that is not");
    }
    if (options_.movement && largest == 0) {
      return 0;  // nowhere to go: a budget is spent on the gradient, not on what is left of earlier ones
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

    // What is frozen does not shrink either: that is seen to afterwards.
    bool const shrinks_apart = frozen && decay > 0;
    bool const at_once = options_.rate && !options_.clip && !shrinks_apart;
    bool const keep_direction = !at_once && !(steps_along_moment() && decay == 0);
    if (keep_direction && !direction_.same_sizes(gradient_)) {
      direction_ = gradient_.zeros_like();
    }
    if (frozen) {  // what must not move does not remember either
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

  /// From the gradient to what the rule is given.
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
  Parameters<R> direction_;  // where it has to be kept
  Workspace<R> work_;
  std::map<Index, Contexts<typename Model::Topology>> without_contexts_;
};

template <class Model>
GradientFlow(Model const&, FlowOptions const&) -> GradientFlow<Model, detail::NoLoss>;

/// Arguments that make no flow: a sentence says why.
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
