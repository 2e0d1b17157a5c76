#include <wmanifold/wmanifold.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;
using wm::Contexts, wm::Index, wm::S1;

namespace {

/// Checks that a call with a batch of no samples is refused, always with the same sentence.
template <class Call>
void refuses(Call const& call) {
  CHECK_THROWS_WITH_AS(static_cast<void>(call()), doctest::Contains("expected at least one sample, got an empty batch"),
                       wm::ArgumentError);
}

/// Checks all functions of a model over the circle that take batches.
template <class Model>
void check_entries(Model model) {
  using R = typename Model::Scalar;
  wm::Matrix<R> const inputs(0, 2);
  wm::Matrix<R> const targets(0, 3);
  std::vector<int> const labels;
  std::vector<wm::Point<S1>> const none;
  wm::Workspace<R> work;
  refuses([&] { return model.predict(inputs, none); });
  refuses([&] { return model.predict(inputs, Contexts<S1>::grouped(none, std::vector<Index>{}), work); });
  refuses([&] { return model.forward(inputs, none, work); });
  auto const losses = [&](auto const& loss, auto const& against) {
    auto gradient = model.parameters().zeros_like();
    wm::LossFunctional const functional{loss, wm::WorstContext{}};
    refuses([&] { return functional.value(model, inputs, none, against, work); });
    refuses([&] { return functional.gradient(model, inputs, none, against, work, gradient).value; });
    refuses([&] { return wm::evaluate(model, loss, inputs, none, against); });
    auto const before = model;
    wm::GradientFlow flow{model, loss, {.rate = 0.1, .momentum = 0.9}};
    refuses([&] { return flow.step(inputs, none, against).loss; });
    CHECK(flow.state().steps == 0);
    CHECK(model == before);
    using Functional = wm::LossFunctional<std::remove_cvref_t<decltype(loss)>>;
    refuses([&] { return wm::Objective<Model, Functional>(model, loss, inputs, none, against).value(model); });
    refuses([&] { return wm::infer_context(model, loss, inputs, against); });
    refuses([&] { return wm::infer_contexts(model, loss, inputs, against, std::vector<Index>{}).size(); });
  };
  losses(wm::MeanSquaredError{}, targets);
  losses(wm::CrossEntropy{}, labels);
  losses(wm::custom_loss([](auto const& y, auto const& t) { return (y[0] - t[0]) * (y[0] - t[0]); }), targets);
  losses(wm::PredictionEntropy{}, wm::NoTargets{});
}

}  // namespace

TEST_CASE("all functions that take batches refuse an empty one alike") {
  check_entries(wm::Manifold<wm::Ellipse, wm::Dense<2, 4>, wm::Tanh, wm::Dense<4, 3>>(wm::he_normal, wm::Seed{1}));
  check_entries(wm::BasicManifold<double, wm::Ellipse, wm::LayerList>(
      wm::he_normal, wm::Seed{1}, {}, wm::LayerList{wm::Dense<>(2, 4), wm::LowRankDense<>(4, 3, 1)}));
}

TEST_CASE("the same for networks, models without contexts or types, and reductions of no losses") {
  wm::Matrix<float> const inputs(0, 2);
  wm::Workspace<float> work;
  wm::Network<wm::Dense<2, 3>> const network;
  refuses([&] { return network.predict(inputs, work); });
  wm::Manifold<wm::Constant<>, wm::Dense<2, 3>> plain(wm::zeros);
  wm::GradientFlow flow{plain, wm::MeanSquaredError{}, {.rate = 0.1}};
  refuses([&] { return flow.step(inputs, wm::Matrix<float>(0, 3)).loss; });
  wm::AnyManifold<float> const any(wm::AnyBasis("s1", "fourier1"), wm::Stack<wm::LayerList>({wm::Dense<>(2, 3)}));
  refuses([&] { return any.predict(inputs, wm::Matrix<double>(0, 1)); });
  auto const written = wm::custom_manifold<float, S1>(
      [](auto const&, auto const& p, auto const& to) { to.bias(0, 0) = p[0]; }, {1.0F}, {}, wm::Dense<2, 1>{});
  refuses([&] { return written.predict(inputs, std::vector<wm::Point<S1>>{}); });
  wm::ReductionScratch scratch;
  refuses([&] { return wm::Mean{}({}, scratch); });
  refuses([&] { return wm::Cvar{0.5}({}, scratch); });
  refuses([&] { return wm::WorstContext{}({}, scratch); });
}
