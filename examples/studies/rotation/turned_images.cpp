#include "rotation/turned_images.hpp"

#include <numbers>

namespace demo {
namespace {

class TurnedPresenter final : public Presenter {
 public:
  explicit TurnedPresenter(TurnedImages const& material)
      : material_(&material),
        turner_(material.images(Part::training).rows, material.images(Part::training).columns, material.scale()) {}

  void show(Part part, std::size_t which, Context const& context, View view, wmanifold::Random&, Shown& to) override {
    double const degrees = context[0] * 180 / std::numbers::pi;
    auto const& images = material_->images(part);
    auto const image = images.image(which);
    auto const planes = static_cast<std::size_t>(images.planes);
    std::size_t const size = image.size() / planes;
    std::size_t const halved = turner_.halved_size();
    for (std::size_t plane = 0; plane < planes; ++plane) {
      turner_.turn(image.subspan(plane * size, size), degrees);
      if (view == View::context_removed) {  // turns the full-size image back, with its lost corners and blur
        turner_.turn_again(-degrees);
      }
      turner_.halve(to.input.subspan(plane * halved, halved));
    }
    to.label = images.labels[which];
  }

 private:
  TurnedImages const* material_;
  Turner turner_;
};

}  // namespace

std::unique_ptr<Presenter> TurnedImages::presenter() const { return std::make_unique<TurnedPresenter>(*this); }

}  // namespace demo
