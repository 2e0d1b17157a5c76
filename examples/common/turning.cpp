#include "turning.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace demo {
namespace {

/// A corner can be turned out of the image by half the diagonal less half the shorter side; then the neighbours of
/// the pixel there are needed.
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
      turned_(static_cast<std::size_t>(rows * columns)) {}

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
  std::uint32_t* row = padded_.data() + std::ptrdiff_t{margin_} * stride + margin_;
  for (int r = 0; r < rows_; ++r, image += columns, row += stride) {
    for (int c = 0; c < columns; ++c) {
      row[c] = static_cast<std::uint8_t>(image[c]);
    }
  }
  int const end = (margin_ + rows_) * stride;
  std::uint32_t const* const from = padded_.data();
  std::uint32_t* const to = corners_.data();
  for (int n = (margin_ - 1) * stride; n < end; ++n) {
    to[n] = from[n] | from[n + 1] << 8 | from[n + stride] << 16 | from[n + stride + 1] << 24;
  }
}

void Turner::interpolate(double degrees) noexcept {
  double const angle = degrees * std::numbers::pi / 180;
  auto const cosine = static_cast<float>(std::cos(angle));
  auto const sine = static_cast<float>(std::sin(angle));
  float const middle_row = 0.5F * static_cast<float>(rows_ - 1);
  float const middle_column = 0.5F * static_cast<float>(columns_ - 1);
  auto const margin = static_cast<float>(margin_);
  int const stride = stride_;
  std::uint32_t const* const corners = corners_.data();
  auto const byte = [](std::uint32_t word, int shift) { return static_cast<float>(int(word >> shift & 0xFF)); };
  for (int r = 0; r < rows_; ++r) {
    float const down = static_cast<float>(r) - middle_row;
    float const row_x = middle_column + margin - sine * down;
    float const row_y = middle_row + margin + cosine * down;
    float* const to = turned_.data() + std::ptrdiff_t{r} * columns_;
    for (int c = 0; c < columns_; ++c) {
      float const right = static_cast<float>(c) - middle_column;
      float const x = row_x + cosine * right;  // positive, as y: the margin sees to it, so truncation rounds down
      float const y = row_y + sine * right;
      int const column = static_cast<int>(x);
      int const row = static_cast<int>(y);
      float const u = x - static_cast<float>(column);
      float const v = y - static_cast<float>(row);
      std::uint32_t const word = corners[row * stride + column];
      float const upper = byte(word, 0) + u * (byte(word, 8) - byte(word, 0));
      float const lower = byte(word, 16) + u * (byte(word, 24) - byte(word, 16));
      to[c] = upper + v * (lower - upper);
    }
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
