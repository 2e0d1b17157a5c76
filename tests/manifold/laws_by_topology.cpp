#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/testing/manifold_laws.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/laws.hpp>

namespace wm = wmanifold;
using support::check_laws;
using wm::Bernstein, wm::Constant, wm::Fourier, wm::Index, wm::Interval, wm::Legendre, wm::S1, wm::S2,
    wm::SphericalHarmonics, wm::Tensor, wm::Torus;

namespace {

/// All laws of a model with random parameters, under both losses.
template <class Model>
void check(Model model) {
  using R = typename Model::Scalar;
  support::randomise(model, 3);
  Index const samples = 9;
  auto const inputs = support::matrix<R>(samples, model.inputs(), 1);
  auto const targets = support::matrix<R>(samples, model.outputs(), 2);
  auto const labels = support::labels(samples, model.outputs(), 2);
  check_laws(wm::testing::manifold_laws(model, wm::MeanSquaredError{}, inputs, targets, wm::Seed{4}));
  check_laws(wm::testing::manifold_laws(model, wm::CrossEntropy{}, inputs, labels, wm::Seed{5}));
}

template <class R, class B>
wm::BasicManifold<R, B, wm::LayerList> listed(std::vector<std::string> const& activations) {
  return {wm::zeros, B{}, wm::LayerList({3, 5, 4, 2}, activations)};
}

}  // namespace

TEST_CASE_TEMPLATE("the laws hold over every topology, for every activation, in double", B, Bernstein<Interval, 2>,
                   Legendre<Interval, 3>, Fourier<S1, 1>, Fourier<Torus<2>, 1>, SphericalHarmonics<S2, 2>,
                   Tensor<Bernstein<Interval, 1>, Fourier<S1, 1>>, Constant<>) {
  check(listed<double, B>({"tanh", "gelu", "identity"}));
  check(listed<double, B>({"sigmoid", "softplus", "tanh"}));
  check(listed<double, B>({"silu", "relu", "identity"}));
  check(listed<double, B>({"identity", "relu", "softplus"}));
}
