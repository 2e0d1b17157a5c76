#pragma once

#include <wmanifold/flow/rule.hpp>

namespace wmanifold {

/// The second moment of Adam.
enum class SecondMoment {
  over_rows,  ///< v_n = mean over k of q_kn^2: the same in every basis (equation 8)
  each,       ///< v_kn = q_kn^2: the usual one, which depends on the whitened coordinates
};

/// Adam in whitened coordinates Q = C^T P. `decay` is AdamW's: beside each step, the parameters shrink by rate * decay.
struct Adam {
  double beta1 = 0.9;                                    ///< decay of the first moment, in [0, 1)
  double beta2 = 0.999;                                  ///< decay of the second moment, in [0, 1)
  double epsilon = 1e-8;                                 ///< added to the root of the second moment
  SecondMoment second_moment = SecondMoment::over_rows;  ///< over rows or for each number
  double decay = 0;                                      ///< of the parameters, at least 0

  static constexpr std::size_t moments = 2;                ///< blocks of memory
  static constexpr std::size_t first_square = 1;           ///< the second moment holds squares
  static constexpr RuleInput input = RuleInput::whitened;  ///< coordinates of the gradient
  /// Name in checkpoints.
  [[nodiscard]] std::string_view name() const noexcept {
    return second_moment == SecondMoment::over_rows ? "adam over rows" : "adam each";
  }
  /// Throws ArgumentError for numbers out of range.
  void check() const {
    detail::require_fraction("a beta1", beta1);
    detail::require_fraction("a beta2", beta2);
    detail::require_not_negative("an epsilon", epsilon);
    detail::require_not_negative("a decay", decay);
  }
  /// Decay of the parameters per unit of rate.
  [[nodiscard]] double shrink() const noexcept { return decay; }
  /// The rule of a step (1, 2, ...), as a function of a tile.
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
  /// Lower bound of the divisor, about the root of the smallest float. With it, 0 / 0 becomes 0.
  static constexpr double least = 1e-19;

  [[nodiscard]] static double share(double beta, Index step) noexcept {
    return 1 / (1 - std::pow(beta, static_cast<double>(step)));
  }
};

}  // namespace wmanifold
