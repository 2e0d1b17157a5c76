#pragma once

#include <Eigen/Core>

#include <vector>

namespace check {

/// Returns the numbers of a matrix, row by row.
template <class Derived>
std::vector<double> flat(Eigen::DenseBase<Derived> const& m) {
  std::vector<double> numbers;
  for (Eigen::Index i = 0; i < m.rows(); ++i) {
    for (Eigen::Index j = 0; j < m.cols(); ++j) {
      numbers.push_back(static_cast<double>(m.derived().coeff(i, j)));
    }
  }
  return numbers;
}

}  // namespace check
