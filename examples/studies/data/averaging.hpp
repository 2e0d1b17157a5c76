#pragma once

#include <cstdint>
#include <span>

namespace demo {

/// A grey image at 1 / factor of its size, pixels from 0 to 1: the means of factor x factor pixels. `factor` divides
/// rows and columns; `out` has rows / factor times columns / factor pixels. Throws wm::ArgumentError otherwise.
void average(std::span<std::uint8_t const> image, int rows, int columns, int factor, std::span<float> out);

}  // namespace demo
