#pragma once

#include "turning.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace demo {

/// The image moved to the right by angle / (2 pi) of its width; what leaves on one side enters on the other. Linear
/// between columns; the way is rounded to 2^-16 of a column, so that whole columns, whose angles no float holds, are
/// moved to the bit. `angle` in radians, any finite one. `out` is as large as the image and another. Throws
/// wm::ArgumentError.
void shift_circularly(std::span<float const> image, int rows, int columns, double angle, std::span<float> out);

/// Grey images turned about their centre, then moved circularly: a context of two angles. One per thread: it owns its
/// scratch.
class TurnAndShift {
 public:
  /// Even numbers of both, to be halved.
  TurnAndShift(int rows, int columns);

  /// Pixels of an image at half its size.
  [[nodiscard]] std::size_t halved_size() const noexcept { return turner_.halved_size(); }

  /// The image turned counter-clockwise by `turn`, moved to the right by `shift` of 2 pi (radians), at full size; then
  /// what a network sees of it, as Turner::halve has it: halved, shifted and scaled.
  void show(std::span<std::uint8_t const> image, double turn, double shift, std::span<float> out);

  /// What is left when both are undone: the image as shown at full size, moved back, rounded to bytes, turned back.
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
