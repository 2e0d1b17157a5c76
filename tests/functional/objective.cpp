#include <wmanifold/functional/objective.hpp>

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;

using Model = wm::BasicManifold<double, wm::Ellipse, wm::LayerList>;

TEST_CASE("an objective keeps its data: the originals may go") {
  Model const model(wm::he_normal.spread(0.5), wm::Seed{1}, {}, wm::LayerList({3, 5, 4}, {"tanh", "identity"}));
  wm::Random random(wm::Seed{2});
  wm::Contexts<wm::S1> const contexts(wm::uniform_points<wm::S1>(11, random));
  auto const inputs = support::matrix<double>(11, 3, 3);
  auto targets = support::matrix<double>(11, 4, 4);
  auto labels = support::labels(11, 4, 5);
  wm::Workspace<double> work;

  auto const error = wm::LossFunctional(wm::MeanSquaredError{}).value(model, inputs, contexts, targets, work);
  wm::Objective of_numbers(model, wm::MeanSquaredError{}, inputs, contexts, targets);
  targets.setZero();
  CHECK(of_numbers.value(model) == error);

  auto const entropy = wm::LossFunctional(wm::CrossEntropy{}).value(model, inputs, contexts, labels, work);
  wm::Objective of_labels(model, wm::CrossEntropy{}, inputs, contexts, labels);
  std::fill(labels.begin(), labels.end(), 0);
  CHECK(of_labels.value(model) == entropy);
}

TEST_CASE("data that do not fit the model or each other are refused before the first value") {
  Model const model(wm::zeros, {}, wm::LayerList({3, 5, 4}, {"tanh", "identity"}));
  auto const objective = [&](wm::Index inputs, wm::Index contexts, wm::Index samples, wm::Index outputs) {
    wm::Objective(model, wm::MeanSquaredError{}, support::matrix<double>(samples, inputs, 1),
                  wm::Contexts<wm::S1>::constant(wm::S1::degrees(30), contexts),
                  support::matrix<double>(samples, outputs, 2));
  };
  CHECK_NOTHROW(objective(3, 6, 6, 4));
  CHECK_THROWS_AS(objective(2, 6, 6, 4), wm::ArgumentError);
  CHECK_THROWS_AS(objective(3, 5, 6, 4), wm::ArgumentError);
  CHECK_THROWS_AS(objective(3, 6, 6, 3), wm::ArgumentError);
}
