#pragma once

#include "noise.hpp"

#include <string_view>

namespace demo {

/// Which contexts are trained on, and which are asked for afterwards.
struct Study {
  std::string_view name;
  std::string_view text;
  Range trained;
  Range asked;
  double far;  ///< the end of the interval beyond what is asked for
};

[[nodiscard]] std::span<Study const> studies();

/// The functions of the context that weights may be.
struct Shape {
  std::string_view name;
  std::string_view text;
};

[[nodiscard]] std::span<Shape const> shapes();

}  // namespace demo
