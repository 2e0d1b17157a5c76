#pragma once

#include <wmanifold/core/random.hpp>

#include <span>
#include <string_view>

namespace demo {

/// Which angles, in degrees counter-clockwise, are trained on and which are asked for afterwards.
struct Study {
  std::string_view name;
  std::string_view title;
  std::string_view text;
  double (*training_angle)(wmanifold::Random&);
  double (*test_angle)(wmanifold::Random&);
  bool (*is_trained)(double degrees);  ///< could training have drawn this angle?
};

[[nodiscard]] std::span<Study const> studies();

}  // namespace demo
