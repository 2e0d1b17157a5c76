#include "problem.hpp"

#include <wmanifold/core/random.hpp>

namespace comparison {

double Shape::step_flops() const {
  double flops = 0;
  for (int l = 0; l < layers(); ++l) {
    double const weights = (inputs(l) + 1.0) * outputs(l);
    double const passes = l == 0 ? 2 : 3;
    flops +=
        each == 1 ? 2 * passes * batch * rows() * weights : 2 * weights * (passes * batch + 2.0 * groups() * rows());
  }
  return flops;
}

double Shape::step_bytes() const {
  double numbers = static_cast<double>(batch) * widths.front();
  for (int l = 0; l < layers(); ++l) {
    numbers += 4.0 * rows() * (inputs(l) + 1) * outputs(l);
  }
  return numbers * sizeof(float);
}

Problem::Problem(Shape of) : shape(std::move(of)) {
  namespace wm = wmanifold;
  wm::Random random{wm::Seed{1}};
  auto const normal = [&](double deviation) { return deviation * random.normal(); };
  for (int i = 0; i < shape.batch * shape.widths.front(); ++i) {
    inputs.push_back(static_cast<float>(normal(1)));
  }
  for (int b = 0; b < shape.batch; ++b) {
    labels.push_back(static_cast<int>(random.below(shape.widths.back())));
    targets.push_back(static_cast<float>(normal(1)));
  }
  for (int g = 0; g < shape.groups(); ++g) {
    double const angle = random.uniform(0, 2 * std::numbers::pi);
    angles.push_back(angle);
    phi.push_back(1);
    for (int h = 1; h <= shape.order; ++h) {
      phi.push_back(static_cast<float>(std::cos(h * angle)));
      phi.push_back(static_cast<float>(std::sin(h * angle)));
    }
  }
  for (int l = 0; l < shape.layers(); ++l) {
    double const he = std::sqrt(2.0 / shape.inputs(l));
    std::vector<double>& layer = parameters.emplace_back();
    for (int k = 0; k < shape.rows(); ++k) {
      for (int i = 0; i < (shape.inputs(l) + 1) * shape.outputs(l); ++i) {
        // Values that float can hold, for the reference in double too.
        layer.push_back(static_cast<float>(normal(k == 0 ? he : 0.3 * he / shape.order)));
      }
    }
  }
}

}  // namespace comparison
