#include "turning.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace demo {
namespace {

/// Returns the margin. A corner can turn out of the image by half the diagonal less half the shorter side; the
/// neighbours of that pixel are needed too.
int margin_for(int rows, int columns) {
  return static_cast<int>(std::ceil(0.5 * (std::hypot(rows, columns) - std::min(rows, columns)))) + 2;
}

}  // namespace

Turner::Turner(int rows, int columns, PixelScale scale)
    : rows_(rows),
      columns_(columns),
      margin_(margin_for(rows, columns)),
      stride_(columns + 2 * margin_),
      scale_(static_cast<float>(1 / (4 * 255 * scale.deviation))),
      shift_(static_cast<float>(scale.mean / scale.deviation)),
      padded_(static_cast<std::size_t>((rows + 2 * margin_) * stride_)),
      corners_(padded_.size()),
      turned_(static_cast<std::size_t>(rows * columns)) {
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      down_.push_back(static_cast<float>(r) - 0.5F * static_cast<float>(rows - 1));
      right_.push_back(static_cast<float>(c) - 0.5F * static_cast<float>(columns - 1));
    }
  }
}

std::span<float const> Turner::turn(std::span<std::uint8_t const> image, double degrees) {
  place(image.data());
  interpolate(degrees);
  return turned_;
}

std::span<float const> Turner::turn_again(double degrees) {
  for (float& p : turned_) {
    p += 0.5F;
  }
  place(turned_.data());
  interpolate(degrees);
  return turned_;
}

/// Puts an image within the margin, and the four pixels around each place into one word: one load instead of four.
template <class Pixel>
void Turner::place(Pixel const* image) noexcept {
  int const stride = stride_;
  int const columns = columns_;
  std::uint8_t* row = padded_.data() + std::ptrdiff_t{margin_} * stride + margin_;
  for (int r = 0; r < rows_; ++r, image += columns, row += stride) {
    for (int c = 0; c < columns; ++c) {
      row[c] = static_cast<std::uint8_t>(image[c]);
    }
  }
  std::ptrdiff_t const first = std::ptrdiff_t{margin_ - 1} * stride;
  std::ptrdiff_t const count = std::ptrdiff_t{rows_ + 1} * stride;
  std::uint8_t const* const upper = padded_.data() + first;
  std::uint8_t const* const lower = upper + stride;
  std::uint32_t* const to = corners_.data() + first;
  for (std::ptrdiff_t n = 0; n < count; ++n) {
    to[n] = std::uint32_t{upper[n]} | std::uint32_t{upper[n + 1]} << 8 | std::uint32_t{lower[n]} << 16 |
            std::uint32_t{lower[n + 1]} << 24;
  }
}

void Turner::interpolate(double degrees) noexcept {
  double const angle = degrees * std::numbers::pi / 180;
  auto const cosine = static_cast<float>(std::cos(angle));
  auto const sine = static_cast<float>(std::sin(angle));
  float const middle_x = 0.5F * static_cast<float>(columns_ - 1) + static_cast<float>(margin_);
  float const middle_y = 0.5F * static_cast<float>(rows_ - 1) + static_cast<float>(margin_);
  int const stride = stride_;
  std::uint32_t const* const corners = corners_.data();
  float const* const down = down_.data();
  float const* const right = right_.data();
  float* const to = turned_.data();
  auto const byte = [](std::uint32_t word, int shift) { return static_cast<float>(int(word >> shift & 0xFF)); };
  auto const count = static_cast<std::ptrdiff_t>(turned_.size());
  for (std::ptrdiff_t n = 0; n < count; ++n) {
    // Both are positive because of the margin: truncation rounds down.
    float const x = middle_x - sine * down[n] + cosine * right[n];
    float const y = middle_y + cosine * down[n] + sine * right[n];
    int const column = static_cast<int>(x);
    int const row = static_cast<int>(y);
    float const u = x - static_cast<float>(column);
    float const v = y - static_cast<float>(row);
    std::uint32_t const word = corners[row * stride + column];
    float const upper = byte(word, 0) + u * (byte(word, 8) - byte(word, 0));
    float const lower = byte(word, 16) + u * (byte(word, 24) - byte(word, 16));
    to[n] = upper + v * (lower - upper);
  }
}

void Turner::halve(std::span<float const> image, std::span<float> out) const {
  float const scale = scale_;
  float const shift = shift_;
  std::size_t n = 0;
  for (int r = 0; r < rows_; r += 2) {
    float const* const upper = image.data() + std::ptrdiff_t{r} * columns_;
    float const* const lower = upper + columns_;
    for (int c = 0; c < columns_; c += 2) {
      out[n++] = scale * (upper[c] + upper[c + 1] + lower[c] + lower[c + 1]) - shift;
    }
  }
}

}  // namespace demo
