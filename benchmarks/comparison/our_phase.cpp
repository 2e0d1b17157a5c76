#include "case.hpp"
#include "phase.hpp"

#include <wmanifold/wmanifold.hpp>

#include <memory>

namespace comparison {
namespace {

namespace wm = wmanifold;

using Model = wm::Manifold<wm::CatmullRom<wm::S1, 4>, wm::Dense<342, 512>, wm::Elu, wm::Dense<512, 512>, wm::Elu,
                           wm::Dense<512, 311>>;

Model model_of(PhaseProblem const& problem) {
  Model model(wm::zeros);
  for (wm::Index k = 0; k < Model::basis_size(); ++k) {
    auto to = model.parameters().row(k).begin();
    for (auto const& layer : problem.parameters) {
      auto const size = static_cast<std::ptrdiff_t>(layer.size()) / Model::basis_size();
      to = std::copy(layer.begin() + k * size, layer.begin() + (k + 1) * size, to);
    }
  }
  return model;
}

/// Frames through a model in float, or in bfloat16.
template <class M>
struct Phase {
  M model;
  std::vector<float> x;
  std::vector<float> y = std::vector<float>(PhaseProblem::frames * 311);
  int frame = 0;

  void run(std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      auto const at = static_cast<std::size_t>(frame);
      model(wm::S1::radians(PhaseProblem::phase(frame)), std::span<float const>(x.data() + at * 342, 342),
            std::span<float>(y.data() + at * 311, 311));
      keep(y.data());
      frame = (frame + 1) % PhaseProblem::frames;
    }
  }
};

template <class M>
Answering answering(M model, PhaseProblem const& problem) {
  auto const phase = std::make_shared<Phase<M>>(Phase<M>{std::move(model), problem.inputs});
  return {[phase](std::size_t calls) { phase->run(calls); }, [phase] { return phase->y; }};
}

}  // namespace

Answering phase_ours(PhaseProblem const& problem) { return answering(model_of(problem), problem); }

Answering phase_ours_in_bfloat16(PhaseProblem const& problem) {
  return answering(wm::stored_as<wm::BFloat16>(model_of(problem)), problem);
}

}  // namespace comparison
