#pragma once

#include "idx.hpp"
#include "material.hpp"

namespace demo {

/// Images of one or more planes with classes. Networks see them at half their size.
class ImageMaterial : public Material {
 public:
  explicit ImageMaterial(DataSet data) : data_(std::move(data)) {}

  [[nodiscard]] wmanifold::Index inputs() const override {
    auto const& images = data_.training;
    return wmanifold::Index{images.planes} * (images.rows / 2) * (images.columns / 2);
  }
  [[nodiscard]] wmanifold::Index outputs() const override { return data_.classes; }
  [[nodiscard]] bool has_labels() const override { return true; }
  [[nodiscard]] std::size_t count(Part part) const override { return images(part).count(); }

  [[nodiscard]] LabelledImages const& images(Part part) const noexcept {
    return part == Part::training ? data_.training : data_.test;
  }

 private:
  DataSet data_;
};

}  // namespace demo
