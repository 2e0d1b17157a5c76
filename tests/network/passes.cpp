#include <wmanifold/network/passes.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;
using wm::Index;
using Host = wm::HostTarget;

TEST_CASE("the backward pass of one plain row agrees with central differences") {
  wm::Stack<wm::LayerList> const stack(wm::LayerList({4, 6, 3}, {"tanh", "softplus"}));
  Index const count = wm::parameters_of(stack);
  auto parameters = support::normals<double>(count, 1);
  Index const samples = 5;
  auto inputs = support::normals<double>(samples * 4, 2);
  auto const weights = support::normals<double>(samples * 3, 3);  // the loss: the sum of these times the outputs
  wm::BatchCoefficients<double> batch;
  batch.set_one_row(samples, {});
  wm::ForwardCache<double> cache;
  wm::PassScratch<double> scratch;
  auto const loss = [&] {
    auto const outputs = wm::forward_pass<Host, double>(stack, {parameters.data(), 1, 0}, batch, {inputs.data(), 4},
                                                        true, cache, scratch);
    double sum = 0;
    for (std::size_t n = 0; n < weights.size(); ++n) {
      sum += weights[n] * outputs.data()[n];
    }
    return sum;
  };
  loss();
  std::vector<double> gradient(parameters.size(), 1e300);  // overwritten
  auto const views =
      wm::backward_pass<Host, double>(stack, {parameters.data(), 1, 0}, batch, {inputs.data(), 4}, {weights.data(), 3},
                                      {false, false}, {.inputs = true}, cache, scratch, {gradient.data(), 1, 0});
  CHECK(views.coefficients.size() == 0);
  std::vector<double> const input_gradient(views.inputs.data(), views.inputs.data() + samples * 4);
  auto const worst = [&](std::vector<double>& numbers, std::vector<double> const& ours) {
    double error = 0;
    for (std::size_t n = 0; n < numbers.size(); ++n) {
      double const at = numbers[n];
      double const h = 1e-5;
      numbers[n] = at + h;
      double const above = loss();
      numbers[n] = at - h;
      double const below = loss();
      numbers[n] = at;
      error = support::larger(error, std::abs(ours[n] - (above - below) / (2 * h)));
    }
    return error;
  };
  CHECK(worst(parameters, gradient) < 1e-8);
  CHECK(worst(inputs, input_gradient) < 1e-8);
}
