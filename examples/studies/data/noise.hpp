#pragma once

#include <wmanifold/core/random.hpp>

#include <span>

namespace demo {

/// The study's range of noise: at its end hardly anything of an image is left.
inline constexpr double largest_noise = 2;

/// out = image + sigma N(0, 1), independently for each pixel and not cut off. `sigma` is in the unit of the pixels,
/// which are from 0 to 1: from 0 to `largest_noise` in the study. Nothing is drawn from `random` but this noise. `out`
/// is as large as the image, and may be the image. Throws wm::ArgumentError for other sizes and for a sigma that is no
/// finite number >= 0.
void add_noise(std::span<float const> image, double sigma, wmanifold::Random& random, std::span<float> out);

}  // namespace demo
