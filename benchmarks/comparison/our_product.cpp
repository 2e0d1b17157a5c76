#include "products.hpp"

#include <wmanifold/kernel/matrix/product.hpp>

namespace comparison {

Multiply multiply_ours(ProductShape const& shape) {
  return repeated([shape](float const* a, float const* b, float* c) {
    wmanifold::kernel::multiply<wmanifold::HostTarget, float>(
        shape.rows, shape.columns, shape.depth, {a, shape.depth, 1}, {b, shape.columns, 1}, c, shape.columns);
  });
}

}  // namespace comparison
