#pragma once

#include <wmanifold/flow/flow_options.hpp>
#include <wmanifold/flow/rule.hpp>
#include <wmanifold/functional/loss_functional.hpp>
#include <wmanifold/manifold/batch.hpp>

/// Compile-time messages for flows with wrong arguments, like those of network/explain.hpp.
namespace wmanifold::detail {

/// The loss of a functional, or the loss itself.
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

/// A model with rows over a basis. Custom manifolds have none.
template <class Model>
concept HasRows = requires(Model const& model) {
  model.basis();
};

template <class Model, class L, class Rule>
concept MakesFlow = WeightManifold<Model> && HasRows<Model> && LossOn<LossOf<L>, Model> && FlowRule<Rule>;
template <class Model, class L, class Rule>
concept MakesCustomFlow = WeightManifold<Model> && !HasRows<Model> && LossOn<LossOf<L>, Model> && FlowRule<Rule> &&
                          Rule::input == RuleInput::preconditioned;

/// The loss type of a flow that was given no loss.
struct NoLoss {};

/// Refuses types that make no flow, with a message that says why. `is_custom`: for a CustomFlow.
template <class Model, class L, class Rule, bool is_custom = false>
constexpr bool explain_flow() {
  if constexpr (std::is_const_v<Model> && WeightManifold<std::remove_const_t<Model>>) {
    static_assert(never<Model>,
                  "wmanifold: expected a model that may change, got a const one; drop the const, or train a copy");
  } else if constexpr (!WeightManifold<Model> && WeightManifold<L>) {
    static_assert(never<Model>,
                  "wmanifold: expected the model first, then its loss, got the loss first; write GradientFlow{model, "
                  "loss, {.rate = 0.05}}");
  } else if constexpr (!WeightManifold<Model> && requires(Model & model) { *model; }) {
    static_assert(never<Model>, "wmanifold: expected a model, got a pointer to one; write GradientFlow{*model, ...}");
  } else if constexpr (!WeightManifold<Model> && requires(Model & model) { model.model(); }) {
    static_assert(never<Model>,
                  "wmanifold: expected a model in float or double, got a Stored one of 16-bit numbers, which cannot be "
                  "trained; train the model that it was made of, or stored.model()");
  } else if constexpr (!WeightManifold<Model> && requires(Model & model) { model.basis(), model.stack(); }) {
    static_assert(never<Model>,
                  "wmanifold: expected a model with a type, got an AnyManifold, which cannot be trained; load it by "
                  "load_model<Manifold<basis, layers...>>(path)");
  } else if constexpr (!WeightManifold<Model> && requires(Model & model) { model.stack(); }) {
    static_assert(never<Model>,
                  "wmanifold: expected a manifold of weights, got a network; train a Manifold<Constant<>, layers...>, "
                  "which lift<Constant<>>(network) makes of it");
  } else if constexpr (!WeightManifold<Model>) {
    static_assert(never<Model>,
                  "wmanifold: expected a manifold of weights first, such as a Manifold<Fourier<S1, 1>, Dense<2, 16>, "
                  "...>, then a loss and options, got another type");
  } else if constexpr (!is_custom && !HasRows<Model>) {
    static_assert(never<Model>,
                  "wmanifold: expected a manifold with rows over a basis, got a custom one; use CustomFlow{model, "
                  "loss, {.rate = 0.05}} of <wmanifold/flow/custom_flow.hpp>, with the same options");
  } else if constexpr (is_custom && HasRows<Model>) {
    static_assert(never<Model>,
                  "wmanifold: expected a custom manifold, got one with rows over a basis; use GradientFlow{model, "
                  "loss, {.rate = 0.05}}, with the same options");
  } else if constexpr (std::same_as<L, NoLoss>) {
    static_assert(never<L>,
                  "wmanifold: expected a loss between model and options, got none; write GradientFlow{model, "
                  "MeanSquaredError{}, {.rate = 0.05}}");
  } else if constexpr (FlowRule<L>) {
    static_assert(never<L>,
                  "wmanifold: expected a loss between model and rule, got none; write GradientFlow{model, "
                  "MeanSquaredError{}, Adam{}, {.rate = 1e-3}}");
  } else if constexpr (!LossOn<LossOf<L>, Model> && requires { typename LossOf<L>::template Targets<float>; }) {
    static_assert(
        never<L>,
        "wmanifold: expected a loss for the topology of the model's contexts, got one for another; use Pinball for "
        "quantile levels on the Interval, or a custom loss, which may take the context as its first argument");
  } else if constexpr (!LossOn<LossOf<L>, Model>) {
    static_assert(never<L>,
                  "wmanifold: expected a loss after the model (MeanSquaredError{}, CrossEntropy{}, ...) or a "
                  "LossFunctional, got another type; make a loss of a function or lambda by custom_loss(f)");
  } else if constexpr (!FlowRule<Rule>) {
    static_assert(never<Rule>,
                  "wmanifold: expected a rule between loss and options (HeavyBall, Nesterov, Adam, or a FlowRule of "
                  "your own), got another type");
  } else if constexpr (is_custom && Rule::input != RuleInput::preconditioned) {
    static_assert(never<Rule>,
                  "wmanifold: expected a rule that needs no whitened coordinates, as the metric of a custom manifold "
                  "changes at each step, got one that does; use HeavyBall or Nesterov");
  }
  return true;
}

/// Whether the arguments behind model and loss are neither options, nor a rule and its options.
template <class... Rest>
inline constexpr bool no_flow_arguments = sizeof...(Rest) == 0;
template <class Options>
inline constexpr bool no_flow_arguments<Options> = !std::convertible_to<Options, FlowOptions>;
template <class Rule, class Options>
inline constexpr bool no_flow_arguments<Rule, Options> = !std::convertible_to<Options, RuleOptions>;

/// States which arguments a flow takes behind model and loss.
template <class Model, class... Rest>
constexpr void explain_flow_arguments() {
  if constexpr (sizeof...(Rest) == 0) {
    static_assert(never<Model>,
                  "wmanifold: expected options after the loss, with a rate or a movement budget, got none; write "
                  "GradientFlow{model, loss, {.rate = 0.05}}");
  } else {
    using Last = std::remove_cvref_t<std::tuple_element_t<sizeof...(Rest) - 1, std::tuple<Rest...>>>;
    if constexpr (sizeof...(Rest) == 1 && FlowRule<Last>) {
      static_assert(never<Last>,
                    "wmanifold: expected options after the rule, got none; write GradientFlow{model, loss, Adam{}, "
                    "{.rate = 1e-3}}");
    } else if constexpr (sizeof...(Rest) == 1) {
      static_assert(never<Last>,
                    "wmanifold: expected FlowOptions after the loss, or a rule and RuleOptions, got another type; "
                    "write GradientFlow{model, loss, {.rate = 0.05}}");
    } else if constexpr (FlowRule<Last>) {
      static_assert(never<Last>,
                    "wmanifold: expected the rule before its options, got it last; write GradientFlow{model, loss, "
                    "Adam{}, {.rate = 1e-3}}");
    } else {
      static_assert(never<Last>,
                    "wmanifold: expected RuleOptions after the rule, got other options; write GradientFlow{model, "
                    "loss, Adam{}, {.rate = 1e-3}}, as a rule has its own momentum");
    }
  }
}

/// States that a flow takes no temporary model.
template <class Model>
constexpr void explain_temporary() {
  static_assert(never<Model>,
                "wmanifold: expected a model that outlives its flow, got a temporary one; give it a name: Model "
                "model{...}; GradientFlow flow{model, ...}");
}

}  // namespace wmanifold::detail
