#pragma once

#include <wmanifold/functional/prior.hpp>
#include <wmanifold/manifold/custom_jacobian.hpp>

namespace wmanifold {

/// The prior of a custom manifold: weight_decay / 2 E_s ||M(s)||^2 over the nodes of its metric's quadrature.
template <Real R, Topology Space, class F, class... Layers>
class Prior<CustomManifold<R, Space, F, Layers...>> {
 public:
  using Model = CustomManifold<R, Space, F, Layers...>;  ///< type of the model

  /// A prior of this strength. Throws ArgumentError for a strength that is negative or not finite, and for an energy.
  Prior(Model const&, double weight_decay, double energy) : weight_decay_(weight_decay) {
    detail::check_strengths(weight_decay, energy);
    if (energy > 0) [[unlikely]] {
      fail("prior: expected no energy for a custom manifold, got ", energy, "; write it into the loss");
    }
  }

  /// Value at the model's parameters.
  [[nodiscard]] double value(Model const& model) const {
    if (weight_decay_ == 0) {
      return 0;
    }
    detail::CustomJacobian<Model> const jacobian(model);
    double sum = 0;
    for (std::size_t i = 0; i < jacobian.nodes(); ++i) {
      auto const weights = jacobian.weights(i);
      sum += 0.5 * weight_decay_ * jacobian.share(i) * detail::dot(weights, weights);
    }
    return sum;
  }

  /// Adds the derivative of the value to `gradient`.
  void add_gradient(Model const& model, Parameters<R>& gradient) const {
    if (weight_decay_ == 0) {
      return;
    }
    detail::CustomJacobian<Model> jacobian(model);
    for (std::size_t i = 0; i < jacobian.nodes(); ++i) {
      double const share = weight_decay_ * jacobian.share(i);
      auto const slope = jacobian.pull(i, jacobian.weights(i));
      std::transform(slope.begin(), slope.end(), gradient.data(), gradient.data(),
                     [share](double x, R g) { return g + static_cast<R>(share * x); });
    }
  }

 private:
  double weight_decay_;
};

}  // namespace wmanifold
