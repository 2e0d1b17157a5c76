#include "products.hpp"
#include "text.hpp"

#include <libxsmm.h>

namespace comparison {

Blas xsmm() {
  // The library stores columns. A row-major product is the product of both operands in the other order.
  auto const prepare = [](ProductShape const& s) -> Multiply {
    float const alpha = 1;
    float const beta = 0;
    int const no_prefetch = LIBXSMM_GEMM_PREFETCH_NONE;
    auto const kernel = libxsmm_smmdispatch(s.columns, s.rows, s.depth, &s.columns, &s.depth, &s.columns, &alpha, &beta,
                                            nullptr, &no_prefetch);
    if (kernel == nullptr) {
      return {};
    }
    return repeated([kernel](float const* a, float const* b, float* c) { kernel(b, a, c); });
  };
  return {name::xsmm, demo::joined(LIBXSMM_VERSION, " (", libxsmm_get_target_arch(), " kernels)"), prepare, {}};
}

}  // namespace comparison
