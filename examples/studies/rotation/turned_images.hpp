#pragma once

#include "image_material.hpp"
#include "turning.hpp"

namespace demo {

/// Images turned about their centre by the context, an angle, plane by plane, and halved. With the context removed,
/// they are turned back at full size.
class TurnedImages final : public ImageMaterial {
 public:
  explicit TurnedImages(DataSet data, PixelScale scale = {}) : ImageMaterial(std::move(data)), scale_(scale) {}

  [[nodiscard]] std::unique_ptr<Presenter> presenter() const override;

  [[nodiscard]] PixelScale scale() const noexcept { return scale_; }

 private:
  PixelScale scale_;
};

}  // namespace demo
