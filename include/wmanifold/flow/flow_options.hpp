#pragma once

#include <wmanifold/network/explain.hpp>
#include <wmanifold/network/parameters.hpp>

#include <algorithm>
#include <optional>

namespace wmanifold {

/// The measure of a step's length.
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
  /// At most 1e5.
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

/// The loss before one step, and the movement that it made.
struct Step {
  double loss = 0;  ///< of the batch, before the step, without priors
  /// Of the manifold; 0 under a rate of 0, or with no direction to go, and then nothing moved. A direction whose
  /// movement is below 1e-17 (1e-150 in double), too short to be squared, counts as none, but a rate without a clip
  /// still steps.
  double movement = 0;
};

/// The memory of a flow from step to step, to be saved and restored with the model: a flow that goes on from it goes
/// on as if it had not stopped, bit for bit.
template <Real R>
struct FlowState {
  Index steps = 0;
  std::vector<Parameters<R>> moments;  ///< as the rule says: a velocity, Adam's two

  friend bool operator==(FlowState const&, FlowState const&) = default;
};

namespace detail {

/// Rates and budgets beyond it mean nothing, and could take a step out of the range of float.
inline constexpr double longest_step = 1e5;

/// ArgumentError, which says what is wrong, for options that make no sense.
inline RuleOptions checked(RuleOptions const& options) {
  if (options.rate.has_value() == options.movement.has_value()) [[unlikely]] {
    fail("flow: expected either a rate or a movement budget, got ", options.rate ? "both" : "neither");
  }
  double const length = options.rate ? *options.rate : *options.movement;
  if (!(is_finite(length) && length >= 0)) [[unlikely]] {
    fail("flow: expected a ", options.rate ? "rate" : "movement budget", " of at least 0, got ", length);
  }
  if (length > longest_step) [[unlikely]] {
    fail("flow: expected a ", options.rate ? "rate" : "movement budget", " of at most ", longest_step, ", got ",
         length);
  }
  if (options.clip && (is_nan(*options.clip) || !(*options.clip > 0))) [[unlikely]] {
    fail("flow: expected a positive movement to clip at, got ", *options.clip);
  }
  return options;
}

/// The options of a heavy ball without its momentum.
inline RuleOptions beside_rule(FlowOptions const& options) {
  return {options.rate,         options.movement, {}, options.geometry, options.stiffness, options.clip,
          options.weight_decay, options.energy};
}

/// The same under another rate or budget.
inline RuleOptions with_length(RuleOptions options, std::optional<double> rate, std::optional<double> movement) {
  options.rate = rate;
  options.movement = movement;
  return checked(options);
}

/// The factor of a direction whose movement is `unit`.
inline double factor_at(RuleOptions const& options, double unit) noexcept {
  double factor = options.rate ? *options.rate : unit > 0 ? *options.movement / unit : 0;
  if (options.clip && unit > 0) {
    factor = std::min(factor, *options.clip / unit);
  }
  return factor;
}

/// ArgumentError where a state is not of a flow with as many moments of these sizes, or is none that a flow left.
template <Real R>
void require_state_of(Parameters<R> const& parameters, std::size_t moments, FlowState<R> const& state) {
  bool fits = state.steps >= 0 && state.moments.size() == moments;
  for (auto const& block : state.moments) {
    fits = fits && block.same_sizes(parameters);
  }
  if (!fits) [[unlikely]] {
    fail("flow: expected a state with ", moments, " blocks of the model's sizes, got one of another flow");
  }
}

}  // namespace detail

}  // namespace wmanifold
