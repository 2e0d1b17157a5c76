#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/flow/adam.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/manifold/lift.hpp>
#include <wmanifold/network/layer_list.hpp>
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
template <class M, class Rule>
void train(M& model, Rule const& rule, wm::RuleOptions const& options) {
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, rule, options);
  for (std::uint64_t i = 0; i < steps; ++i) {
    wm::Random random(wm::Seed{i});
    flow.step(support::matrix<double>(samples, 3, 100 + i), wm::uniform_points<Interval>(samples, random),
              support::matrix<double>(samples, 2, 900 + i));
  }
}

/// Returns the largest distance of two weights at a context, over the largest weight.
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
  double apart;  // of one basis from the other
  double moved;  // from the start
};

wm::LayerList const dense({3, 6, 2}, {"tanh", "identity"});
wm::LayerList const low_rank{wm::LowRankDense<>(3, 6, 2), wm::Tanh{}, wm::LowRankDense<>(6, 2, 3)};

template <class Rule>
Outcome in_both_bases(Rule const& rule, wm::RuleOptions const& options, wm::LayerList const& layers = dense) {
  InBernstein bernstein(wm::zeros, {}, layers);
  support::randomise(bernstein, 1);
  auto const shared = bernstein.parameters().shared();  // dense layers have no shared part
  for (std::size_t n = 0; n < shared.size(); ++n) {
    shared[n] = n == 0 ? -0.5 : 0.3;
  }
  auto const start = bernstein;
  InLegendre legendre = wm::rewrite<wm::Legendre<Interval, 3>>(bernstein);
  REQUIRE(distance(bernstein, legendre) < 1e-14);
  train(bernstein, rule, options);
  train(legendre, rule, options);
  return {distance(bernstein, legendre), distance(bernstein, start)};
}

}  // namespace

TEST_CASE("the same manifold in two bases stays the same manifold") {
  auto const stays = [](char const* name, auto const& rule, wm::RuleOptions const& options) {
    CAPTURE(name);
    auto const outcome = in_both_bases(rule, options);
    CHECK(outcome.apart < 1e-9);
    CHECK(outcome.moved > 0.1);
  };
  wm::HeavyBall const flow{};
  wm::HeavyBall const ball{0.9};
  stays("flow", flow, {.rate = 0.05, .stiffness = 0});
  stays("default step", flow, {.rate = 0.05});
  stays("flow under a budget", flow, {.movement = 0.02, .stiffness = 0});
  stays("heavy ball", ball, {.rate = 0.02, .stiffness = 0});
  stays("heavy ball under a budget", ball, {.movement = 0.02, .stiffness = 0});
  stays("a stiff flow", ball, {.rate = 0.05, .stiffness = 1});
  stays("clipped", ball, {.rate = 0.05, .stiffness = 0, .clip = 0.03});
  stays("with priors", wm::HeavyBall{0.5}, {.rate = 0.05, .stiffness = 0, .weight_decay = 0.05, .energy = 0.01});
  stays("Nesterov", wm::Nesterov{0.9}, {.rate = 0.02, .stiffness = 0});
  stays("Adam over rows", wm::Adam{}, {.rate = 0.01, .stiffness = 0});
  stays("Adam over rows under a budget", wm::Adam{}, {.movement = 0.02, .stiffness = 0});
  stays("AdamW over rows", wm::Adam{.decay = 0.1}, {.rate = 0.01, .stiffness = 0});
  stays("AdamW over rows, clipped", wm::Adam{.decay = 0.1}, {.rate = 0.01, .stiffness = 0, .clip = 0.03});
  stays("Adam over rows, stiff", wm::Adam{}, {.rate = 0.01, .stiffness = 2});
}

TEST_CASE("the same manifold of low-rank layers in two bases stays the same") {
  auto const stays = [](auto const& rule, wm::RuleOptions const& options) {
    CAPTURE(rule.name());
    auto const outcome = in_both_bases(rule, options, low_rank);
    CHECK(outcome.apart < 1e-9);
    CHECK(outcome.moved > 0.1);
  };
  stays(wm::HeavyBall{0.9}, {.rate = 0.005, .stiffness = 0});
  stays(wm::HeavyBall{}, {.movement = 0.02});
  stays(wm::Nesterov{0.9}, {.rate = 0.005});
  stays(wm::Adam{}, {.rate = 0.01});
  stays(wm::Adam{.decay = 0.1}, {.rate = 0.01, .clip = 0.03});
}

TEST_CASE("plain descent and Adam on each coordinate depend on the basis") {
  auto const depends = [](char const* name, auto const& rule, wm::RuleOptions const& options) {
    CAPTURE(name);
    CHECK(in_both_bases(rule, options).apart > 1e-3);
  };
  depends("plain descent", wm::HeavyBall{}, {.rate = 0.05, .geometry = wm::Geometry::euclidean});
  depends("plain Adam", wm::Adam{}, {.rate = 0.01, .geometry = wm::Geometry::euclidean});
  depends("Adam, each its own", wm::Adam{.second_moment = wm::SecondMoment::each}, {.rate = 0.01, .stiffness = 0});
}
