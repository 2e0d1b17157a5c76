#pragma once

#include <wmanifold/flow/custom_metric.hpp>
#include <wmanifold/flow/explain_flow.hpp>
#include <wmanifold/functional/custom_prior.hpp>

namespace wmanifold {

/// The flow of a custom manifold, whose metric E_s J^T J (equation 14) is another after every step: along the
/// gradient that it preconditions, by the heavy ball or Nesterov. Options are those of a GradientFlow, but a stiffness
/// and an energy, which custom manifolds do not have. Refers to the model, which must outlive it and stay where it is.
template <class Model, class L, class Rule = HeavyBall>
class CustomFlow {
 public:
  using R = typename Model::Scalar;
  using Functional = typename detail::FunctionalOf<L>::type;
  using Targets = typename Functional::template Targets<R>;
  /// Whether arguments of types A are a batch that `step` takes.
  template <class... A>
  static constexpr bool is_batch =
      detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<typename Model::Topology>, Targets>, A...> ||
      detail::fits<std::tuple<ConstMatrixRef<R>, Contexts<typename Model::Topology>, Targets, std::span<double const>>,
                   A...>;

  /// `loss` is a loss, whose mean is descended, or a LossFunctional. Throws ArgumentError, which says what is wrong
  /// with the options.
  CustomFlow(Model& model, L loss, FlowOptions const& options) requires(std::same_as<Rule, HeavyBall>)
      : CustomFlow(model, std::move(loss), HeavyBall{options.momentum}, detail::beside_rule(options)) {}
  /// The same under another rule.
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

  /// Arguments that make no flow: a sentence says why.
  CustomFlow(Model&& model, L loss, FlowOptions const& options) : CustomFlow(model, std::move(loss), options) {
    detail::explain_temporary<Model>();
  }

  /// Trains the model at the address that it was made with, and so is neither copied nor moved.
  CustomFlow(CustomFlow const&) = delete;
  CustomFlow& operator=(CustomFlow const&) = delete;

  /// One step on a batch; `weights` are one per sample, or none. Throws ArgumentError or NumericalError as the loss
  /// functional does, and NumericalError where the step leaves the finite numbers; then neither the model nor the flow
  /// has changed.
  template <class T = HostTarget>
  Step step(ConstMatrixRef<R> const& inputs, Contexts<typename Model::Topology> const& contexts, Targets const& targets,
            std::span<double const> weights = {}) {
    double const loss =
        functional_.template gradient<T>(*model_, inputs, contexts, targets, work_, gradient_, {}, weights).value;
    prior_.add_gradient(*model_, gradient_);
    return {loss, take<T>(gradient_)};
  }

  /// Arguments that make no batch: a sentence says why.
  template <class T = HostTarget, class... A>
  requires(!is_batch<A...>) Step step(A&&...) {
    detail::explain_batch<R, typename Model::Topology, Targets, A...>();
    return {};
  }

  /// One step along a gradient of the model's sizes from elsewhere; returns the movement.
  template <class T = HostTarget>
  double descend(Parameters<R> const& gradient) {
    require_parameters(model_->parameters());
    require_sizes_of(model_->parameters(), "gradient", gradient);
    return take<T>(gradient);
  }

  /// As GradientFlow's.
  void set_rate(double rate) { options_ = detail::with_length(options_, rate, std::nullopt); }
  void set_movement(double budget) { options_ = detail::with_length(options_, std::nullopt, budget); }
  [[nodiscard]] RuleOptions const& options() const noexcept { return options_; }
  [[nodiscard]] Rule const& rule() const noexcept { return rule_; }
  [[nodiscard]] MovementMetric<Model> const& metric() const noexcept { return metric_; }
  [[nodiscard]] Parameters<R> const& gradient() const noexcept { return gradient_; }
  [[nodiscard]] Workspace<R>& workspace() noexcept { return work_; }
  [[nodiscard]] FlowState<R> const& state() const noexcept { return state_; }
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
        fail<NumericalError>("flow: expected ", what, " that is finite, got one that is not");
      }
    };
    require_finite("a gradient", gradient);
    if (options_.movement && kernel::largest<T, R>(count, gradient.data()) == 0) {
      return 0;  // as GradientFlow
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
      fail<NumericalError>("flow: expected a finite movement, got ", unit);
    }
    double const factor = detail::factor_at(options_, unit);
    moved_ = model_->parameters();
    if (factor * unit > 0) {
      kernel::add_scaled<T, R>(static_cast<R>(-factor), count, direction_.data(), moved_.data());
    }
    // Nothing that is kept is written before all of it is known to be finite.
    require_finite("a step", moved_);
    for (auto const& block : moments_) {
      require_finite("a moment", block);
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
  std::vector<Parameters<R>> moments_;  // of a step that is not taken yet
  Parameters<R> moved_;                 // likewise the parameters
  Workspace<R> work_;
};

template <class Model>
CustomFlow(Model const&, FlowOptions const&) -> CustomFlow<Model, detail::NoLoss>;

/// Arguments that make no flow: a sentence says why.
template <class Model, class L, class Rule>
requires(!detail::MakesCustomFlow<Model, L, Rule>) class CustomFlow<Model, L, Rule> {
  static_assert(detail::explain_flow<Model, L, Rule, true>());

 public:
  template <class... A>
  explicit CustomFlow(A&&...) {}
  CustomFlow(Model const&, FlowOptions const&) {}
  CustomFlow(Model const&, L const&, FlowOptions const&) {}
  CustomFlow(Model const&, L const&, Rule const&, RuleOptions const&) {}
  template <class T = HostTarget, class... A>
  Step step(A&&...);
};

}  // namespace wmanifold
