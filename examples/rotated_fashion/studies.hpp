#pragma once

#include <wmanifold/core/random.hpp>

#include <span>
#include <string_view>

namespace demo {

/// The angles of training and of tests, in degrees counter-clockwise.
struct Study {
  std::string_view name;
  std::string_view title;
  std::string_view text;
  double (*training_angle)(wmanifold::Random&);
  double (*test_angle)(wmanifold::Random&);
  bool (*is_trained)(double degrees);  ///< returns whether training can draw this angle
};

[[nodiscard]] std::span<Study const> studies();

}  // namespace demo
