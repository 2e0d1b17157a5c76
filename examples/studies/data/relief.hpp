#pragma once

#include <array>
#include <span>
#include <vector>

namespace demo {

/// The scale of brightness b at a network's input, (b - mean) / deviation, from garments under lamps from everywhere.
inline constexpr double relief_mean = 0.53;
inline constexpr double relief_deviation = 0.28;

/// The shape of an image's relief, and its light.
struct ReliefOptions {
  double height = 2.5;      ///< of white over black, in widths of a pixel
  double absorption = 1.5;  ///< where the image is white, exp(-absorption) of the light passes through
  double ambient = 0.1;     ///< light from everywhere
};

/// An image as a relief in a thin, matt and translucent sheet (a lithophane), seen from straight above, under a far
/// lamp anywhere on the sphere. Its grey values, smoothed a little, are heights h over the plane; n are the normals. A
/// pixel is
///
///     ambient + max(0, n . l) + exp(-absorption h) max(0, -n . l)
///
/// bright: Lambert's law on the visible side, and light from behind through the sheet, less where the sheet is thicker.
/// Continuous in l. A lamp behind shows the image as a shadow, so opposite lamps look different. The terms of a pixel
/// are computed once, so an image under a lamp costs one inner product a pixel.
class Relief {
 public:
  /// Makes the relief of `image`: pixels from 0 to 1. Beyond its rim lies the plane, of height 0. Throws
  /// wm::ArgumentError.
  Relief(std::span<float const> image, int rows, int columns, ReliefOptions const& options = {});

  [[nodiscard]] std::size_t size() const noexcept { return planes_.size() / 4; }

  /// Writes the pixels under a lamp. `lamp` is the unit vector towards it, x to the right, y up, z towards the eye.
  /// `out` has size() pixels. Throws wm::ArgumentError for other sizes and for vectors that are not of length 1 to
  /// 1e-5.
  void show(std::array<double, 3> const& lamp, std::span<float> out) const;

 private:
  std::vector<float> planes_;  // all x of the normals, all y, all z, then the transmitted light
  float ambient_;
};

}  // namespace demo
