#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/version.hpp>

#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>
#include <vector>

namespace wmanifold {

/// Computes the Legendre polynomials P_0(x), ..., P_degree(x) by their three-term recurrence, and their derivatives
/// where `derivatives` is not null. Both arrays hold degree + 1 numbers.
constexpr void legendre_polynomials(int degree, double x, double* values, double* derivatives = nullptr) noexcept {
  values[0] = 1;
  if (derivatives != nullptr) {
    derivatives[0] = 0;
  }
  for (int k = 0; k < degree; ++k) {
    double const below = k == 0 ? 0 : values[k - 1];
    values[k + 1] = ((2 * k + 1) * x * values[k] - k * below) / (k + 1);
    if (derivatives != nullptr) {
      derivatives[k + 1] = (k + 1) * values[k] + x * derivatives[k];
    }
  }
}

/// Returns the `count` Gauss-Legendre nodes on [-1, 1] and their weights, which sum to 1. The rule is exact for
/// polynomials of degree 2 * count - 1. ArgumentError unless `count` is from 1 to 10,000.
inline std::pair<std::vector<double>, std::vector<double>> gauss_legendre(int count) {
  if (count < 1 || count > 10'000) [[unlikely]] {
    fail("quadrature: expected from 1 to 10000 nodes along a line, got ", count);
  }
  auto const size = static_cast<std::size_t>(count);
  std::vector<double> nodes(size);
  std::vector<double> weights(size);
  std::vector<double> p(size + 1);
  std::vector<double> dp(size + 1);
  for (int i = 0; i < count; ++i) {
    double x = -std::cos(std::numbers::pi * (i + 0.75) / (count + 0.5));
    for (int iteration = 0; iteration < 100; ++iteration) {  // Newton; about five suffice
      legendre_polynomials(count, x, p.data(), dp.data());
      double const step = p[size] / dp[size];
      x -= step;
      if (std::abs(step) < 1e-15) {
        break;
      }
    }
    legendre_polynomials(count, x, p.data(), dp.data());
    auto const at = static_cast<std::size_t>(i);
    nodes[at] = x;
    weights[at] = 1 / ((1 - x * x) * dp[size] * dp[size]);
  }
  return {nodes, weights};
}

}  // namespace wmanifold
