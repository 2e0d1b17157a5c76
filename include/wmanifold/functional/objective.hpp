#pragma once

#include <wmanifold/functional/custom_prior.hpp>
#include <wmanifold/functional/loss_functional.hpp>
#include <wmanifold/functional/prior.hpp>

#include <optional>

namespace wmanifold {
namespace detail {

/// A copy of the targets that a view shows.
template <Real R>
Matrix<R> kept(ConstMatrixRef<R> const& targets) {
  return targets;
}
inline std::vector<int> kept(std::span<int const> targets) { return {targets.begin(), targets.end()}; }
template <class Targets>
Targets kept(Targets const& targets) {
  return targets;
}

}  // namespace detail

/// A loss functional on fixed data, with priors: a deterministic function of a manifold's parameters, for whole-batch
/// descent, line searches and integration of the flow. It stores all data. One thread may use it.
template <class Model, class Functional>
class Objective {
 public:
  using R = typename Model::Scalar;                          ///< type of the numbers
  using Targets = typename Functional::template Targets<R>;  ///< targets of a batch

  /// An objective on these data. `loss` is a loss, reduced by its mean, or a LossFunctional. `weights` are one per
  /// sample (of a quadrature, for example), or none. Throws ArgumentError if inputs and contexts are no batch of the
  /// model, or the targets do not fit.
  template <class L>
  Objective(Model const& model, L loss, Matrix<R> inputs, Contexts<typename Model::Topology> contexts,
            Targets const& targets, std::vector<double> weights = {}, std::optional<Prior<Model>> prior = std::nullopt)
      : functional_(std::move(loss)),
        inputs_(std::move(inputs)),
        contexts_(std::move(contexts)),
        targets_(detail::kept(targets)),
        weights_(std::move(weights)),
        prior_(std::move(prior)) {
    require_batch_of(model, inputs_, contexts_);
    functional_.loss().check(Targets(targets_), inputs_.rows(), model.outputs());
  }

  /// Value at the model's parameters. Throws as the loss functional does.
  template <class T = HostTarget>
  [[nodiscard]] double value(Model const& model) {
    double const loss = functional_.template value<T>(model, inputs_, contexts_, targets_, work_, weights_);
    return prior_ ? loss + prior_->value(model) : loss;
  }

  /// Value, and the gradient (of the model's sizes, overwritten). Throws as the loss functional does.
  template <class T = HostTarget>
  double gradient(Model const& model, Parameters<R>& gradient) {
    double const loss =
        functional_.template gradient<T>(model, inputs_, contexts_, targets_, work_, gradient, {}, weights_).value;
    if (!prior_) {
      return loss;
    }
    prior_->add_gradient(model, gradient);
    return loss + prior_->value(model);
  }

 private:
  Functional functional_;
  Matrix<R> inputs_;
  Contexts<typename Model::Topology> contexts_;
  decltype(detail::kept(std::declval<Targets>())) targets_;
  std::vector<double> weights_;
  std::optional<Prior<Model>> prior_;
  Workspace<R> work_;
};

/// Deduces a LossFunctional with the mean from a loss.
template <class Model, class L, class... More>
Objective(Model const&, L, More const&...) -> Objective<Model, typename detail::FunctionalOf<L>::type>;

}  // namespace wmanifold
