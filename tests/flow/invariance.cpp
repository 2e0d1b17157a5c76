#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/layer/layer_list.hpp>
#include <wmanifold/manifold/lift.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;
using wm::Index, wm::Interval;

namespace {

template <class Basis>
using Model = wm::BasicManifold<double, Basis, wm::LayerList>;
using InBernstein = Model<wm::Bernstein<Interval, 3>>;
using InLegendre = Model<wm::Legendre<Interval, 3>>;

constexpr int steps = 200;
constexpr Index samples = 16;

/// Trains on batches that the step number alone decides.
template <class M>
void train(M& model, wm::FlowOptions const& options) {
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, options);
  for (std::uint64_t i = 0; i < steps; ++i) {
    wm::Random random(wm::Seed{i});
    flow.step(support::matrix<double>(samples, 3, 100 + i), wm::uniform_points<Interval>(samples, random),
              support::matrix<double>(samples, 2, 900 + i));
  }
}

/// The largest distance of two weights at a context, over the largest weight.
template <class A, class B>
double distance(A const& a, B const& b) {
  double difference = 0;
  double size = 0;
  for (int i = 0; i <= 20; ++i) {
    auto const s = Interval::at(i / 20.0);
    auto const at_a = a.at(s);
    auto const at_b = b.at(s);
    for (std::size_t n = 0; n < at_a.parameters().size(); ++n) {
      difference = support::larger(difference, std::abs(at_a.parameters()[n] - at_b.parameters()[n]));
      size = std::max(size, std::abs(at_a.parameters()[n]));
    }
  }
  return difference / size;
}

struct Outcome {
  double apart;  // one basis from the other
  double moved;  // from the start
};

Outcome in_both_bases(wm::FlowOptions const& options) {
  InBernstein bernstein(wm::zeros, {}, wm::LayerList({3, 6, 2}, {"tanh", "identity"}));
  support::randomise(bernstein, 1);
  auto const start = bernstein;
  InLegendre legendre = wm::rewrite<wm::Legendre<Interval, 3>>(bernstein);
  REQUIRE(distance(bernstein, legendre) < 1e-14);
  train(bernstein, options);
  train(legendre, options);
  return {distance(bernstein, legendre), distance(bernstein, start)};
}

}  // namespace

TEST_CASE("the same manifold in two bases stays the same manifold") {
  std::vector<std::pair<char const*, wm::FlowOptions>> const flows{
      {"flow", {.rate = 0.05, .stiffness = 0}},
      {"default step", {.rate = 0.05}},
      {"flow under a budget", {.movement = 0.02, .stiffness = 0}},
      {"heavy ball", {.rate = 0.02, .momentum = 0.9, .stiffness = 0}},
      {"heavy ball under a budget", {.movement = 0.02, .momentum = 0.9, .stiffness = 0}},
      {"Nesterov", {.rate = 0.02, .stiffness = 0, .rule = wm::Nesterov{0.9}}},
      {"Adam over rows", {.rate = 0.01, .stiffness = 0, .rule = wm::Adam{}}},
      {"AdamW over rows", {.rate = 0.01, .stiffness = 0, .rule = wm::Adam{.decay = 0.1}}},
      {"a stiff flow", {.rate = 0.05, .momentum = 0.9, .stiffness = 1}},
      {"Adam over rows, stiff", {.rate = 0.01, .stiffness = 2, .rule = wm::Adam{}}},
      {"clipped", {.rate = 0.05, .momentum = 0.9, .stiffness = 0, .clip = 0.03}},
      {"with priors", {.rate = 0.05, .momentum = 0.5, .stiffness = 0, .weight_decay = 0.05, .energy = 0.01}},
  };
  for (auto const& flow : flows) {
    CAPTURE(flow.first);
    auto const outcome = in_both_bases(flow.second);
    CHECK(outcome.apart < 1e-9);
    CHECK(outcome.moved > 0.1);
  }
}

TEST_CASE("plain descent, Adam on each coordinate and Shampoo depend on the basis") {
  std::vector<std::pair<char const*, wm::FlowOptions>> const flows{
      {"plain descent", {.rate = 0.05, .geometry = wm::Geometry::euclidean}},
      {"plain Adam", {.rate = 0.01, .geometry = wm::Geometry::euclidean, .rule = wm::Adam{}}},
      {"Adam, each its own", {.rate = 0.01, .stiffness = 0, .rule = wm::Adam{.second_moment = wm::SecondMoment::each}}},
      {"Shampoo", {.rate = 0.005, .rule = wm::Shampoo{}}},
  };
  for (auto const& flow : flows) {
    CAPTURE(flow.first);
    auto const outcome = in_both_bases(flow.second);
    CHECK(outcome.apart > 1e-3);
  }
}
