#include "noise.hpp"

namespace demo {

namespace wm = wmanifold;

Pictures halved(LabelledImages const& images, std::span<std::size_t const> which) {
  auto const rows = static_cast<std::size_t>(images.rows);
  auto const columns = static_cast<std::size_t>(images.columns);
  Pictures all;
  all.pixels.resize(static_cast<wm::Index>(which.size()), static_cast<wm::Index>(rows * columns / 4));
  for (std::size_t n = 0; n < which.size(); ++n) {
    auto const image = images.image(which[n]);
    float* to = all.pixels.row(static_cast<wm::Index>(n)).data();
    for (std::size_t r = 0; r < rows; r += 2) {
      for (std::size_t c = 0; c < columns; c += 2) {
        std::size_t const at = r * columns + c;
        *to++ = static_cast<float>(image[at] + image[at + 1] + image[at + columns] + image[at + columns + 1]) / 1020;
      }
    }
    all.labels.push_back(images.labels[which[n]]);
  }
  return all;
}

Noise::Noise(double deviation, wm::Seed seed) : numbers_(std::size_t{1} << 20) {
  wm::Random random(seed);
  for (float& number : numbers_) {
    number = static_cast<float>(deviation * random.normal());
  }
}

void Noise::show(Pictures const& pictures, std::span<std::size_t const> which, Range const& range, wm::Random& random,
                 NoisyPictures& to) const {
  wm::Index const pixels = pictures.pixels.cols();
  to.inputs.resize(static_cast<wm::Index>(which.size()), pixels);
  to.contexts.clear();
  to.labels.clear();
  for (std::size_t n = 0; n < which.size(); ++n) {
    double const s = random.uniform(range.low, range.high);
    Eigen::Map<Eigen::RowVectorXf const> const noise(
        numbers_.data() + random.below(static_cast<wm::Index>(numbers_.size()) - pixels + 1), pixels);
    to.inputs.row(static_cast<wm::Index>(n)) =
        pictures.pixels.row(static_cast<wm::Index>(which[n])) + static_cast<float>(s) * noise;
    to.contexts.push_back(s);
    to.labels.push_back(pictures.labels[which[n]]);
  }
}

}  // namespace demo
