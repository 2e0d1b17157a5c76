#include "products.hpp"

#include <Eigen/Core>

namespace comparison {

Multiply multiply_eigen(ProductShape const& shape) {
  return repeated([shape](float const* a, float const* b, float* c) {
    using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<Matrix>(c, shape.rows, shape.columns).noalias() =
        Eigen::Map<Matrix const>(a, shape.rows, shape.depth) * Eigen::Map<Matrix const>(b, shape.depth, shape.columns);
  });
}

}  // namespace comparison
