#include "torus/moved_images.hpp"

#include "shift.hpp"

namespace demo {
namespace {

class MovedPresenter final : public Presenter {
 public:
  explicit MovedPresenter(MovedImages const& material)
      : material_(&material), mover_(material.images(Part::training).rows, material.images(Part::training).columns) {}

  void show(Part part, std::size_t which, Context const& context, View view, wmanifold::Random&, Shown& to) override {
    auto const& images = material_->images(part);
    auto const [turn, shift, none] = context;
    if (view == View::context_removed) {
      mover_.show_undone(images.image(which), turn, shift, to.input);
    } else {
      mover_.show(images.image(which), turn, shift, to.input);
    }
    to.label = images.labels[which];
  }

 private:
  MovedImages const* material_;
  TurnAndShift mover_;
};

}  // namespace

std::unique_ptr<Presenter> MovedImages::presenter() const { return std::make_unique<MovedPresenter>(*this); }

}  // namespace demo
