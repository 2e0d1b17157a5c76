#pragma once

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/adam.hpp>
#include <wmanifold/io/checkpoint.hpp>
#include <wmanifold/network/layer_list.hpp>

namespace fuzz {

namespace wm = wmanifold;

using Model = wm::Manifold<wm::Ellipse, wm::LayerList>;

/// A training of a few numbers, with every placement of a layer.
template <class Rule>
struct Training {
  Model model{wm::he_normal.spread(0.5),
              wm::Seed{1},
              {},
              {wm::SharedDense<>(2, 3), wm::Tanh{}, wm::LowRankDense<>(3, 2, 1), wm::Relu{}, wm::Dense<>(2, 1)}};
  wm::GradientFlow<Model, wm::MeanSquaredError, Rule> flow{model, {}, Rule{}, {.rate = 0.05}};
  wm::Progress progress{.random = {{"batches", wm::Random{wm::Seed{2}}}}, .numbers = {{"best", 1e10}}};
};

}  // namespace fuzz
