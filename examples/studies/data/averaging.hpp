#pragma once

#include <cstdint>
#include <span>

namespace demo {

/// Reduces a grey image to 1 / factor of its size by the means of factor x factor pixels, from 0 to 1. `factor` divides
/// rows and columns; `out` has rows / factor times columns / factor pixels. Throws wm::ArgumentError otherwise.
void average(std::span<std::uint8_t const> image, int rows, int columns, int factor, std::span<float> out);

}  // namespace demo
