#pragma once

#include <wmanifold/core/attempt.hpp>
#include <wmanifold/core/undo.hpp>
#include <wmanifold/flow/custom_metric.hpp>
#include <wmanifold/flow/movement.hpp>

#include <optional>

namespace wmanifold {

/// Options of a backtracking step's line search.
struct BacktrackingOptions {
  double first_rate = 1;                           ///< tried first; doubled after a step that was accepted at once
  double sufficient = 1e-4;                        ///< share of the linear prediction by which the loss must fall
  int most_halvings = 50;                          ///< per step
  std::optional<double> stiffness = std::nullopt;  ///< of the price of a step, as in FlowOptions
};

/// Steepest descent in which every step lowers the objective. A step goes along -G^-1 grad; its rate is halved until
/// the objective falls enough (Armijo), or the step is abandoned. For deterministic objectives. Refers to the model,
/// which must outlive it.
template <class Model>
class Backtracking {
 public:
  using R = typename Model::Scalar;  ///< type of the numbers

  /// A descent of the model. Throws ArgumentError for a rate that is not positive, a share outside (0, 1), or no
  /// halvings.
  explicit Backtracking(Model& model, BacktrackingOptions options = {})
      : model_((require_parameters(model.parameters()), &model)),
        metric_(model, options.stiffness.value_or(MovementMetric<Model>::default_stiffness)),
        options_(options),
        rate_(options.first_rate),
        gradient_(model.parameters().zeros_like()),
        direction_(gradient_) {
    if (!(is_finite(options.first_rate) && options.first_rate > 0 && is_finite(options.sufficient) &&
          options.sufficient > 0 && options.sufficient < 1 && options.most_halvings > 0)) [[unlikely]] {
      fail("backtracking: expected a positive rate, a share in (0, 1) and at least one halving, got ",
           options.first_rate, ", ", options.sufficient, " and ", options.most_halvings);
    }
  }

  /// Neither copied nor moved: it trains the model at the address given to the constructor.
  Backtracking(Backtracking const&) = delete;
  Backtracking& operator=(Backtracking const&) = delete;

  /// The result of one step.
  struct Report {
    double before = 0;    ///< objective before the step
    double after = 0;     ///< objective after the step; never larger than before
    double rate = 0;      ///< of the step; 0 if none was taken
    double movement = 0;  ///< of the manifold
  };

  /// Takes one step. Throws as the objective does, and then changes no parameter. A trial point with an objective that
  /// is not finite counts as too far.
  template <class T = HostTarget, class Objective>
  Report step(Objective& objective) {
    Report report;
    report.before = report.after = objective.template gradient<T>(*model_, gradient_);
    metric_.template precondition<T>(*model_, gradient_, direction_);
    model_->zero_frozen(direction_);
    double slope = 0;  // of the objective along the direction, <grad, H^-1 grad>
    for (std::size_t n = 0; n < direction_.numbers().size(); ++n) {
      slope += static_cast<double>(gradient_.numbers()[n]) * static_cast<double>(direction_.numbers()[n]);
    }
    if (!(slope > 0)) {
      return report;
    }
    double const movement = metric_.template movement<T>(*model_, direction_);
    Parameters<R> const start = model_->parameters();
    detail::Undo undo(model_->parameters(), start);
    for (int i = 0; i < options_.most_halvings; ++i, rate_ /= 2) {
      model_->parameters() = start;
      kernel::add_scaled<T, R>(static_cast<R>(-rate_), static_cast<Index>(start.numbers().size()), direction_.data(),
                               model_->parameters().data());
      double const value = value_at<T>(objective);
      if (value <= report.before - options_.sufficient * rate_ * slope) {
        report = {report.before, value, rate_, rate_ * movement};
        rate_ *= i == 0 ? 2 : 1;
        undo.cancel();
        return report;
      }
    }
    rate_ = options_.first_rate;
    return report;
  }

 private:
  template <class T, class Objective>
  double value_at(Objective& objective) const {
    return detail::attempt<NumericalError>([&] { return objective.template value<T>(*model_); },
                                           [] { return std::numeric_limits<double>::infinity(); });
  }

  Model* model_;
  MovementMetric<Model> metric_;
  BacktrackingOptions options_;
  double rate_;
  Parameters<R> gradient_;
  Parameters<R> direction_;
};

}  // namespace wmanifold
