#pragma once

#include <wmanifold/core/random.hpp>

#include <span>

namespace demo {

/// Largest deviation of noise in the study: it leaves hardly anything of an image.
inline constexpr double largest_noise = 2;

/// Writes out = image + sigma N(0, 1), independently for each pixel and without clipping. `sigma` is in the unit of the
/// pixels, which are from 0 to 1; the study has 0 to `largest_noise`. Takes nothing but this noise from `random`. `out`
/// is as large as the image, and may be the image. Throws wm::ArgumentError for other sizes and unless sigma is finite
/// and >= 0.
void add_noise(std::span<float const> image, double sigma, wmanifold::Random& random, std::span<float> out);

}  // namespace demo
