#pragma once

#include "turning.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace demo {

/// Moves the image to the right by angle / (2 pi) of its width, circularly. Linear between columns. The shift is
/// rounded to 2^-16 of a column: so whole columns, whose angles no float holds, are moved exactly. `angle` is any
/// finite number, in radians. `out` is as large as the image and does not overlap it. Throws wm::ArgumentError.
void shift_circularly(std::span<float const> image, int rows, int columns, double angle, std::span<float> out);

/// Turns grey images about their centre, then moves them circularly: a context of two angles. Owns scratch: use one per
/// thread.
class TurnAndShift {
 public:
  /// Takes even numbers of rows and columns, as images are halved.
  TurnAndShift(int rows, int columns);

  /// Returns the number of pixels of an image at half its size.
  [[nodiscard]] std::size_t halved_size() const noexcept { return turner_.halved_size(); }

  /// Turns the image counter-clockwise by `turn` and moves it to the right by `shift` of 2 pi (radians), at full size.
  /// Writes the network's input for it, as Turner::halve does: halved, shifted and scaled.
  void show(std::span<std::uint8_t const> image, double turn, double shift, std::span<float> out);

  /// Writes the image with both undone: as shown at full size, moved back, rounded to bytes, turned back.
  void show_undone(std::span<std::uint8_t const> image, double turn, double shift, std::span<float> out);

 private:
  void move(std::span<std::uint8_t const> image, double turn, double shift);

  int rows_;
  int columns_;
  Turner turner_;
  std::vector<float> moved_;
  std::vector<float> moved_back_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace demo
