#pragma once

#include <wmanifold/flow/movement.hpp>
#include <wmanifold/functional/loss_functional.hpp>

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
  std::optional<double> movement = std::nullopt;  ///< dP along -v, the manifold moves by just this much (equation 6);
                                                  ///< with a zero gradient, not at all
  double momentum = 0;                            ///< v = momentum v + G^-1 grad
  Geometry geometry = Geometry::movement;
};

/// What one step did.
struct Step {
  double loss = 0;      ///< of the batch, before the step
  double movement = 0;  ///< sqrt(trace(dP^T G dP)); 0 when there was no direction to go, and then nothing moved
};

/// The constrained gradient flow of a manifold, step by step: steepest descent of a loss functional under a constraint
/// on how much the manifold moves. Refers to the model, which must outlive it.
template <class Model, class L>
class GradientFlow {
 public:
  using R = typename Model::Scalar;
  using Targets = typename L::template Targets<R>;

  /// Throws ArgumentError unless exactly one of rate and movement is given, positive, and momentum lies in [0, 1).
  GradientFlow(Model& model, L loss, FlowOptions options)
      : model_(&model),
        functional_(std::move(loss)),
        metric_(model.basis()),
        options_(checked(options)),
        gradient_(model.rows(), model.parameters().columns()),
        velocity_(model.rows(), model.parameters().columns()),
        next_velocity_(velocity_) {
    SmallMatrix const direction =
        options_.geometry == Geometry::movement ? metric_.inverse() : SmallMatrix::Identity(model.rows(), model.rows());
    for (double const x : direction.reshaped()) {
      direction_.push_back(static_cast<R>(x));  // symmetric: the order does not matter
    }
  }

  /// One step on a batch. Throws ArgumentError or NumericalError as the loss functional does; then neither the model
  /// nor the flow has changed.
  template <class T = HostTarget>
  Step step(ConstMatrixRef<R> const& inputs, Contexts<typename Model::Topology> const& contexts,
            Targets const& targets) {
    double const loss = functional_.template gradient<T>(*model_, inputs, contexts, targets, work_, gradient_);
    return {loss, descend<T>(gradient_)};
  }

  /// One step on a batch of a manifold without contexts.
  template <class T = HostTarget>
  Step step(ConstMatrixRef<R> const& inputs, Targets const& targets) requires(Model::Topology::dimension == 0) {
    std::vector const points(static_cast<std::size_t>(inputs.rows()), Model::Topology::point());
    return step<T>(inputs, Contexts<typename Model::Topology>(points), targets);
  }

  /// One step along a gradient (K x N, that of frozen layers zero) from elsewhere; returns the movement.
  template <class T = HostTarget>
  double descend(Parameters<R> const& gradient) {
    Parameters<R>& parameters = model_->parameters();
    require_count("gradient", "rows", parameters.rows(), gradient.rows());
    require_count("gradient", "columns", parameters.columns(), gradient.columns());
    if (!all_finite(gradient.data(), gradient.rows() * gradient.stride())) [[unlikely]] {
      fail<NumericalError>("flow: expected a finite gradient, got one that is not");
    }
    auto const* const numbers = gradient.data();
    if (options_.movement &&
        std::all_of(numbers, numbers + gradient.rows() * gradient.stride(), [](R g) { return g == 0; })) {
      return 0;  // nowhere to go: a budget is spent on the gradient, not on what is left of earlier ones
    }
    kernel::accumulate_direction<T, R>(direction_.data(), parameters.rows(), parameters.stride(), parameters.columns(),
                                       static_cast<R>(options_.momentum), gradient.data(), velocity_.data(),
                                       next_velocity_.data());
    rest_frozen_layers(next_velocity_);
    double const unit = movement<T>(metric_, next_velocity_);
    if (!std::isfinite(unit)) [[unlikely]] {
      fail<NumericalError>("flow: expected a finite direction, got one that is not");
    }
    std::swap(velocity_, next_velocity_);
    if (unit == 0) {
      return 0;
    }
    double const factor = options_.rate ? *options_.rate : *options_.movement / unit;
    kernel::advance<T, R>(static_cast<R>(-factor), parameters.rows(), parameters.stride(), parameters.columns(),
                          velocity_.data(), parameters.data());
    return factor * unit;
  }

  /// From now on steps under this rate, or under this movement budget; both positive, else ArgumentError.
  void set_rate(double rate) { set({.rate = rate, .movement = {}}); }
  void set_movement(double budget) { set({.rate = {}, .movement = budget}); }

  [[nodiscard]] FlowOptions const& options() const noexcept { return options_; }
  [[nodiscard]] Metric const& metric() const noexcept { return metric_; }
  /// The gradient that the last step saw.
  [[nodiscard]] Parameters<R> const& gradient() const noexcept { return gradient_; }

 private:
  static FlowOptions checked(FlowOptions const& options) {
    if (options.rate.has_value() == options.movement.has_value()) [[unlikely]] {
      fail("flow: expected either a rate or a movement budget, got ", options.rate ? "both" : "neither");
    }
    double const length = options.rate ? *options.rate : *options.movement;
    if (!(length > 0 && std::isfinite(length))) [[unlikely]] {
      fail("flow: expected a positive ", options.rate ? "rate" : "movement budget", ", got ", length);
    }
    if (!(options.momentum >= 0 && options.momentum < 1)) [[unlikely]] {
      fail("flow: expected a momentum in [0, 1), got ", options.momentum);
    }
    return options;
  }

  void set(FlowOptions options) {
    options.momentum = options_.momentum;
    options.geometry = options_.geometry;
    options_ = checked(options);
  }

  void rest_frozen_layers(Parameters<R>& velocity) const noexcept {
    auto const& stack = model_->stack();
    for (Index l = 0; l < stack.depth(); ++l) {
      if (model_->is_frozen(l)) {
        for (Index k = 0; k < velocity.rows(); ++k) {
          std::fill_n(velocity.row(k).data() + stack.dense(l).offset, stack.dense(l).size(), R{0});
        }
      }
    }
  }

  Model* model_;
  LossFunctional<L> functional_;
  Metric metric_;
  FlowOptions options_;
  std::vector<R> direction_;
  Parameters<R> gradient_;
  Parameters<R> velocity_;
  Parameters<R> next_velocity_;  // takes the place of the other once it is known to be finite
  Workspace<R> work_;
};

}  // namespace wmanifold
