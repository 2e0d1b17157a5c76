#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace check {

/// Returns the value and the derivative of an activation at x, by its name in model files and in the C library's
/// functions. Those of other names are the identity's.
inline std::array<double, 2> activation_at(std::string_view name, double x) {
  double const s = 1 / (1 + std::exp(-x));
  if (name == "relu") {
    return {std::max(x, 0.0), x > 0 ? 1.0 : 0.0};
  }
  if (name == "elu") {
    return {x < 0 ? std::expm1(x) : x, x < 0 ? std::exp(x) : 1};
  }
  if (name == "tanh") {
    return {std::tanh(x), 1 - std::tanh(x) * std::tanh(x)};
  }
  if (name == "sigmoid") {
    return {s, s * (1 - s)};
  }
  if (name == "silu") {
    return {x * s, s + x * s * (1 - s)};
  }
  if (name == "gelu") {
    double const cdf = 0.5 * std::erfc(-x / std::numbers::sqrt2);
    return {x * cdf, cdf + x * std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi)};
  }
  if (name == "softplus") {
    return {std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))), s};
  }
  return {x, 1};
}

}  // namespace check
