#pragma once

#include <wmanifold/core/real.hpp>

#include <span>
#include <string_view>

namespace demo {

/// The shape of the weights over the circle of angles.
enum class Weights { point, ellipse, fourier2 };

/// The images that the network sees.
enum class Sight { turned, turned_with_angle, turned_back };

struct Contender {
  std::string_view name;
  std::string_view title;
  std::string_view text;
  Weights weights;
  Sight sight;
  wmanifold::Index width;  ///< of both hidden layers
  double rate;             ///< of the first step
};

[[nodiscard]] std::span<Contender const> contenders();

}  // namespace demo
