#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/matrix.hpp>
#include <wmanifold/kernel/optimiser/descent.hpp>

#include <concepts>
#include <string_view>
#include <utility>

namespace wmanifold {

/// The form in which a rule wants the gradient. In Euclidean geometry it comes as it is.
enum class RuleInput {
  preconditioned,  ///< H^-1 grad, the direction in which the loss rises most for its price (equation 5)
  whitened,        ///< C^-1 grad, H = C C^T; the rule's direction goes back by C^-T
};

/// No number that a rule is given exceeds this: 1.8e13 in float, 9.2e105 in double.
template <Real R>
inline constexpr double largest_input = std::same_as<R, float> ? 0x1p44 : 0x1p352;

/// How gradients become steps. A rule is a value with its numbers, and owes
///
/// - `input`, and `moments`, how many blocks of the parameters' sizes it remembers, zeros at first;
/// - `name()`, which checkpoints must agree on, and `check()`, an ArgumentError for numbers that make no sense;
/// - `at<T, R>(step)`, a function of a kernel::Tile<R>, for the step 1, 2, ...: from the gradient in the tile to the
///   direction, in place, and from the moments to those of now. Columns know nothing of each other. It must not throw,
///   and make zeros of zeros; as long as no number that it is given exceeds largest_input<R>, its moments stay below
///   the square of that, and its direction below largest_input<R> * 1e19.
///
/// It may say `steps_along_moment = true` (the direction is its first moment), `row_by_row = true` (rows know nothing
/// of each other either), have a `shrink()` (direction += shrink() parameters), and a
/// `first_square`, the first of the moments that are of squares and so never below 0.
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

/// v = momentum v + d, step along -v, for the direction d in which the loss rises (equation 5). Momentum 0 is steepest
/// descent.
struct HeavyBall {
  double momentum = 0;

  static constexpr std::size_t moments = 1;
  static constexpr RuleInput input = RuleInput::preconditioned;
  static constexpr bool steps_along_moment = true;
  static constexpr bool row_by_row = true;
  [[nodiscard]] static std::string_view name() noexcept { return "heavy ball"; }
  void check() const { detail::require_fraction("a momentum", momentum); }
  template <class T, Real R>
  [[nodiscard]] auto at(Index) const noexcept {
    return [m = static_cast<R>(momentum)](kernel::Tile<R> const& tile) { kernel::heavy_ball<T, R>(m, false, tile); };
  }
  friend bool operator==(HeavyBall const&, HeavyBall const&) = default;
};

/// v = momentum v + d, step along -(momentum v + d).
struct Nesterov {
  double momentum = 0.9;

  static constexpr std::size_t moments = 1;
  static constexpr RuleInput input = RuleInput::preconditioned;
  static constexpr bool row_by_row = true;
  [[nodiscard]] static std::string_view name() noexcept { return "nesterov"; }
  void check() const { detail::require_fraction("a momentum", momentum); }
  template <class T, Real R>
  [[nodiscard]] auto at(Index) const noexcept {
    return [m = static_cast<R>(momentum)](kernel::Tile<R> const& tile) { kernel::heavy_ball<T, R>(m, true, tile); };
  }
  friend bool operator==(Nesterov const&, Nesterov const&) = default;
};

}  // namespace wmanifold
