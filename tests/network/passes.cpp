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
  auto const none =
      wm::backward_pass<Host, double>(stack, {parameters.data(), 1, 0}, batch, {inputs.data(), 4}, {weights.data(), 3},
                                      {false, false}, {}, cache, scratch, {gradient.data(), 1, 0});
  CHECK(none.inputs.size() == 0);
  loss();
  gradient.assign(parameters.size(), 1e300);
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

TEST_CASE("a batch in the order of spans has the gradients of its own order") {
  constexpr Index rows = 7;
  constexpr Index samples = 23;
  wm::Stack<wm::LayerList> const stack(wm::LayerList({4, 6, 3}, {"tanh", "softplus"}));
  Index const count = wm::parameters_of(stack);
  auto const parameters = support::normals<double>(rows * count, 1);
  auto const inputs = support::normals<double>(samples * 4, 2);
  auto const slopes = support::normals<double>(samples * 3, 3);
  auto const hats = [](Index b, double* out) {  // two neighbouring rows
    std::fill_n(out, rows, 0.0);
    out[5 * b % (rows - 1)] = 0.25;
    out[5 * b % (rows - 1) + 1] = 0.75;
  };
  struct Results {
    std::vector<double> outputs, gradient, inputs, coefficients;
  };
  auto const through = [&](Index rows_met) {
    wm::BatchCoefficients<double> batch;
    batch.set_mixed(samples, {}, rows, {.rows_met = rows_met}, hats);
    batch.find_spans();
    CHECK(batch.spans.empty() == (rows_met == rows));
    wm::ForwardCache<double> cache;
    wm::PassScratch<double> scratch;
    Results r;
    auto const y = wm::forward_pass<Host, double>(stack, {parameters.data(), rows, count}, batch, {inputs.data(), 4},
                                                  true, cache, scratch);
    r.outputs.assign(y.data(), y.data() + y.size());
    r.gradient.resize(static_cast<std::size_t>(rows * count));
    auto const views = wm::backward_pass<Host, double>(
        stack, {parameters.data(), rows, count}, batch, {inputs.data(), 4}, {slopes.data(), 3}, {false, false},
        {.inputs = true, .contexts = true}, cache, scratch, {r.gradient.data(), rows, count});
    r.inputs.assign(views.inputs.data(), views.inputs.data() + views.inputs.size());
    r.coefficients.assign(views.coefficients.data(), views.coefficients.data() + views.coefficients.size());
    return r;
  };
  auto const ours = through(2);
  auto const theirs = through(rows);
  auto const check = [](std::vector<double> const& a, std::vector<double> const& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t n = 0; n < a.size(); ++n) {
      CHECK(a[n] == doctest::Approx(b[n]).epsilon(1e-12).scale(1));
    }
  };
  check(ours.outputs, theirs.outputs);
  check(ours.gradient, theirs.gradient);
  check(ours.inputs, theirs.inputs);
  check(ours.coefficients, theirs.coefficients);
}
