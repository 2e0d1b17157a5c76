#pragma once

#include <wmanifold/basis/metric.hpp>
#include <wmanifold/basis/step_price.hpp>
#include <wmanifold/flow/low_rank_metric.hpp>
#include <wmanifold/kernel/descend.hpp>
#include <wmanifold/manifold/manifold.hpp>

namespace wmanifold {

/// How far a manifold of weights moves when its parameters do: the metric E_s || dM(s) ||^2 at the model's parameters
/// (equations 4 and 12), layer by layer. Rows on the manifold move by G, what all contexts share by itself, a low-rank
/// layer by E_s J(s)^T J(s).
template <class Model>
class MovementMetric {
 public:
  using R = typename Model::Scalar;
  /// Of a flow that is told none.
  static constexpr double default_stiffness = wmanifold::default_stiffness;

  /// `stiffness` is that of the price of a step (step_price); ArgumentError where it is negative or not finite.
  explicit MovementMetric(Model const& model, double stiffness = 0)
      : metric_(model.basis()), price_(step_price(model.basis(), stiffness)) {
    SmallMatrix centre(model.rows(), 1);
    for (int k = 0; k < model.rows(); ++k) {
      centre(k, 0) = model.basis().constant(k);
    }
    mean_ = metric_.gram() * centre;
    inverse_ = as_rows(price_.inverse());
    // H = C C^T and Q = C^T P: gradients in Q are C^-1 grad, steps in P are C^-T dQ.
    SmallMatrix const whiten = price_.cholesky().template triangularView<Eigen::Lower>().solve(
        SmallMatrix::Identity(model.rows(), model.rows()));
    whiten_ = as_rows(whiten);
    unwhiten_ = as_rows(whiten.transpose());
  }

  /// The inner product of two steps: E_s <dM_a(s), dM_b(s)>.
  template <class T = HostTarget>
  [[nodiscard]] double inner(Model const& model, Parameters<R> const& a, Parameters<R> const& b) const {
    double sum =
        kernel::metric_product<T, R>(metric_.gram().data(), a.rows(), a.stride(), a.columns(), a.data(), b.data());
    for (std::size_t n = 0; n < a.shared().size(); ++n) {
      sum += static_cast<double>(a.shared()[n]) * static_cast<double>(b.shared()[n]);
    }
    for_each_low_rank(model, [&](DenseShape const& shape) {
      // What the two sums above took for this layer is not its metric.
      auto const at = low_rank_at(model, shape, metric_.gram());
      auto const u = low_rank_step(shape, a);
      auto const v = low_rank_step(shape, b);
      sum += detail::inner(v, at.apply(u)) - detail::plain_inner(metric_.gram(), u, v);
    });
    return sum;
  }

  /// sqrt(E_s || dM(s) ||^2) over all weights and biases.
  template <class T = HostTarget>
  [[nodiscard]] double movement(Model const& model, Parameters<R> const& step) const {
    return std::sqrt(std::max(inner<T>(model, step, step), 0.0));
  }

  /// to = keep * before + H^-1 gradient: the direction in which the loss rises most for its price (equation 5).
  /// `to` may be `before`. Where the metric of a low-rank layer is singular, the shortest solution.
  template <class T = HostTarget>
  void rise(Model const& model, Parameters<R> const& gradient, double keep, Parameters<R> const& before,
            Parameters<R>& to) const {
    std::vector<detail::LowRankStep> solved;
    for_each_low_rank(model, [&](DenseShape const& shape) {
      solved.push_back(low_rank_at(model, shape, price_.gram()).solve(low_rank_step(shape, gradient)));
      solved.back() += low_rank_step(shape, before) * keep;
    });
    kernel::combine_rows<T, R>(inverse_.data(), gradient.rows(), gradient.stride(), gradient.columns(), gradient.data(),
                               static_cast<R>(keep), before.data(), to.data());
    kernel::blend<T, R>(static_cast<Index>(gradient.shared().size()), static_cast<R>(keep), before.shared().data(),
                        R{1}, gradient.shared().data(), to.shared().data());
    auto next = solved.begin();
    for_each_low_rank(model, [&](DenseShape const& shape) { store(*next++, shape, to); });
  }

  /// Are there coordinates in which the metric is the identity and stays so? Not with low-rank layers.
  [[nodiscard]] static bool has_whitened_coordinates(Model const& model) noexcept {
    for (Index l = 0; l < model.stack().depth(); ++l) {
      if (model.stack().dense(l).placement == Placement::low_rank) {
        return false;
      }
    }
    return true;
  }

  /// Gradients in whitened coordinates, and steps back from them. For layers on the manifold and shared ones.
  template <class T = HostTarget>
  void whiten(Parameters<R> const& gradient, Parameters<R>& to) const {
    in_rows<T>(whiten_, gradient, to);
  }
  template <class T = HostTarget>
  void unwhiten(Parameters<R> const& step, Parameters<R>& to) const {
    in_rows<T>(unwhiten_, step, to);
  }

 private:
  static std::vector<R> as_rows(SmallMatrix const& m) {
    std::vector<R> numbers;
    for (Index i = 0; i < m.rows(); ++i) {
      for (Index j = 0; j < m.cols(); ++j) {
        numbers.push_back(static_cast<R>(m(i, j)));
      }
    }
    return numbers;
  }

  template <class T>
  void in_rows(std::vector<R> const& matrix, Parameters<R> const& from, Parameters<R>& to) const {
    kernel::combine_rows<T, R>(matrix.data(), from.rows(), from.stride(), from.columns(), from.data(), R{0},
                               from.data(), to.data());
    std::copy(from.shared().begin(), from.shared().end(), to.shared().begin());
  }

  template <class Body>
  static void for_each_low_rank(Model const& model, Body const& body) {
    for (Index l = 0; l < model.stack().depth(); ++l) {
      if (model.stack().dense(l).placement == Placement::low_rank && !model.is_frozen(l)) {
        body(model.stack().dense(l));
      }
    }
  }

  static detail::LowRankStep low_rank_step(DenseShape const& shape, Parameters<R> const& block) {
    return detail::LowRankStep::from(
        shape, block.rows(),
        detail::low_rank_parts<R const>(shape, block.data(), block.stride(), block.shared().data()));
  }
  static void store(detail::LowRankStep const& step, DenseShape const& shape, Parameters<R>& block) {
    step.store(detail::low_rank_parts<R>(shape, block.data(), block.stride(), block.shared().data()));
  }
  [[nodiscard]] detail::LowRankMetric low_rank_at(Model const& model, DenseShape const& shape,
                                                  SmallMatrix const& gram) const {
    return detail::LowRankMetric(low_rank_step(shape, model.parameters()), gram, mean_);
  }

  Metric metric_;
  Metric price_;
  SmallMatrix mean_;  // E phi, whatever the price: constants do not bend
  std::vector<R> inverse_;
  std::vector<R> whiten_;
  std::vector<R> unwhiten_;
};

}  // namespace wmanifold
