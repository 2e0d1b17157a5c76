#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace demo {

/// What a pixel is: one byte, or three.
enum class Pixels { grey, rgb };

/// An image as a PNG within a data URI: nothing to load from elsewhere.
[[nodiscard]] std::string png_uri(std::span<std::uint8_t const> pixels, int rows, int columns,
                                  Pixels kind = Pixels::grey);

}  // namespace demo
