#pragma once

#include <wmanifold/core/symmetric.hpp>
#include <wmanifold/flow/rule.hpp>
#include <wmanifold/layer/parameters.hpp>

namespace wmanifold {

/// Shampoo along K, for comparison: the gradient times H^-1/2, where H = decay H + (1 - decay) grad grad^T / N is the
/// empirical Gram matrix of the rows. It knows nothing of the metric.
struct Shampoo {
  double decay = 0.99;
  double epsilon = 1e-8;
  double momentum = 0;

  static constexpr std::size_t moments = 1;
  static constexpr Feed feed = Feed::gradient;
  static constexpr bool steps_along_moment = true;
  [[nodiscard]] static std::string_view name() noexcept { return "shampoo"; }
  void check() const {
    detail::require_fraction("a decay", decay);
    detail::require_fraction("a momentum", momentum);
    detail::require_not_negative("an epsilon", epsilon);
  }
  [[nodiscard]] Reach<1> reach(double fed, std::array<double, 1> const& velocity, Index) const noexcept {
    double const now = momentum * velocity[0] + fed;
    return {{now}, now};
  }
  template <class T, Real R>
  [[nodiscard]] auto at(Index) const noexcept {
    return [m = static_cast<R>(momentum)](kernel::Tile<R> const& tile) { kernel::heavy_ball<T, R>(m, false, tile); };
  }
  friend bool operator==(Shampoo const&, Shampoo const&) = default;

  class Preconditioner;
};

/// The matrix of a step, with its memory.
class Shampoo::Preconditioner {
 public:
  explicit Preconditioner(Index rows)
      : factor_(rows, rows), diagonal_(rows, rows), vectors_(rows, rows), scaled_(rows, rows), root_(rows, rows) {}

  /// H^-1/2 at this step, from H of the step before.
  template <class T, Real R>
  SmallMatrix const& propose(Shampoo const& rule, Parameters<R> const& gradient, SmallMatrix const& before,
                             Index step) {
    for (Index i = 0; i < gradient.rows(); ++i) {
      for (Index j = 0; j <= i; ++j) {
        double const unit = 1;
        factor_(i, j) = factor_(j, i) = kernel::metric_product<T, R>(&unit, 1, gradient.stride(), gradient.columns(),
                                                                     gradient.row(i).data(), gradient.row(j).data()) /
                                        static_cast<double>(gradient.columns());
      }
    }
    factor_ = rule.decay * before + (1 - rule.decay) * factor_;
    diagonal_ = factor_ / (1 - std::pow(rule.decay, static_cast<double>(step)));
    detail::diagonalise(diagonal_, &vectors_);
    for (Index k = 0; k < vectors_.cols(); ++k) {
      scaled_.col(k) = vectors_.col(k) / std::sqrt(std::max(diagonal_(k, k), 0.0) + rule.epsilon);
    }
    root_.noalias() = scaled_.lazyProduct(vectors_.transpose());
    return root_;
  }

  /// H, once the step is taken.
  void accept(SmallMatrix& factor) noexcept { factor.swap(factor_); }

 private:
  SmallMatrix factor_;
  SmallMatrix diagonal_;
  SmallMatrix vectors_;
  SmallMatrix scaled_;
  SmallMatrix root_;
};

}  // namespace wmanifold
