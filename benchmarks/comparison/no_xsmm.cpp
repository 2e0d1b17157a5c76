// Replaces xsmm_product.cpp where LIBXSMM is missing.

#include "products.hpp"

namespace comparison {

Blas xsmm() { return {name::xsmm, {}, {}, "LIBXSMM was not found (Debian: libxsmm-dev)"}; }

}  // namespace comparison
