#include <wmanifold/layer/propagate.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;
using wm::Index;
using Host = wm::HostTarget;

TEST_CASE("one plain row goes back as central differences say") {
  wm::Stack<wm::LayerList> const stack(wm::LayerList({4, 6, 3}, {"tanh", "softplus"}));
  Index const count = wm::parameters_of(stack);
  auto parameters = support::normals<double>(count, 1);
  Index const samples = 5;
  auto inputs = support::normals<double>(samples * 4, 2);
  auto const weights = support::normals<double>(samples * 3, 3);  // the loss: these, times the outputs
  wm::Workspace<double> work;
  work.samples = samples;
  auto const loss = [&] {
    wm::propagate_forward<Host, double>(stack, {parameters.data(), 1, 0}, true, inputs.data(), 4, true, work);
    double sum = 0;
    for (std::size_t n = 0; n < weights.size(); ++n) {
      sum += weights[n] * work.values[1][n];
    }
    return sum;
  };
  loss();
  work.output_gradient.assign(weights.begin(), weights.end());
  std::vector<double> gradient(parameters.size(), 1e300);  // overwritten
  wm::propagate_backward<Host, double>(stack, {parameters.data(), 1, 0}, true, inputs.data(), 4, {false, false},
                                       {.inputs = true, .coefficients = false}, {gradient.data(), 1, 0}, work);
  std::vector<double> const input_gradient(work.delta.begin(), work.delta.begin() + samples * 4);
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
