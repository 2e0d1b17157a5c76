#pragma once

#include <wmanifold/testing/manifold_laws.hpp>

#include <support/batches.hpp>
#include <support/laws.hpp>

namespace support {

/// Checks all laws of a model with random parameters, under both losses.
template <class Model>
void check(Model model) {
  using R = typename Model::Scalar;
  support::randomise(model, 3);
  wmanifold::Index const samples = 9;
  auto const inputs = support::matrix<R>(samples, model.inputs(), 1);
  auto const targets = support::matrix<R>(samples, model.outputs(), 2);
  auto const labels = support::labels(samples, model.outputs(), 2);
  check_laws(
      wmanifold::testing::manifold_laws(model, wmanifold::MeanSquaredError{}, inputs, targets, wmanifold::Seed{4}));
  check_laws(wmanifold::testing::manifold_laws(model, wmanifold::CrossEntropy{}, inputs, labels, wmanifold::Seed{5}));
}

template <class R, class B>
wmanifold::BasicManifold<R, B, wmanifold::LayerList> listed(std::vector<std::string> const& activations) {
  return {wmanifold::zeros, B{}, wmanifold::LayerList({3, 5, 4, 2}, activations)};
}

}  // namespace support
