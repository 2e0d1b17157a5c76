#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace demo {

/// How pixels enter a network: p in [0, 1] as (p - mean) / deviation.
inline constexpr double pixel_mean = 0.286;
inline constexpr double pixel_deviation = 0.353;

/// These, those of Fashion-MNIST, or others.
struct PixelScale {
  double mean = pixel_mean;
  double deviation = pixel_deviation;
};

/// Turns grey images of one size about their centre: bilinear, zero outside. One per thread: it owns its scratch.
class Turner {
 public:
  Turner(int rows, int columns, PixelScale scale = {});

  /// The image turned counter-clockwise, pixels from 0 to 255; valid until the next call.
  std::span<float const> turn(std::span<std::uint8_t const> image, double degrees);

  /// The last result, rounded to bytes as a file would hold it, and turned once more.
  std::span<float const> turn_again(double degrees);

  /// Pixels of an image at half its size.
  [[nodiscard]] std::size_t halved_size() const noexcept { return turned_.size() / 4; }

  /// What a network sees of the last result: the means of 2 x 2 pixels, shifted and scaled.
  void halve(std::span<float> out) const { halve(turned_, out); }
  /// The same of any image as large.
  void halve(std::span<float const> image, std::span<float> out) const;

 private:
  template <class Pixel>
  void place(Pixel const* image) noexcept;
  void interpolate(double degrees) noexcept;

  int rows_;
  int columns_;
  int margin_;
  int stride_;
  float scale_;  // of the sum of 2 x 2 pixels
  float shift_;
  std::vector<std::uint8_t> padded_;    // the image within a margin of zeros
  std::vector<std::uint32_t> corners_;  // each pixel with its right, lower and lower right neighbours, a byte each
  std::vector<float> down_;             // of each pixel, from the centre
  std::vector<float> right_;
  std::vector<float> turned_;
};

}  // namespace demo
