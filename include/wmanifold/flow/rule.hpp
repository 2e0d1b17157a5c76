#pragma once

#include <wmanifold/core/error.hpp>

#include <cmath>
#include <string>
#include <variant>

namespace wmanifold {

/// v = momentum v + d, step along -v, for the direction d in which the loss rises (equation 5). Momentum 0 is steepest
/// descent.
struct HeavyBall {
  double momentum = 0;
  friend bool operator==(HeavyBall const&, HeavyBall const&) = default;
};

/// v = momentum v + d, step along -(momentum v + d).
struct Nesterov {
  double momentum = 0.9;
  friend bool operator==(Nesterov const&, Nesterov const&) = default;
};

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
  friend bool operator==(Adam const&, Adam const&) = default;
};

/// Shampoo along K, for comparison: the gradient times H^-1/2, where H = decay H + (1 - decay) grad grad^T / N is the
/// empirical Gram matrix of the rows. It knows nothing of the metric.
struct Shampoo {
  double decay = 0.99;
  double epsilon = 1e-8;
  double momentum = 0;
  friend bool operator==(Shampoo const&, Shampoo const&) = default;
};

/// How a direction becomes a step.
using Rule = std::variant<HeavyBall, Nesterov, Adam, Shampoo>;

namespace detail {

inline void require_fraction(char const* what, double value) {
  if (!(value >= 0 && value < 1)) [[unlikely]] {
    fail("flow: expected ", what, " in [0, 1), got ", value);
  }
}

inline void require_not_negative(char const* what, double value) {
  if (!(value >= 0 && std::isfinite(value))) [[unlikely]] {
    fail("flow: expected ", what, " of at least 0, got ", value);
  }
}

inline void check(HeavyBall const& rule) { require_fraction("a momentum", rule.momentum); }
inline void check(Nesterov const& rule) { require_fraction("a momentum", rule.momentum); }
inline void check(Adam const& rule) {
  require_fraction("a beta1", rule.beta1);
  require_fraction("a beta2", rule.beta2);
  require_not_negative("an epsilon", rule.epsilon);
  require_not_negative("a decay", rule.decay);
}
inline void check(Shampoo const& rule) {
  require_fraction("a decay", rule.decay);
  require_fraction("a momentum", rule.momentum);
  require_not_negative("an epsilon", rule.epsilon);
}

}  // namespace detail
}  // namespace wmanifold
