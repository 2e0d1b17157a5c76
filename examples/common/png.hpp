#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace demo {

/// Kinds of pixels: one byte or three.
enum class Pixels { grey, rgb };

/// Returns an image as a PNG within a data URI, which loads nothing from elsewhere.
[[nodiscard]] std::string png_uri(std::span<std::uint8_t const> pixels, int rows, int columns,
                                  Pixels kind = Pixels::grey);

}  // namespace demo
