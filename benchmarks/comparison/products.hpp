#pragma once

#include <functional>
#include <string>
#include <vector>

namespace comparison {

/// A plain product: C (rows x columns) = A (rows x depth) B (depth x columns), row by row in memory.
struct ProductShape {
  int rows = 0;
  int columns = 0;
  int depth = 0;

  [[nodiscard]] double flops() const { return 2.0 * rows * columns * depth; }
  [[nodiscard]] double bytes() const {
    return sizeof(float) * (1.0 * rows * depth + 1.0 * depth * columns + 1.0 * rows * columns);
  }
};

using Multiply = std::function<void(ProductShape const&, float const* a, float const* b, float* c)>;

void multiply_ours(ProductShape const& shape, float const* a, float const* b, float* c);
void multiply_eigen(ProductShape const& shape, float const* a, float const* b, float* c);

/// A library of products, loaded while running, so that equal names of two libraries do not collide.
struct Blas {
  std::string name;
  std::string version;
  Multiply multiply;   ///< on one thread; empty where the library was not found
  std::string reason;  ///< why it was not found
};

/// Returns OpenBLAS, BLIS and oneDNN, found or not.
[[nodiscard]] std::vector<Blas> load_blas();

/// Names the library, and its version, from which the process itself takes `sgemm_`, as LibTorch does. Limits it to one
/// thread.
[[nodiscard]] std::string blas_of_process();

}  // namespace comparison
