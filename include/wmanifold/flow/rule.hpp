#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/matrix.hpp>
#include <wmanifold/kernel/optimiser/descent.hpp>

#include <concepts>
#include <string_view>
#include <utility>

namespace wmanifold {

/// The form in which a rule receives the gradient. In Euclidean geometry the gradient is unchanged.
enum class RuleInput {
  preconditioned,  ///< H^-1 grad, the direction of the steepest rise of the loss for its price (equation 5)
  whitened,        ///< C^-1 grad, H = C C^T; the rule's direction goes back by C^-T
};

/// Upper bound of the numbers that a rule receives: 1.8e13 in float, 9.2e105 in double.
template <Real R>
inline constexpr double largest_input = std::same_as<R, float> ? 0x1p44 : 0x1p352;

/// A rule that turns gradients into steps: a copyable value with
///
/// - `input`, and `moments`, the number of blocks of the parameters' sizes that it keeps, zeros at first;
/// - `name()`, which checkpoints compare, and `check()`, which throws ArgumentError for invalid numbers;
/// - `at<T, R>(step)`, a function of a kernel::Tile<R>, for the step 1, 2, .... In place, it turns the gradient in the
/// tile
///   into the direction, and updates the moments. Columns are independent. It must not throw, and must turn zeros into
///   zeros. As long as no input exceeds largest_input<R>, its moments stay below the square of that, and its direction
///   below largest_input<R> * 1e19.
///
/// Optional members are `steps_along_moment = true` (the direction is the first moment), `row_by_row = true` (rows are
/// independent, too), `shrink()` (direction += shrink() parameters), and `first_square`, the index of the first moment
/// that holds squares, which are never below 0.
template <class Rule>
concept FlowRule = std::copyable<Rule> && requires(Rule const& rule, Index step) {
  requires Rule::moments <= kernel::most_moments;
  { Rule::input } -> std::convertible_to<RuleInput>;
  { rule.name() } -> std::convertible_to<std::string_view>;
  rule.check();
  rule.template at<HostTarget, float>(step)(std::declval<kernel::Tile<float> const&>());
  rule.template at<HostTarget, double>(step)(std::declval<kernel::Tile<double> const&>());
};

namespace detail {

inline void require_fraction(char const* what, double value) {
  if (!(is_finite(value) && value >= 0 && value < 1)) [[unlikely]] {
    fail("flow: expected ", what, " in [0, 1), got ", value);
  }
}

inline void require_not_negative(char const* what, double value) {
  if (!(is_finite(value) && value >= 0)) [[unlikely]] {
    fail("flow: expected ", what, " of at least 0, got ", value);
  }
}

}  // namespace detail

/// The heavy ball: v = momentum v + d, step along -v, for the direction d of the steepest rise of the loss (equation
/// 5). Momentum 0 is steepest descent.
struct HeavyBall {
  double momentum = 0;  ///< in [0, 1)

  static constexpr std::size_t moments = 1;                      ///< the velocity
  static constexpr RuleInput input = RuleInput::preconditioned;  ///< coordinates of the gradient
  static constexpr bool steps_along_moment = true;               ///< the direction is the velocity
  static constexpr bool row_by_row = true;                       ///< rows are independent
  /// Name in checkpoints.
  [[nodiscard]] static std::string_view name() noexcept { return "heavy ball"; }
  /// Throws ArgumentError for a momentum outside [0, 1).
  void check() const { detail::require_fraction("a momentum", momentum); }
  /// The rule of a step, as a function of a tile.
  template <class T, Real R>
  [[nodiscard]] auto at(Index) const noexcept {
    return [m = static_cast<R>(momentum)](kernel::Tile<R> const& tile) { kernel::heavy_ball<T, R>(m, false, tile); };
  }
  friend bool operator==(HeavyBall const&, HeavyBall const&) = default;
};

/// Nesterov's rule: v = momentum v + d, step along -(momentum v + d).
struct Nesterov {
  double momentum = 0.9;  ///< in [0, 1)

  static constexpr std::size_t moments = 1;                      ///< the velocity
  static constexpr RuleInput input = RuleInput::preconditioned;  ///< coordinates of the gradient
  static constexpr bool row_by_row = true;                       ///< rows are independent
  /// Name in checkpoints.
  [[nodiscard]] static std::string_view name() noexcept { return "nesterov"; }
  /// Throws ArgumentError for a momentum outside [0, 1).
  void check() const { detail::require_fraction("a momentum", momentum); }
  /// The rule of a step, as a function of a tile.
  template <class T, Real R>
  [[nodiscard]] auto at(Index) const noexcept {
    return [m = static_cast<R>(momentum)](kernel::Tile<R> const& tile) { kernel::heavy_ball<T, R>(m, true, tile); };
  }
  friend bool operator==(Nesterov const&, Nesterov const&) = default;
};

}  // namespace wmanifold
