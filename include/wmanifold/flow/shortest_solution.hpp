#pragma once

#include <wmanifold/core/matrix.hpp>

#include <Eigen/Eigenvalues>

#include <algorithm>

namespace wmanifold::detail {

/// The shortest x with matrix x = right, for a symmetric positive semi-definite matrix; directions whose eigenvalue is
/// below `tolerance` times the largest are left out. A template, so that only who calls it compiles the solver.
template <class Solver = Eigen::SelfAdjointEigenSolver<SmallMatrix>>
[[nodiscard]] Eigen::VectorXd shortest_solution(SmallMatrix const& matrix, Eigen::VectorXd const& right,
                                                       double tolerance) {
  Solver const spectrum(matrix);
  auto const& values = spectrum.eigenvalues();  // ascending
  double const least = tolerance * values[values.size() - 1];
  Eigen::VectorXd along = spectrum.eigenvectors().transpose() * right;
  for (Index n = 0; n < along.size(); ++n) {
    along[n] = values[n] > std::max(least, 0.0) ? along[n] / values[n] : 0;
  }
  return spectrum.eigenvectors() * along;
}

}  // namespace wmanifold::detail
