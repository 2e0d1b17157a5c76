#pragma once

#include "idx.hpp"
#include "material.hpp"

namespace demo {

/// Images turned about their centre by the context, an angle, and halved; undone is turned back at full size.
/// An image is `planes` planes, one below the other: one of grey, three of a colour each.
class TurnedImages final : public Material {
 public:
  explicit TurnedImages(DataSet data, int planes = 1);

  [[nodiscard]] wmanifold::Index inputs() const override;
  [[nodiscard]] wmanifold::Index outputs() const override { return data_.classes; }
  [[nodiscard]] bool has_labels() const override { return true; }
  [[nodiscard]] std::size_t count(Part part) const override { return images(part).count(); }
  [[nodiscard]] std::unique_ptr<Presenter> presenter() const override;

  [[nodiscard]] LabelledImages const& images(Part part) const noexcept {
    return part == Part::training ? data_.training : data_.test;
  }
  [[nodiscard]] int planes() const noexcept { return planes_; }

 private:
  DataSet data_;
  int planes_;
};

}  // namespace demo
