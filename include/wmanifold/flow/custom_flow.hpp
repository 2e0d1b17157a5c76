#pragma once

#include <wmanifold/flow/custom_metric.hpp>
#include <wmanifold/flow/explain_flow.hpp>
#include <wmanifold/functional/custom_prior.hpp>

namespace wmanifold {

/// The flow of a custom manifold, whose metric E_s J^T J (equation 14) changes with every step. It steps along the
/// preconditioned gradient, by the heavy ball or Nesterov. Options are those of a GradientFlow, except stiffness and
/// energy, which custom manifolds do not have. Refers to the model, which must outlive it and stay at its address.
template <class Model, class L, class Rule = HeavyBall>
class CustomFlow {
 public:
  using R = typename Model::Scalar;                           ///< type of the numbers
  using Functional = typename detail::FunctionalOf<L>::type;  ///< type of the loss functional
  using Targets = typename Functional::template Targets<R>;   ///< targets of a batch
  /// Whether arguments of types A are a batch that `step` takes.
  template <class... A>
  static constexpr bool is_batch =
      detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<typename Model::Topology>, Targets>, A...> ||
      detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<typename Model::Topology>, Targets, std::span<double const>>,
                   A...>;

  /// A flow by the heavy ball. `loss` is a loss, reduced by its mean, or a LossFunctional. Throws ArgumentError for
  /// invalid options.
  CustomFlow(Model& model, L loss, FlowOptions const& options) requires(std::same_as<Rule, HeavyBall>)
      : CustomFlow(model, std::move(loss), HeavyBall{options.momentum}, detail::beside_rule(options)) {}
  /// A flow by another rule, with the same errors.
  CustomFlow(Model& model, L loss, Rule rule, RuleOptions const& options)
      : model_((require_parameters(model.parameters()), &model)),
        functional_(std::move(loss)),
        metric_(model, options.stiffness.value_or(0)),
        options_(detail::checked(options)),
        rule_(std::move(rule)),
        prior_(model, options.weight_decay, options.energy),
        gradient_(model.parameters().zeros_like()),
        direction_(gradient_) {
    rule_.check();
    state_.moments = std::vector(Rule::moments, gradient_);
  }

  /// Overload for a temporary model: a compile-time message says why.
  CustomFlow(Model&& model, L loss, FlowOptions const& options) : CustomFlow(model, std::move(loss), options) {
    detail::explain_temporary<Model>();
  }

  /// Neither copied nor moved: it trains the model at the address given to the constructor.
  CustomFlow(CustomFlow const&) = delete;
  CustomFlow& operator=(CustomFlow const&) = delete;

  /// Takes one step on a batch; `weights` are one per sample, or none. Throws ArgumentError or NumericalError as the
  /// loss functional does, and NumericalError if the step leaves the finite numbers. Then neither the model nor the
  /// flow has changed.
  template <class T = HostTarget>
  Step step(ConstMatrixRef<R> const& inputs, Contexts<typename Model::Topology> const& contexts, Targets const& targets,
            std::span<double const> weights = {}) {
    double const loss =
        functional_.template gradient<T>(*model_, inputs, contexts, targets, work_, gradient_, {}, weights).value;
    prior_.add_gradient(*model_, gradient_);
    return {loss, take<T>(gradient_)};
  }

  /// Overload for wrong arguments: a compile-time message says why.
  template <class T = HostTarget, class... A>
  requires(!is_batch<A...>) Step step(A&&...) {
    detail::explain_batch<R, typename Model::Topology, Targets, A...>();
    return {};
  }

  /// Takes one step along a given gradient of the model's sizes. Returns the movement.
  template <class T = HostTarget>
  double descend(Parameters<R> const& gradient) {
    require_parameters(model_->parameters());
    require_sizes_of(model_->parameters(), "gradient", gradient);
    return take<T>(gradient);
  }

  /// Sets the rate of the next steps, as GradientFlow::set_rate does.
  void set_rate(double rate) { options_ = detail::with_length(options_, rate, std::nullopt); }
  /// Sets the movement budget of the next steps.
  void set_movement(double budget) { options_ = detail::with_length(options_, std::nullopt, budget); }
  /// Options.
  [[nodiscard]] RuleOptions const& options() const noexcept { return options_; }
  /// Rule.
  [[nodiscard]] Rule const& rule() const noexcept { return rule_; }
  /// Metric.
  [[nodiscard]] MovementMetric<Model> const& metric() const noexcept { return metric_; }
  /// Gradient of the last step, priors included.
  [[nodiscard]] Parameters<R> const& gradient() const noexcept { return gradient_; }
  /// Workspace of the passes.
  [[nodiscard]] Workspace<R>& workspace() noexcept { return work_; }
  /// State, to be saved.
  [[nodiscard]] FlowState<R> const& state() const noexcept { return state_; }
  /// Continues from a saved state. Throws ArgumentError for a state of another flow.
  void restore(FlowState<R> state) {
    detail::require_state_of(model_->parameters(), Rule::moments, state);
    state_ = std::move(state);
  }

 private:
  template <class T>
  double take(Parameters<R> const& gradient) {
    auto const count = static_cast<Index>(gradient.numbers().size());
    auto const require_finite = [&](char const* what, Parameters<R> const& block) {
      if (!all_finite(block.data(), count)) [[unlikely]] {
        fail<NumericalError>("flow: expected a finite ", what, ", got a NaN or an infinity; lower the rate");
      }
    };
    require_finite("gradient", gradient);
    if (options_.movement && kernel::largest<T, R>(count, gradient.data()) == 0) {
      return 0;  // as in GradientFlow
    }
    if (options_.geometry == Geometry::movement) {
      metric_.template precondition<T>(*model_, gradient, direction_);
    } else {
      direction_ = gradient;
    }
    moments_ = state_.moments;
    std::array<R*, Rule::moments> blocks{};
    for (std::size_t i = 0; i < Rule::moments; ++i) {
      blocks[i] = moments_[i].data();
    }
    Index const stride = gradient.stride();
    rule_.template at<T, R>(state_.steps + 1)(kernel::Tile<R>{1, stride, direction_.data(), stride, blocks, stride});
    double const unit = metric_.template movement<T>(*model_, direction_);
    if (!is_finite(unit)) [[unlikely]] {
      fail<NumericalError>("flow: expected a finite movement, got ", unit, "; lower the rate");
    }
    double const factor = detail::factor_at(options_, unit);
    moved_ = model_->parameters();
    if (factor * unit > 0) {
      kernel::add_scaled<T, R>(static_cast<R>(-factor), count, direction_.data(), moved_.data());
    }
    // No state is written before all numbers are known to be finite.
    require_finite("step", moved_);
    for (auto const& block : moments_) {
      require_finite("moment", block);
    }
    std::copy(moved_.numbers().begin(), moved_.numbers().end(), model_->parameters().numbers().begin());
    std::swap(state_.moments, moments_);
    ++state_.steps;
    return factor * unit;
  }

  Model* model_;
  Functional functional_;
  MovementMetric<Model> metric_;
  RuleOptions options_;
  Rule rule_;
  Prior<Model> prior_;
  Parameters<R> gradient_;
  Parameters<R> direction_;
  FlowState<R> state_;
  std::vector<Parameters<R>> moments_;  // of the step, before it is accepted
  Parameters<R> moved_;                 // parameters of the step, before it is accepted
  Workspace<R> work_;
};

/// Deduction without a loss, for the compile-time message.
template <class Model>
CustomFlow(Model const&, FlowOptions const&) -> CustomFlow<Model, detail::NoLoss>;

/// Specialisation for wrong arguments: a compile-time message says why.
template <class Model, class L, class Rule>
requires(!detail::MakesCustomFlow<Model, L, Rule>) class CustomFlow<Model, L, Rule> {
  static_assert(detail::explain_flow<Model, L, Rule, true>());

 public:
  /// Takes any arguments, so that only the message above appears.
  template <class... A>
  explicit CustomFlow(A&&...) {}
  /// Declared for deduction alone; the message above says what is wrong.
  CustomFlow(Model const&, FlowOptions const&) {}
  /// Declared for deduction alone; the message above says what is wrong.
  CustomFlow(Model const&, L const&, FlowOptions const&) {}
  /// Declared for deduction alone; the message above says what is wrong.
  CustomFlow(Model const&, L const&, Rule const&, RuleOptions const&) {}
  /// Declared only, likewise.
  template <class T = HostTarget, class... A>
  Step step(A&&...);
};

}  // namespace wmanifold
