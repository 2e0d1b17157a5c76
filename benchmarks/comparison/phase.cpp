#include "phase.hpp"

#include <wmanifold/core/half.hpp>
#include <wmanifold/core/random.hpp>

#include <numbers>

namespace comparison {

PhaseProblem::PhaseProblem(bool in_bfloat16) {
  namespace wm = wmanifold;
  wm::Random random{wm::Seed{4}};
  for (int i = 0; i < frames * widths[0]; ++i) {
    inputs.push_back(static_cast<float>(random.normal()));
  }
  for (int l = 0; l < layers; ++l) {
    std::vector<float>& layer = parameters.emplace_back();
    for (int i = 0; i < control_points * (widths[l] + 1) * widths[l + 1]; ++i) {
      auto const number = static_cast<float>(std::sqrt(2.0 / widths[l]) * random.normal());
      layer.push_back(in_bfloat16 ? static_cast<float>(wm::BFloat16(number)) : number);
    }
  }
  for (int frame = 0; frame < frames; ++frame) {
    double const along = phase(frame) / (2 * std::numbers::pi) * control_points;
    int const span = static_cast<int>(along);
    double const mu = along - span;
    std::vector<double> x(inputs.begin() + frame * widths[0], inputs.begin() + (frame + 1) * widths[0]);
    for (int l = 0; l < layers; ++l) {
      std::vector<float> const& layer = parameters[static_cast<std::size_t>(l)];
      auto const outs = static_cast<std::size_t>(widths[l + 1]);
      x.push_back(1);
      std::size_t const size = x.size() * outs;
      auto const at = [&](int k, std::size_t n) {
        return static_cast<double>(layer[static_cast<std::size_t>((span + k + 3) % control_points) * size + n]);
      };
      std::vector<double> y(outs);
      for (std::size_t n = 0; n < size; ++n) {
        double const y0 = at(0, n), y1 = at(1, n), y2 = at(2, n), y3 = at(3, n);
        double const weight = y1 + mu * (0.5 * y2 - 0.5 * y0) + mu * mu * (y0 - 2.5 * y1 + 2.0 * y2 - 0.5 * y3) +
                              mu * mu * mu * (1.5 * y1 - 1.5 * y2 + 0.5 * y3 - 0.5 * y0);
        y[n % outs] += weight * x[n / outs];
      }
      for (double& value : y) {
        value = l + 1 < layers && value < 0 ? std::expm1(value) : value;
      }
      x = y;
    }
    outputs.insert(outputs.end(), x.begin(), x.end());
  }
}

double PhaseProblem::phase(int frame) { return 2 * std::numbers::pi * (frame + 0.25) / frames; }

double PhaseProblem::numbers() const {
  std::size_t count = 0;
  for (auto const& layer : parameters) {
    count += layer.size();
  }
  return static_cast<double>(count);
}

double PhaseProblem::flops() const { return 2 * numbers(); }
double PhaseProblem::bytes(std::size_t of_a_number) const {
  return static_cast<double>(of_a_number) * numbers() + sizeof(float) * (widths[0] + widths[layers]);
}

}  // namespace comparison
