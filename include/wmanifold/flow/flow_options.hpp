#pragma once

#include <wmanifold/network/explain.hpp>
#include <wmanifold/network/parameters.hpp>

#include <algorithm>
#include <optional>

namespace wmanifold {

/// The measure of a step's length.
enum class Geometry {
  movement,   ///< movement of the manifold: steps along G^-1 grad (equation 5), the same in every basis
  euclidean,  ///< length of the parameter vector: plain gradient descent, for comparison
};

/// The momentum option beside a rule, which has its own: there is none to set.
struct NoMomentum {
  /// No momentum.
  constexpr NoMomentum() = default;
  /// Overload for a number: a compile-time message says why.
  template <std::convertible_to<double> Number>
  NoMomentum(Number const&) {
    static_assert(detail::never<Number>,
                  "wmanifold: expected no .momentum in the options beside a rule, got one; give it to the rule: "
                  "HeavyBall{0.9}, Nesterov{0.9}, Adam{.beta1 = 0.9}");
  }
};

/// Options of a flow's steps. Exactly one of `rate` and `movement` is set. A step under a rate or a budget of 0 moves
/// nothing, but the rule's moments still take in the gradient.
///
/// Normalise the inputs first to mean 0 and deviation 1 per column (Standardisation), and the targets of squared
/// errors, too. No rate makes up for columns of different scales.
template <class Momentum>
struct BasicFlowOptions {
  /// dP = -rate v, at most 1e5. Start with 1e-2 to 1e-1 for the heavy ball with a momentum of 0.9, 1e-3 to 1e-2 for
  /// Adam.
  std::optional<double> rate = std::nullopt;
  std::optional<double> movement = std::nullopt;  ///< dP along -v with exactly this movement (equation 6)
  Momentum momentum = {};                         ///< of the heavy ball
  Geometry geometry = Geometry::movement;         ///< measure of a step's length
  /// Stiffness of the price of a step (equation 9). 0 prices the movement alone, the flow of equation 7. Unset: the
  /// default of the model's metric, default_stiffness or 0.
  std::optional<double> stiffness = std::nullopt;
  std::optional<double> clip = std::nullopt;  ///< largest movement of a step
  double weight_decay = 0;                    ///< of E_s ||M(s)||^2 / 2 in the objective (equation 10)
  double energy = 0;                          ///< of E_s ||dM/ds||^2 / 2 in the objective (equation 11)
};

/// Options of a flow by the heavy ball, the default rule.
using FlowOptions = BasicFlowOptions<double>;
/// Options of a flow by a given rule.
using RuleOptions = BasicFlowOptions<NoMomentum>;

/// The result of one step.
struct Step {
  double loss = 0;  ///< of the batch, before the step, without priors
  /// Movement of the manifold. It is 0 under a rate of 0, or without a direction; then nothing moved. A direction with
  /// a movement below 1e-17 (1e-150 in double) cannot be squared and counts as none. A rate without a clip still steps
  /// along it.
  double movement = 0;
};

/// The memory of a flow between steps, to be saved and restored with the model. A flow that continues from it gives the
/// same numbers, bit for bit, as one that did not stop.
template <Real R>
struct FlowState {
  Index steps = 0;                     ///< steps taken
  std::vector<Parameters<R>> moments;  ///< defined by the rule: a velocity, Adam's two

  friend bool operator==(FlowState const&, FlowState const&) = default;
};

namespace detail {

/// Upper bound of rates and budgets. Larger ones are useless, and could take a step out of the range of float.
inline constexpr double longest_step = 1e5;

/// Returns the options. Throws ArgumentError for invalid ones.
inline RuleOptions checked(RuleOptions const& options) {
  if (options.rate.has_value() == options.movement.has_value()) [[unlikely]] {
    fail("flow: expected either a rate or a movement budget, got ", options.rate ? "both" : "neither",
         "; set one of .rate and .movement");
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

/// The options of a heavy ball without its momentum. Out of line: inlined at -O1, GCC 12 warns of optionals without a
/// value (-Wmaybe-uninitialized).
[[gnu::noinline]] inline RuleOptions beside_rule(FlowOptions const& options) {
  return {options.rate,         options.movement, {}, options.geometry, options.stiffness, options.clip,
          options.weight_decay, options.energy};
}

/// The options under another rate or budget.
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

/// Throws ArgumentError if a state has another number or other sizes of moments, or a negative step count.
template <Real R>
void require_state_of(Parameters<R> const& parameters, std::size_t moments, FlowState<R> const& state) {
  bool fits = state.steps >= 0 && state.moments.size() == moments;
  for (auto const& block : state.moments) {
    fits = fits && block.same_sizes(parameters);
  }
  if (!fits) [[unlikely]] {
    fail("flow: expected a state with ", moments,
         " blocks of the model's sizes, got one of another flow; use the same model and rule");
  }
}

}  // namespace detail

}  // namespace wmanifold
