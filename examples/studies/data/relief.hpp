#pragma once

#include <array>
#include <span>
#include <vector>

namespace demo {

/// How brightness b enters a network: (b - mean) / deviation, from garments under lamps from everywhere.
inline constexpr double relief_mean = 0.53;
inline constexpr double relief_deviation = 0.28;

/// How an image becomes a relief, and how light meets it.
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
/// bright: Lambert's law on the side that is seen, and what of the light on the other side passes through, less where
/// the sheet is thicker. Continuous in l; a lamp behind shows the image as a shadow, so that opposite lamps do not look
/// alike. What a pixel needs is computed once: an image under a lamp then costs one inner product a pixel.
class Relief {
 public:
  /// `image`: pixels from 0 to 1; beyond its rim lies the plane, of height 0. Throws wm::ArgumentError.
  Relief(std::span<float const> image, int rows, int columns, ReliefOptions const& options = {});

  [[nodiscard]] std::size_t size() const noexcept { return planes_.size() / 4; }

  /// The pixels under a lamp. `lamp`: the unit vector towards it, x to the right, y up, z towards the eye. `out` has
  /// size() pixels. Throws wm::ArgumentError for other sizes and for vectors that are not of length 1 to 1e-5.
  void show(std::array<double, 3> const& lamp, std::span<float> out) const;

 private:
  std::vector<float> planes_;  // all x of the normals, all y, all z, then what passes through
  float ambient_;
};

}  // namespace demo
