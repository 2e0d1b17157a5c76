#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace demo {

/// A grey image as a PNG within a data URI: nothing to load from elsewhere.
[[nodiscard]] std::string png_uri(std::span<std::uint8_t const> pixels, int rows, int columns);

}  // namespace demo
