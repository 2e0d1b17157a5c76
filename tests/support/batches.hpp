#pragma once

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace support {

/// Returns the larger of two errors, or a NaN if one of them is.
inline double larger(double a, double b) { return a > b || std::isnan(a) ? a : b; }

/// Returns standard normal numbers.
template <wmanifold::Real R>
std::vector<R> normals(wmanifold::Index count, std::uint64_t seed) {
  wmanifold::Random random(wmanifold::Seed{seed});
  std::vector<R> numbers(static_cast<std::size_t>(count));
  std::generate(numbers.begin(), numbers.end(), [&] { return static_cast<R>(random.normal()); });
  return numbers;
}

/// Returns a batch of standard normal numbers.
template <wmanifold::Real R>
wmanifold::Matrix<R> matrix(wmanifold::Index rows, wmanifold::Index columns, std::uint64_t seed) {
  auto const numbers = normals<R>(rows * columns, seed);
  return Eigen::Map<wmanifold::Matrix<R> const>(numbers.data(), rows, columns);
}

/// Returns random classes in 0, ..., classes - 1.
inline std::vector<int> labels(wmanifold::Index count, wmanifold::Index classes, std::uint64_t seed) {
  wmanifold::Random random(wmanifold::Seed{seed});
  std::vector<int> numbers(static_cast<std::size_t>(count));
  std::generate(numbers.begin(), numbers.end(), [&] { return static_cast<int>(random.below(classes)); });
  return numbers;
}

/// Fills all weights and biases of all rows with N(0, 1 / 4), which no initialisation does.
template <class Model>
void randomise(Model& model, std::uint64_t seed) {
  using R = typename Model::Scalar;
  for (wmanifold::Index k = 0; k < model.basis_size(); ++k) {
    auto const numbers = normals<R>(model.parameters().columns(), seed + static_cast<std::uint64_t>(k));
    std::transform(numbers.begin(), numbers.end(), model.parameters().row(k).begin(), [](R x) { return x / 2; });
  }
}

}  // namespace support
