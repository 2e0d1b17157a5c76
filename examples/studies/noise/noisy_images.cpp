#include "noise/noisy_images.hpp"

#include "averaging.hpp"
#include "noise.hpp"
#include "turning.hpp"

namespace demo {
namespace {

std::vector<float> halved_of(LabelledImages const& images) {
  std::size_t const size = images.image(0).size() / 4;
  std::vector<float> halved(images.count() * size);
  for (std::size_t n = 0; n < images.count(); ++n) {
    average(images.image(n), images.rows, images.columns, 2, std::span(halved).subspan(n * size, size));
  }
  return halved;
}

class NoisyPresenter final : public Presenter {
 public:
  explicit NoisyPresenter(NoisyImages const& material) : material_(&material) {}

  void show(Part part, std::size_t which, Context const& context, View, wmanifold::Random& random, Shown& to) override {
    add_noise(material_->halved(part, which), largest_noise * context[0], random, to.input);
    for (float& pixel : to.input) {
      pixel = (pixel - static_cast<float>(pixel_mean)) / static_cast<float>(pixel_deviation);
    }
    to.label = material_->images(part).labels[which];
  }

 private:
  NoisyImages const* material_;
};

}  // namespace

NoisyImages::NoisyImages(DataSet data)
    : ImageMaterial(std::move(data)),
      training_(halved_of(images(Part::training))),
      test_(halved_of(images(Part::test))) {}

std::unique_ptr<Presenter> NoisyImages::presenter() const { return std::make_unique<NoisyPresenter>(*this); }

}  // namespace demo
