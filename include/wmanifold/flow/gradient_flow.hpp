#pragma once

#include <wmanifold/flow/movement.hpp>
#include <wmanifold/flow/rule.hpp>
#include <wmanifold/flow/warped_metric.hpp>
#include <wmanifold/flow/written_metric.hpp>
#include <wmanifold/functional/loss_functional.hpp>
#include <wmanifold/functional/prior.hpp>
#include <wmanifold/functional/written_prior.hpp>

#include <Eigen/Eigenvalues>

#include <optional>

namespace wmanifold {

/// What makes one step shorter than another.
enum class Geometry {
  movement,   ///< the movement of the manifold: steps along G^-1 grad (equation 5), the same in every basis
  euclidean,  ///< the numbers of the parameters: plain gradient descent, for comparison
};

/// One of `rate` and `movement` is given.
struct FlowOptions {
  std::optional<double> rate = std::nullopt;      ///< dP = -rate v
  std::optional<double> movement = std::nullopt;  ///< dP along -v, the manifold moves by just this much (equation 6)
  double momentum = 0;                            ///< of the heavy ball; 0 where another `rule` is given
  Geometry geometry = Geometry::movement;
  /// Of the price of a step (equation 9): 0 its movement alone, the flow of equation 7; none: what the model's metric
  /// holds for safe, default_stiffness or 0.
  std::optional<double> stiffness = std::nullopt;
  std::optional<Rule> rule = std::nullopt;    ///< instead of the heavy ball
  std::optional<double> clip = std::nullopt;  ///< no step moves the manifold by more than this
  double weight_decay = 0;                    ///< of E_s ||M(s)||^2 / 2 in the objective (equation 10)
  double energy = 0;                          ///< of E_s ||dM/ds||^2 / 2 in the objective (equation 11)
};

/// What one step did.
struct Step {
  double loss = 0;      ///< of the batch, before the step, without priors
  double movement = 0;  ///< of the manifold; 0 when there was no direction to go, and then nothing moved
};

/// What a flow remembers from step to step, to be saved and restored with the model: a flow that goes on from it goes
/// on as if it had not stopped, bit for bit.
template <Real R>
struct FlowState {
  Index steps = 0;
  std::vector<Parameters<R>> moments;  ///< velocity, or Adam's two
  SmallMatrix factor;                  ///< Shampoo's

  friend bool operator==(FlowState const& a, FlowState const& b) {
    return a.steps == b.steps && a.moments == b.moments && a.factor.rows() == b.factor.rows() && a.factor == b.factor;
  }
};

/// The constrained gradient flow of a manifold, step by step: steepest descent of a loss functional under a constraint
/// on how much the manifold moves. Refers to the model, which must outlive it.
template <class Model, class L>
class GradientFlow {
 public:
  using R = typename Model::Scalar;
  using Functional = typename detail::FunctionalOf<L>::type;
  using Targets = typename Functional::template Targets<R>;

  /// `loss` is a loss, whose mean is descended, or a LossFunctional. Throws ArgumentError, which says what is wrong
  /// with the options.
  GradientFlow(Model& model, L loss, FlowOptions options)
      : model_(&model),
        functional_(std::move(loss)),
        metric_(model, options.stiffness.value_or(MovementMetric<Model>::default_stiffness)),
        options_(checked(options)),
        rule_(options.rule.value_or(HeavyBall{options.momentum})),
        prior_(model, options.weight_decay, options.energy),
        gradient_(model.parameters().zeros_like()),
        direction_(gradient_),
        next_{0, std::vector<Parameters<R>>(std::holds_alternative<Adam>(rule_) ? 2 : 1, gradient_), {}},
        state_(next_) {
    if (std::holds_alternative<Shampoo>(rule_)) {
      state_.factor = SmallMatrix::Zero(gradient_.rows(), gradient_.rows());
    }
    if (!metric_.has_whitened_coordinates(model) && !std::holds_alternative<HeavyBall>(rule_) &&
        !std::holds_alternative<Nesterov>(rule_)) [[unlikely]] {
      fail(
          "flow: expected a rule that needs no whitened coordinates (HeavyBall, Nesterov), as the metric of this model "
          "changes along the way (low-rank layers, a learned warp, a written manifold), got another");
    }
  }

  /// One step on a batch; `weights` are one per sample, or none. Throws ArgumentError or NumericalError as the loss
  /// functional does; then neither the model nor the flow has changed.
  template <class T = HostTarget>
  Step step(ConstMatrixRef<R> const& inputs, Contexts<typename Model::Topology> const& contexts, Targets const& targets,
            std::span<double const> weights = {}) {
    double const loss =
        functional_.template gradient<T>(*model_, inputs, contexts, targets, work_, gradient_, {.weights = weights})
            .value;
    prior_.add_gradient(*model_, gradient_);
    return {loss, descend<T>(gradient_)};
  }

  /// One step on a batch of a manifold without contexts.
  template <class T = HostTarget>
  Step step(ConstMatrixRef<R> const& inputs, Targets const& targets) requires(Model::Topology::dimension == 0) {
    std::vector const points(static_cast<std::size_t>(inputs.rows()), Model::Topology::point());
    return step<T>(inputs, Contexts<typename Model::Topology>(points), targets);
  }

  /// One step along a gradient (of the model's sizes; that of frozen layers zero) from elsewhere; returns the movement.
  template <class T = HostTarget>
  double descend(Parameters<R> const& gradient) {
    require_sizes_of(model_->parameters(), "gradient", gradient);
    if (!all_finite(gradient.data(), static_cast<Index>(gradient.numbers().size()))) [[unlikely]] {
      fail<NumericalError>("flow: expected a finite gradient, got one that is not");
    }
    auto const numbers = gradient.numbers();
    if (options_.movement && std::all_of(numbers.begin(), numbers.end(), [](R g) { return g == 0; })) {
      return 0;  // nowhere to go: a budget is spent on the gradient, not on what is left of earlier ones
    }
    next_.steps = state_.steps + 1;
    double decay = 0;
    std::visit([&](auto const& rule) { decay = point<T>(rule, gradient); }, rule_);
    if (decay > 0) {
      kernel::add_scaled<T, R>(static_cast<R>(decay), size(), model_->parameters().data(), direction_.data());
    }
    model_->rest(direction_);  // what must not move does not remember either
    for (auto& block : next_.moments) {
      model_->rest(block);
    }
    double const unit = metric_.template movement<T>(*model_, direction_);
    double factor = options_.rate ? *options_.rate : unit > 0 ? *options_.movement / unit : 0;
    if (options_.clip && unit > 0) {
      factor = std::min(factor, *options_.clip / unit);
    }
    // Also as a number of R; and moments that overflow would stop a weight for good, unseen in the direction.
    if (!std::isfinite(unit) || !std::isfinite(static_cast<R>(factor * unit)) || !moments_are_finite()) [[unlikely]] {
      fail<NumericalError>("flow: expected a finite direction, got one that is not");
    }
    std::swap(state_, next_);
    if (unit == 0) {
      return 0;
    }
    kernel::add_scaled<T, R>(static_cast<R>(-factor), size(), direction_.data(), model_->parameters().data());
    return factor * unit;
  }

  /// From now on steps under this rate, or under this movement budget; both positive, else ArgumentError.
  void set_rate(double rate) { set(rate, std::nullopt); }
  void set_movement(double budget) { set(std::nullopt, budget); }

  [[nodiscard]] FlowOptions const& options() const noexcept { return options_; }
  [[nodiscard]] MovementMetric<Model> const& metric() const noexcept { return metric_; }
  /// The gradient that the last step saw, priors included.
  [[nodiscard]] Parameters<R> const& gradient() const noexcept { return gradient_; }

  [[nodiscard]] FlowState<R> const& state() const noexcept { return state_; }
  /// Goes on from a state of a flow with the same model and rule; ArgumentError where it is of another.
  void restore(FlowState<R> state) {
    bool fits = state.steps >= 0 && state.moments.size() == state_.moments.size() &&
                state.factor.rows() == state_.factor.rows() && state.factor.cols() == state_.factor.cols();
    for (auto const& block : state.moments) {
      fits = fits && block.same_sizes(model_->parameters());
    }
    if (!fits) [[unlikely]] {
      fail("flow: expected a state with ", state_.moments.size(),
           " blocks of the model's sizes, got one of another flow");
    }
    state_ = std::move(state);
  }

 private:
  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(direction_.numbers().size()); }
  [[nodiscard]] bool moments_are_finite() const noexcept {
    return !std::holds_alternative<Adam>(rule_) || all_finite(next_.moments[1].data(), size());
  }

  static FlowOptions checked(FlowOptions const& options) {
    if (options.rate.has_value() == options.movement.has_value()) [[unlikely]] {
      fail("flow: expected either a rate or a movement budget, got ", options.rate ? "both" : "neither");
    }
    double const length = options.rate ? *options.rate : *options.movement;
    if (!(length > 0 && std::isfinite(length))) [[unlikely]] {
      fail("flow: expected a positive ", options.rate ? "rate" : "movement budget", ", got ", length);
    }
    if (options.clip && !(*options.clip > 0)) [[unlikely]] {
      fail("flow: expected a positive movement to clip at, got ", *options.clip);
    }
    if (options.rule && options.momentum != 0) [[unlikely]] {
      fail("flow: expected either a momentum or another rule, got both");
    }
    detail::check(HeavyBall{options.momentum});
    if (options.rule) {
      std::visit([](auto const& rule) { detail::check(rule); }, *options.rule);
    }
    return options;
  }

  void set(std::optional<double> rate, std::optional<double> movement) {
    FlowOptions options = options_;
    options.rate = rate;
    options.movement = movement;
    options_ = checked(options);
  }

  /// d = metric^-1 gradient + keep * before, or the gradient itself in Euclidean geometry.
  template <class T>
  void rise(Parameters<R> const& gradient, double keep, Parameters<R> const& before, Parameters<R>& to) const {
    if (options_.geometry == Geometry::movement) {
      metric_.template rise<T>(*model_, gradient, keep, before, to);
    } else {
      kernel::blend<T, R>(size(), static_cast<R>(keep), before.data(), R{1}, gradient.data(), to.data());
    }
  }

  // Each rule reads state_, writes next_ and direction_, and returns its decoupled decay.

  template <class T>
  double point(HeavyBall const& rule, Parameters<R> const& gradient) {
    rise<T>(gradient, rule.momentum, state_.moments[0], next_.moments[0]);
    direction_ = next_.moments[0];
    return 0;
  }

  template <class T>
  double point(Nesterov const& rule, Parameters<R> const& gradient) {
    rise<T>(gradient, rule.momentum, state_.moments[0], next_.moments[0]);
    // momentum v + d, with d = v - momentum (the v before).
    auto const momentum = static_cast<R>(rule.momentum);
    kernel::blend<T, R>(size(), 1 + momentum, next_.moments[0].data(), -momentum, state_.moments[0].data(),
                        direction_.data());
    return 0;
  }

  template <class T>
  double point(Adam const& rule, Parameters<R> const& gradient) {
    bool const whitened = options_.geometry == Geometry::movement;
    Parameters<R>& q = whitened_gradient_;
    q = gradient;
    if constexpr (requires { metric_.template whiten<T>(gradient, q); }) {  // others have refused this rule
      if (whitened) {
        metric_.template whiten<T>(gradient, q);
      }
    }
    auto const t = static_cast<double>(next_.steps);
    kernel::AdamTerms<R> const terms{static_cast<R>(rule.beta1), static_cast<R>(rule.beta2),
                                     static_cast<R>(rule.epsilon), static_cast<R>(1 / (1 - std::pow(rule.beta1, t))),
                                     static_cast<R>(1 / (1 - std::pow(rule.beta2, t)))};
    Parameters<R>& out = whitened ? q_direction_ : direction_;
    out = direction_;
    kernel::adam<T, R>(terms, rule.second_moment == SecondMoment::over_rows, q.rows(), q.stride(), q.columns(),
                       q.data(), state_.moments[0].data(), state_.moments[1].data(), next_.moments[0].data(),
                       next_.moments[1].data(), out.data());
    auto const count = static_cast<Index>(q.shared().size());
    kernel::adam<T, R>(terms, false, 1, count, count, q.shared().data(), state_.moments[0].shared().data(),
                       state_.moments[1].shared().data(), next_.moments[0].shared().data(),
                       next_.moments[1].shared().data(), out.shared().data());
    if constexpr (requires { metric_.template unwhiten<T>(q_direction_, direction_); }) {
      if (whitened) {
        metric_.template unwhiten<T>(q_direction_, direction_);
      }
    }
    return rule.decay;
  }

  template <class T>
  double point(Shampoo const& rule, Parameters<R> const& gradient) {
    SmallMatrix const g = gradient.matrix().template cast<double>();
    SmallMatrix const outer = g * g.transpose() / static_cast<double>(g.cols());
    next_.factor = rule.decay * state_.factor + (1 - rule.decay) * outer;
    double const share = 1 / (1 - std::pow(rule.decay, static_cast<double>(next_.steps)));
    Eigen::SelfAdjointEigenSolver<SmallMatrix> const spectrum(share * next_.factor);
    SmallMatrix const root = spectrum.eigenvectors() *
                             (spectrum.eigenvalues().array().max(0) + rule.epsilon).rsqrt().matrix().asDiagonal() *
                             spectrum.eigenvectors().transpose();
    next_.moments[0] = state_.moments[0];
    auto const momentum = static_cast<R>(rule.momentum);
    next_.moments[0].matrix() = momentum * state_.moments[0].matrix() + root.template cast<R>() * gradient.matrix();
    kernel::blend<T, R>(static_cast<Index>(gradient.shared().size()), momentum, state_.moments[0].shared().data(), R{1},
                        gradient.shared().data(), next_.moments[0].shared().data());
    direction_ = next_.moments[0];
    return 0;
  }

  Model* model_;
  Functional functional_;
  MovementMetric<Model> metric_;
  FlowOptions options_;
  Rule rule_;
  Prior<Model> prior_;
  Parameters<R> gradient_;
  Parameters<R> direction_;
  Parameters<R> whitened_gradient_;
  Parameters<R> q_direction_;
  FlowState<R> next_;  // takes the place of the other once the step is known to be finite
  FlowState<R> state_;
  Workspace<R> work_;
};

}  // namespace wmanifold
