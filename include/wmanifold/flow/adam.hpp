#pragma once

#include <wmanifold/flow/rule.hpp>

namespace wmanifold {

/// What Adam divides by.
enum class SecondMoment {
  over_rows,  ///< v_n = mean over k of q_kn^2: the same in every basis (equation 8)
  each,       ///< v_kn = q_kn^2: the usual one, which depends on the whitened coordinates
};

/// Adam in whitened coordinates Q = C^T P. `decay` is AdamW's: beside each step, the parameters shrink by rate * decay.
struct Adam {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  SecondMoment second_moment = SecondMoment::over_rows;
  double decay = 0;

  static constexpr std::size_t moments = 2;
  static constexpr std::size_t first_square = 1;  // the second moment, of squares
  static constexpr RuleInput input = RuleInput::whitened;
  [[nodiscard]] std::string_view name() const noexcept {
    return second_moment == SecondMoment::over_rows ? "adam over rows" : "adam each";
  }
  void check() const {
    detail::require_fraction("a beta1", beta1);
    detail::require_fraction("a beta2", beta2);
    detail::require_not_negative("an epsilon", epsilon);
    detail::require_not_negative("a decay", decay);
  }
  [[nodiscard]] double shrink() const noexcept { return decay; }
  template <class T, Real R>
  [[nodiscard]] auto at(Index step) const noexcept {
    kernel::AdamTerms<R> const terms{static_cast<R>(beta1),
                                     static_cast<R>(beta2),
                                     static_cast<R>(epsilon),
                                     static_cast<R>(share(beta1, step)),
                                     static_cast<R>(share(beta2, step)),
                                     static_cast<R>(least)};
    return [terms, over_rows = second_moment == SecondMoment::over_rows](kernel::Tile<R> const& tile) {
      kernel::adam<T, R>(terms, over_rows, tile);
    };
  }
  friend bool operator==(Adam const&, Adam const&) = default;

 private:
  /// What it divides by is never below this, the root of the least float: nothing over nothing is nothing.
  static constexpr double least = 1e-19;

  [[nodiscard]] static double share(double beta, Index step) noexcept {
    return 1 / (1 - std::pow(beta, static_cast<double>(step)));
  }
};

}  // namespace wmanifold
