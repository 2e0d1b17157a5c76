#include "case.hpp"
#include "phase.hpp"

#include <Eigen/Core>

#include <array>
#include <memory>
#include <numbers>

namespace comparison {
namespace {

using Weights = Eigen::ArrayXXf;
using Numbers = Eigen::ArrayXf;

/// As in the paper's code: arrays of run-time sizes; the blended weights are stored and then used.
template <bool weighted>
struct EigenPhase {
  struct Layer {
    std::array<Weights, PhaseProblem::control_points> weights;
    std::array<Numbers, PhaseProblem::control_points> biases;
    Weights blended_weights;
    Numbers blended_biases;
    Numbers values;
  };
  std::array<Layer, PhaseProblem::layers> layers;
  std::vector<float> x;
  std::vector<float> y = std::vector<float>(PhaseProblem::frames * 311);
  int frame = 0;

  explicit EigenPhase(PhaseProblem const& problem) : x(problem.inputs) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      Eigen::Index const inputs = PhaseProblem::widths[l];
      Eigen::Index const outputs = PhaseProblem::widths[l + 1];
      float const* from = problem.parameters[l].data();
      for (std::size_t k = 0; k < PhaseProblem::control_points; ++k) {
        layers[l].weights[k] = Eigen::Map<Weights const>(from, outputs, inputs);
        layers[l].biases[k] = Eigen::Map<Numbers const>(from + inputs * outputs, outputs);
        from += (inputs + 1) * outputs;
      }
    }
  }

  template <class A>
  static void blend(A& to, std::array<A, PhaseProblem::control_points> const& of, std::size_t span, float mu) {
    A const& y0 = of[(span + 3) % 4];
    A const& y1 = of[span];
    A const& y2 = of[(span + 1) % 4];
    A const& y3 = of[(span + 2) % 4];
    float const mu2 = mu * mu;
    float const mu3 = mu2 * mu;
    if constexpr (weighted) {
      float const a0 = -0.5F * mu + mu2 - 0.5F * mu3;
      float const a1 = 1 - 2.5F * mu2 + 1.5F * mu3;
      float const a2 = 0.5F * mu + 2 * mu2 - 1.5F * mu3;
      float const a3 = -0.5F * mu2 + 0.5F * mu3;
      to = a0 * y0 + a1 * y1 + a2 * y2 + a3 * y3;
    } else {
      to = y1 + mu * (0.5F * y2 - 0.5F * y0) + mu2 * (y0 - 2.5F * y1 + 2.0F * y2 - 0.5F * y3) +
           mu3 * (1.5F * y1 - 1.5F * y2 + 0.5F * y3 - 0.5F * y0);
    }
  }

  void run(std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      double const along = PhaseProblem::phase(frame) / (2 * std::numbers::pi) * PhaseProblem::control_points;
      auto const span = static_cast<std::size_t>(along);
      auto const mu = static_cast<float>(along - static_cast<double>(span));
      auto const product = [&](Layer& layer, auto const& in) {
        blend(layer.blended_weights, layer.weights, span, mu);
        blend(layer.blended_biases, layer.biases, span, mu);
        layer.values.resize(layer.blended_biases.size());
        layer.values.matrix().noalias() = layer.blended_weights.matrix() * in.matrix();
        layer.values += layer.blended_biases;
      };
      auto const elu = [](Numbers& values) { values = values.max(0.0F) + values.min(0.0F).exp() - 1.0F; };
      product(layers[0], Eigen::Map<Numbers const>(x.data() + frame * 342, 342));
      elu(layers[0].values);
      product(layers[1], layers[0].values);
      elu(layers[1].values);
      product(layers[2], layers[1].values);
      Eigen::Map<Numbers>(y.data() + frame * 311, 311) = layers[2].values;
      keep(y.data());
      frame = (frame + 1) % PhaseProblem::frames;
    }
  }
};

template <bool weighted>
Answering answering(PhaseProblem const& problem) {
  auto const phase = std::make_shared<EigenPhase<weighted>>(problem);
  return {[phase](std::size_t calls) { phase->run(calls); }, [phase] { return phase->y; }};
}

}  // namespace

Answering phase_eigen(PhaseProblem const& problem) { return answering<false>(problem); }
Answering phase_eigen_weighted(PhaseProblem const& problem) { return answering<true>(problem); }

}  // namespace comparison
