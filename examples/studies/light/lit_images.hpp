#pragma once

#include "image_material.hpp"
#include "relief.hpp"

namespace demo {

/// Halved images as reliefs under a lamp in the direction of the context, a unit vector. The reliefs of all images are
/// made once, with 3 KB for each of 14 x 14.
class LitImages final : public ImageMaterial {
 public:
  explicit LitImages(DataSet data);

  [[nodiscard]] std::unique_ptr<Presenter> presenter() const override;

  [[nodiscard]] Relief const& relief(Part part, std::size_t which) const {
    return (part == Part::training ? training_ : test_)[which];
  }

 private:
  std::vector<Relief> training_;
  std::vector<Relief> test_;
};

}  // namespace demo
