#pragma once

#include "image_material.hpp"

namespace demo {

/// Images, halved, in noise whose deviation is `largest_noise` times the context, a number in [0, 1].
class NoisyImages final : public ImageMaterial {
 public:
  using ImageMaterial::ImageMaterial;

  [[nodiscard]] std::unique_ptr<Presenter> presenter() const override;
};

}  // namespace demo
