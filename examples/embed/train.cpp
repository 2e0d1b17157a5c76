// Trains the model and saves it: train MODEL.safetensors

#include "model.hpp"

#include <wmanifold/io/model_file.hpp>

#include <Eigen/Geometry>

#include <cstdio>

namespace wm = wmanifold;

namespace {

Turning train() {
  Turning model{wm::he_normal, wm::Seed{1}};
  wm::Index const steps = 8000;
  wm::GradientFlow flow{model, wm::MeanSquaredError{}, wm::Adam{}, {.rate = 1e-2}};
  wm::CosineSchedule const rate{1e-2, 1e-5, steps};
  wm::Random random{wm::Seed{2}};
  wm::Matrix<float> inputs(64, 2);
  wm::Matrix<float> targets(64, 2);
  for (wm::Index i = 0; i < steps; ++i) {
    auto const angles = wm::uniform_points<wm::S1>(64, random);
    for (wm::Index b = 0; b < 64; ++b) {
      auto const t = angles[static_cast<std::size_t>(b)][0];
      auto const turned = Eigen::Rotation2Df(static_cast<float>(t));
      inputs.row(b) << static_cast<float>(random.uniform(-1, 1)), static_cast<float>(random.uniform(-1, 1));
      targets.row(b) = (turned * inputs.row(b).transpose()).transpose();
    }
    flow.set_rate(rate(i));
    flow.step(inputs, angles, targets);
  }
  return model;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: train MODEL.safetensors\n", stderr);
    return 2;
  }
  try {
    wm::save_model(arguments[1], train(), {.metadata = {{"made_by", "examples/embed"}}});
    std::printf("saved %s\n", arguments[1]);
  } catch (std::exception const& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
  }
}
