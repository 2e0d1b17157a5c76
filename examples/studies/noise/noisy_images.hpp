#pragma once

#include "image_material.hpp"

namespace demo {

/// Images, halved once, in noise whose deviation is `largest_noise` times the context, a number in [0, 1].
class NoisyImages final : public ImageMaterial {
 public:
  explicit NoisyImages(DataSet data);

  [[nodiscard]] std::unique_ptr<Presenter> presenter() const override;

  /// Returns an image without noise, at half its size: black is 0, white is 1.
  [[nodiscard]] std::span<float const> halved(Part part, std::size_t which) const {
    auto const size = static_cast<std::size_t>(inputs());
    return std::span(part == Part::training ? training_ : test_).subspan(which * size, size);
  }

 private:
  std::vector<float> training_;
  std::vector<float> test_;
};

}  // namespace demo
