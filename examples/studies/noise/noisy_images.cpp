#include "noise/noisy_images.hpp"

#include "averaging.hpp"
#include "noise.hpp"
#include "turning.hpp"

namespace demo {
namespace {

class NoisyPresenter final : public Presenter {
 public:
  explicit NoisyPresenter(NoisyImages const& material) : material_(&material) {}

  void show(Part part, std::size_t which, Context const& context, Sight, wmanifold::Random& random,
            Shown& to) override {
    auto const& images = material_->images(part);
    average(images.image(which), images.rows, images.columns, 2, to.input);
    add_noise(to.input, largest_noise * context[0], random, to.input);
    for (float& pixel : to.input) {
      pixel = (pixel - static_cast<float>(pixel_mean)) / static_cast<float>(pixel_deviation);
    }
    to.label = images.labels[which];
  }

 private:
  NoisyImages const* material_;
};

}  // namespace

std::unique_ptr<Presenter> NoisyImages::presenter() const { return std::make_unique<NoisyPresenter>(*this); }

}  // namespace demo
