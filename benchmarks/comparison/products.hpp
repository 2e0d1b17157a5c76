#pragma once

#include "case.hpp"

#include <cstddef>
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

/// Multiplies this many times, back to back.
using Multiply = std::function<void(float const* a, float const* b, float* c, std::size_t calls)>;

/// Repeats `product(a, b, c)`.
template <class Product>
[[nodiscard]] Multiply repeated(Product product) {
  return [product](float const* a, float const* b, float* c, std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      product(a, b, c);
      keep(c);
    }
  };
}

[[nodiscard]] Multiply multiply_ours(ProductShape const& shape);
[[nodiscard]] Multiply multiply_eigen(ProductShape const& shape);

/// A library of products. Those that are loaded while running may have equal names of functions.
struct Blas {
  std::string name;
  std::string version;
  /// Returns the products of a shape, on one thread. Empty where the library was not found.
  std::function<Multiply(ProductShape const&)> prepare;
  std::string reason;  ///< why it was not found
};

/// Returns OpenBLAS, BLIS and oneDNN, found or not.
[[nodiscard]] std::vector<Blas> load_blas();

/// Returns LIBXSMM, found or not when this program was built. It generates a function for each shape.
[[nodiscard]] Blas xsmm();

/// Names the library, and its version, from which the process itself takes `sgemm_`, as LibTorch does. Limits it to one
/// thread.
[[nodiscard]] std::string blas_of_process();

}  // namespace comparison
