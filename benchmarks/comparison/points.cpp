#include "points.hpp"

#include <wmanifold/core/random.hpp>

namespace comparison {

PointProblem::PointProblem(std::vector<int> of_widths, Bend of_bend, int of_step)
    : widths(std::move(of_widths)), bend(of_bend), step(of_step) {
  namespace wm = wmanifold;
  name = "point-" + sizes() + (bend == Bend::relu ? "-relu" : "-tanh");
  wm::Random random{wm::Seed{2}};
  for (int i = 0; i < (samples - 1) * step + widths.front(); ++i) {
    inputs.push_back(static_cast<float>(random.normal()));
  }
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    std::vector<float>& layer = parameters.emplace_back();
    for (int i = 0; i < (widths[l] + 1) * widths[l + 1]; ++i) {
      layer.push_back(static_cast<float>(std::sqrt(2.0 / widths[l]) * random.normal()));
    }
  }
  for (int b = 0; b < samples; ++b) {
    std::vector<double> x(inputs.begin() + b * step, inputs.begin() + b * step + widths.front());
    for (std::size_t l = 0; l < parameters.size(); ++l) {
      auto const width = static_cast<std::size_t>(widths[l + 1]);
      x.push_back(1);
      std::vector<double> y(width);
      for (std::size_t o = 0; o < width; ++o) {
        for (std::size_t i = 0; i < x.size(); ++i) {
          y[o] += x[i] * static_cast<double>(parameters[l][i * width + o]);
        }
        if (l + 1 < parameters.size()) {
          y[o] = bend == Bend::relu ? std::max(y[o], 0.0) : std::tanh(y[o]);
        }
      }
      x = y;
    }
    outputs.insert(outputs.end(), x.begin(), x.end());
  }
}

std::string PointProblem::sizes() const {
  std::string text;
  for (int const width : widths) {
    text += text.empty() ? "" : "-";
    text += std::to_string(width);
  }
  return text;
}

double PointProblem::flops() const {
  double products = 0;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    products += 1.0 * widths[l] * widths[l + 1];
  }
  return 2 * products;
}

double PointProblem::bytes() const {
  return block_bytes() - sizeof(float) * static_cast<double>(inputs.size() + outputs.size()) +
         sizeof(float) * static_cast<double>(widths.front() + widths.back());
}

double PointProblem::block_bytes() const {
  std::size_t numbers = inputs.size() + outputs.size();
  for (auto const& layer : parameters) {
    numbers += layer.size();
  }
  return static_cast<double>(numbers * sizeof(float));
}

}  // namespace comparison
