#include "presenter.hpp"

#include <cmath>
#include <numbers>

namespace demo {

Presenter::Presenter(LabelledImages const& images, Sight sight)
    : images_(&images), sight_(sight), turner_(images.rows, images.columns) {}

wmanifold::Index Presenter::inputs() const noexcept {
  return static_cast<wmanifold::Index>(turner_.halved_size()) + (sight_ == Sight::turned_with_angle ? 2 : 0);
}

Batch const& Presenter::show(std::span<std::size_t const> which, std::span<double const> degrees) {
  batch_.inputs.resize(static_cast<wmanifold::Index>(which.size()), inputs());
  batch_.degrees.assign(degrees.begin(), degrees.end());
  batch_.labels.clear();
  for (std::size_t b = 0; b < which.size(); ++b) {
    turner_.turn(images_->image(which[b]), degrees[b]);
    if (sight_ == Sight::turned_back) {  // turns the full-size image back, with its lost corners and blur
      turner_.turn_again(-degrees[b]);
    }
    float* const row = batch_.inputs.row(static_cast<wmanifold::Index>(b)).data();
    turner_.halve({row, turner_.halved_size()});
    if (sight_ == Sight::turned_with_angle) {
      double const angle = degrees[b] * std::numbers::pi / 180;
      row[turner_.halved_size()] = static_cast<float>(std::cos(angle));
      row[turner_.halved_size() + 1] = static_cast<float>(std::sin(angle));
    }
    batch_.labels.push_back(images_->labels[which[b]]);
  }
  return batch_;
}

}  // namespace demo
