#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace demo {

/// The scale of pixels at a network's input: p in [0, 1] becomes (p - mean) / deviation.
inline constexpr double pixel_mean = 0.286;
inline constexpr double pixel_deviation = 0.353;

/// Fashion-MNIST's scale, or another one.
struct PixelScale {
  double mean = pixel_mean;
  double deviation = pixel_deviation;
};

/// Turns grey images of one size about their centre: bilinear, zero outside. Owns scratch: use one per thread.
class Turner {
 public:
  Turner(int rows, int columns, PixelScale scale = {});

  /// Returns the image turned counter-clockwise, pixels from 0 to 255; valid until the next call.
  std::span<float const> turn(std::span<std::uint8_t const> image, double degrees);

  /// Returns the last result, rounded to bytes as in a file, and turned once more.
  std::span<float const> turn_again(double degrees);

  /// Returns the number of pixels of an image at half its size.
  [[nodiscard]] std::size_t halved_size() const noexcept { return turned_.size() / 4; }

  /// Writes the network's input for the last result: the means of 2 x 2 pixels, shifted and scaled.
  void halve(std::span<float> out) const { halve(turned_, out); }
  /// Writes the same for any image of that size.
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
