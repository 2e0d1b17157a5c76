#pragma once

#include "contender.hpp"

#include <wmanifold/basis/basis.hpp>

namespace demo {

/// Returns E phi under the uniform measure, K numbers: G c, where c^T phi = 1.
template <class Model>
[[nodiscard]] Eigen::VectorXd mean_values(Model const& model) {
  auto const& basis = model.basis();
  return wmanifold::gram_matrix(basis) *
         Eigen::VectorXd::NullaryExpr(model.basis_size(), [&](auto k) { return basis.constant(static_cast<int>(k)); });
}

/// Moves every network by a share (0 to 1) towards the mean network: M(s) becomes (1 - share) M(s) + share E M.
template <class Model>
void draw_to_mean(Model& model, double share) {
  auto const k = model.basis_size();
  wmanifold::SmallMatrix draw = (1 - share) * wmanifold::SmallMatrix::Identity(k, k);
  Eigen::VectorXd const mean = share * mean_values(model);
  for (wmanifold::Index i = 0; i < k; ++i) {
    draw.row(i) += model.basis().constant(static_cast<int>(i)) * mean.transpose();
  }
  auto rows = model.parameters().matrix();
  rows = (draw * rows.template cast<double>()).eval().template cast<float>();
}

/// A learner whose networks have a mean over all contexts.
class Averageable {
 public:
  virtual ~Averageable() = default;
  virtual void draw_to_mean(double share) = 0;
};

/// Returns the contender with its trained networks moved to their mean by that share: "averaged25" for 0.25. Throws
/// ArgumentError for a share outside of [0, 1]. `make` throws it if the contender is no manifold.
[[nodiscard]] Contender averaged(Contender contender, double share);

}  // namespace demo
