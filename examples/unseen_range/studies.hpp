#pragma once

#include "noise.hpp"

#include <string_view>

namespace demo {

/// The contexts of training and of tests.
struct Study {
  std::string_view name;
  std::string_view text;
  Range trained;
  Range asked;
  double far;  ///< end of the interval beyond the range asked for
};

[[nodiscard]] std::span<Study const> studies();

/// The shape of the weights as functions of the context.
struct Shape {
  std::string_view name;
  std::string_view text;
};

[[nodiscard]] std::span<Shape const> shapes();

}  // namespace demo
