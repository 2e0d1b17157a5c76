#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/adam.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/functional/evaluate.hpp>
#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

using Model = wm::BasicManifold<double, wm::Ellipse, wm::LayerList>;

constexpr Index samples = 64;

/// Three inputs. The target turns two of them by the context.
struct Turning {
  wm::Matrix<double> inputs = support::matrix<double>(samples, 3, 2);
  wm::Matrix<double> targets{samples, 2};
  std::vector<wm::Point<wm::S1>> points;

  Turning() {
    wm::Random random(wm::Seed{3});
    points = wm::uniform_points<wm::S1>(samples, random);
    for (Index b = 0; b < samples; ++b) {
      double const t = points[static_cast<std::size_t>(b)][0];
      targets(b, 0) = std::cos(t) * inputs(b, 0) - std::sin(t) * inputs(b, 1);
      targets(b, 1) = std::sin(t) * inputs(b, 0) + std::cos(t) * inputs(b, 1);
    }
  }
};

/// Requires that a model of these layers learns to turn, to a loss of `least`, under every rule, rate, budget and clip.
void learns(wm::LayerList const& layers, double least) {
  Turning const task;
  auto const trains = [&](auto const& rule, wm::RuleOptions const& options) {
    CAPTURE(rule.name());
    Model model(wm::he_normal, wm::Seed{1}, {}, layers);
    wm::GradientFlow flow(model, wm::MeanSquaredError{}, rule, options);
    double loss = flow.step(task.inputs, task.points, task.targets).loss;
    CHECK(loss > 1);
    for (int i = 1; i < 1000; ++i) {
      auto const before = model;
      auto const step = flow.step(task.inputs, task.points, task.targets);
      loss = step.loss;
      if (i % 250 == 0) {  // the reported length is that under the one metric
        auto moved = model.parameters();
        for (std::size_t n = 0; n < moved.numbers().size(); ++n) {
          moved.numbers()[n] -= before.parameters().numbers()[n];
        }
        CHECK(step.movement == doctest::Approx(flow.metric().movement(model, moved)).epsilon(1e-9));
        CHECK(step.movement <= options.clip.value_or(1) * (1 + 1e-12));
      }
    }
    CHECK(loss < least);
  };
  trains(wm::HeavyBall{0.9}, {.rate = 0.03});
  trains(wm::Nesterov{}, {.rate = 0.03});
  trains(wm::Adam{}, {.rate = 0.01});
  trains(wm::Adam{.second_moment = wm::SecondMoment::each}, {.rate = 0.01});
  trains(wm::Adam{.decay = 0.01}, {.rate = 0.01});
  trains(wm::HeavyBall{0.9}, {.movement = 0.03});
  trains(wm::Adam{}, {.movement = 0.01});
  trains(wm::HeavyBall{0.9}, {.rate = 0.1, .clip = 0.02});
}

}  // namespace

TEST_CASE("a low-rank model trains under every rule, rate, budget and clip") {
  learns({wm::LowRankDense<>(3, 12, 4), wm::Tanh{}, wm::LowRankDense<>(12, 2, 4)}, 0.01);
}

TEST_CASE("gains train under every rule, rate, budget and clip") {
  learns({wm::GainDense<>(3, 24), wm::Tanh{}, wm::GainDense<>(24, 2)}, 0.02);
}

TEST_CASE("frozen low-rank layers rest, and the others move") {
  Turning const task;
  Model model(wm::he_normal, wm::Seed{1}, {},
              wm::LayerList{wm::LowRankDense<>(3, 12, 4), wm::Tanh{}, wm::LowRankDense<>(12, 2, 4)});
  model.freeze(0);
  auto const before = model;
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, wm::Adam{.decay = 0.1}, {.rate = 0.01});
  flow.step(task.inputs, task.points, task.targets);
  auto const& shape = model.stack().dense(1);
  for (std::size_t n = 0; n < model.parameters().shared().size(); ++n) {
    CHECK((model.parameters().shared()[n] == before.parameters().shared()[n]) ==
          (static_cast<Index>(n) < shape.shared_offset));
  }
  for (Index n = 0; n < model.parameters().columns(); ++n) {
    bool const same = model.parameters().matrix()(1, n) == before.parameters().matrix()(1, n);
    CHECK(same == (n < shape.row_offset));
  }
}
