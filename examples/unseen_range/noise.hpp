#pragma once

#include "idx.hpp"

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/core/random.hpp>

namespace demo {

/// Images at half their size, a row each, pixels from 0 to 1.
struct Pictures {
  wmanifold::Matrix<float> pixels;
  std::vector<int> labels;

  [[nodiscard]] std::size_t count() const noexcept { return labels.size(); }
};

/// Returns the means of 2 x 2 pixels of images `which`.
[[nodiscard]] Pictures halved(LabelledImages const& images, std::span<std::size_t const> which);

/// Pictures in noise, each at a context of its own.
struct NoisyPictures {
  wmanifold::Matrix<float> inputs;
  std::vector<double> contexts;
  std::vector<int> labels;
};

/// A range of contexts.
struct Range {
  double low = 0;
  double high = 1;
  [[nodiscard]] double middle() const noexcept { return (low + high) / 2; }
};

/// Adds noise to pictures. Normal numbers are drawn once, a million of them. Each picture takes consecutive ones from a
/// random place.
class Noise {
 public:
  /// `deviation` is that of the noise at s = 1.
  Noise(double deviation, wmanifold::Seed seed);

  /// Draws for each of the pictures `which` a context s of the range, and adds s * deviation * N(0, 1) to its pixels.
  void show(Pictures const& pictures, std::span<std::size_t const> which, Range const& range, wmanifold::Random& random,
            NoisyPictures& to) const;

 private:
  std::vector<float> numbers_;
};

}  // namespace demo
