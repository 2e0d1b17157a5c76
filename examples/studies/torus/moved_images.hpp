#pragma once

#include "image_material.hpp"

namespace demo {

/// Images turned about their centre by the context's first angle, moved circularly by the second, and halved. With the
/// context removed, they are moved and turned back at full size.
class MovedImages final : public ImageMaterial {
 public:
  using ImageMaterial::ImageMaterial;

  [[nodiscard]] std::unique_ptr<Presenter> presenter() const override;
};

}  // namespace demo
