#pragma once

#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/metric/energy.hpp>

namespace wmanifold {

namespace detail {

inline void check_strengths(double weight_decay, double energy) {
  for (double const strength : {weight_decay, energy}) {
    if (!(is_finite(strength) && strength >= 0)) [[unlikely]] {
      fail("prior: expected a strength of at least 0, got ", strength);
    }
  }
}

}  // namespace detail

/// What an objective adds to the loss of a manifold (equations 10 and 11):
///
///     weight_decay / 2 E_s ||M(s)||^2 + energy / 2 E_s ||dM/ds||^2 = 1/2 trace(P^T (weight_decay G + energy E) P)
///
/// over rows on the manifold, and weight_decay / 2 ||w||^2 over what all contexts share; of a low-rank layer, over its
/// parts. The same in every basis, which ||P||^2 is not. Frozen layers count in neither value nor gradient.
template <class Model>
class Prior {
 public:
  /// ArgumentError for a strength that is negative or not finite, and for an energy over discrete contexts.
  Prior(Model const& model, double weight_decay, double energy) : weight_decay_(weight_decay) {
    detail::check_strengths(weight_decay, energy);
    require_parameters(model.parameters());
    if (weight_decay > 0 || energy > 0) {
      matrix_ = weight_decay * gram_matrix(model.basis());
      if constexpr (DifferentiableBasis<typename Model::Basis>) {
        matrix_ += energy * energy_matrix(model.basis());
      } else if (energy > 0) {
        fail("prior: expected no energy on ", Model::Topology::name(), ", where nothing has a derivative, got ",
             energy);
      }
    }
  }

  [[nodiscard]] bool empty() const noexcept { return matrix_.size() == 0; }

  [[nodiscard]] double value(Model const& model) const {
    double sum = 0;
    for_each_part(model, [&](auto const& rows, auto const& shared) {
      sum += 0.5 * (matrix_ * rows).cwiseProduct(rows).sum() + 0.5 * weight_decay_ * shared.squaredNorm();
    });
    return sum;
  }

  /// gradient += the derivative of the value.
  void add_gradient(Model const& model, Parameters<typename Model::Scalar>& gradient) const {
    using R = typename Model::Scalar;
    if (empty()) {
      return;
    }
    require_parameters(model.parameters());
    for_each_layer(model, [&](DenseLayout const& shape) {
      gradient.matrix().middleCols(shape.row_offset, shape.row_size()) +=
          matrix_.template cast<R>() * model.parameters().matrix().middleCols(shape.row_offset, shape.row_size());
      for (Index n = shape.shared_offset; n < shape.shared_offset + shape.shared_size(); ++n) {
        auto const at = static_cast<std::size_t>(n);
        gradient.shared()[at] += static_cast<R>(weight_decay_) * model.parameters().shared()[at];
      }
    });
  }

 private:
  template <class Body>
  static void for_each_layer(Model const& model, Body const& body) {
    for (Index l = 0; l < model.stack().depth(); ++l) {
      if (!model.is_frozen(l)) {
        body(model.stack().dense(l));
      }
    }
  }
  template <class Body>
  void for_each_part(Model const& model, Body const& body) const {
    if (empty()) {
      return;
    }
    require_parameters(model.parameters());
    for_each_layer(model, [&](DenseLayout const& shape) {
      SmallMatrix const rows =
          model.parameters().matrix().middleCols(shape.row_offset, shape.row_size()).template cast<double>();
      Eigen::VectorXd shared(shape.shared_size());
      for (Index n = 0; n < shared.size(); ++n) {
        shared[n] = static_cast<double>(model.parameters().shared()[static_cast<std::size_t>(shape.shared_offset + n)]);
      }
      body(rows, shared);
    });
  }

  double weight_decay_;
  SmallMatrix matrix_;
};

}  // namespace wmanifold
