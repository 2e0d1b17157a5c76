#include "light/lit_images.hpp"

#include "averaging.hpp"

namespace demo {
namespace {

std::vector<Relief> reliefs_of(LabelledImages const& images) {
  std::vector<Relief> reliefs;
  reliefs.reserve(images.count());
  std::vector<float> halved(images.image(0).size() / 4);
  for (std::size_t n = 0; n < images.count(); ++n) {
    average(images.image(n), images.rows, images.columns, 2, halved);
    reliefs.emplace_back(halved, images.rows / 2, images.columns / 2);
  }
  return reliefs;
}

class LitPresenter final : public Presenter {
 public:
  explicit LitPresenter(LitImages const& material) : material_(&material) {}

  void show(Part part, std::size_t which, Context const& context, View, wmanifold::Random&, Shown& to) override {
    material_->relief(part, which).show(context, to.input);
    to.label = material_->images(part).labels[which];
  }

 private:
  LitImages const* material_;
};

}  // namespace

LitImages::LitImages(DataSet data)
    : ImageMaterial(std::move(data)),
      training_(reliefs_of(images(Part::training))),
      test_(reliefs_of(images(Part::test))) {}

std::unique_ptr<Presenter> LitImages::presenter() const { return std::make_unique<LitPresenter>(*this); }

}  // namespace demo
