#pragma once

#include "contenders/compiled.hpp"
#include "learner.hpp"

#include <optional>
#include <variant>

namespace demo {

/// Options of a manifold of weights: its steps and its priors.
struct ManifoldOptions {
  wmanifold::Geometry geometry = wmanifold::Geometry::movement;
  std::optional<double> stiffness = std::nullopt;  ///< none: the library's default
  double energy = 0;                               ///< of the prior E ||dM/ds||^2 / 2
  double weight_decay = 0;                         ///< of the prior E ||M||^2 / 2
};

/// A manifold (a plain network over Constant) and its flow. Losses are the caller's.
template <wmanifold::Basis B>
class ManifoldPart final : public TrainedPart {
 public:
  using Model = wmanifold::Manifold<B, wmanifold::LayerList>;
  using Topology = typename B::Topology;
  using Contexts = wmanifold::Contexts<Topology>;

  ManifoldPart(Recipe const& recipe, wmanifold::LayerList layers, ManifoldOptions const& how, wmanifold::Seed seed,
               wmanifold::Initialisation start = wmanifold::he_normal)
      : model_(start, seed, B{}, std::move(layers)),
        prior_(model_, how.weight_decay, how.energy),
        gradient_(model_.parameters().zeros_like()) {
    wmanifold::RuleOptions options{.rate = recipe.rate, .geometry = how.geometry, .stiffness = how.stiffness};
    bool const is_plain = how.geometry == wmanifold::Geometry::euclidean;
    if (recipe.optimiser == Optimiser::adam) {
      wmanifold::Adam adam;
      adam.second_moment = is_plain ? wmanifold::SecondMoment::each : wmanifold::SecondMoment::over_rows;
      flow_.template emplace<2>(model_, wmanifold::CrossEntropy{}, adam, options);
    } else {
      flow_.template emplace<1>(model_, wmanifold::CrossEntropy{}, wmanifold::HeavyBall{recipe.momentum}, options);
    }
  }
  ManifoldPart(ManifoldPart const&) = delete;  // its flow refers to it
  ManifoldPart& operator=(ManifoldPart const&) = delete;

  [[nodiscard]] Model& model() noexcept { return model_; }
  [[nodiscard]] Model const& model() const noexcept { return model_; }

  wmanifold::BatchView<float> forward(wmanifold::ConstMatrixRef<float> const& inputs, Contexts const& contexts) {
    return model_.forward(inputs, contexts, work_);
  }
  wmanifold::InputGradients<float> backward(wmanifold::ConstMatrixRef<float> const& inputs, Contexts const& contexts,
                                            wmanifold::ConstMatrixRef<float> const& output_gradient,
                                            wmanifold::GradientRequest request = {}) {
    auto const result = model_.backward(inputs, contexts, output_gradient, work_, gradient_, request);
    prior_.add_gradient(model_, gradient_);
    return result;
  }

  [[nodiscard]] wmanifold::Parameters<float>& parameters() override { return model_.parameters(); }
  [[nodiscard]] wmanifold::Parameters<float> const& gradient() const override { return gradient_; }
  void set_rate(double rate) override {
    with_flow([&](auto& flow) { flow.set_rate(rate); });
  }
  void step() override {
    with_flow([&](auto& flow) { flow.descend(gradient_); });
  }

 private:
  template <class Rule>
  using Flow = wmanifold::GradientFlow<Model, wmanifold::CrossEntropy, Rule>;

  template <class Body>
  void with_flow(Body const& body) {
    if (auto* const adam = std::get_if<2>(&flow_)) {
      body(*adam);
    } else {
      body(std::get<1>(flow_));
    }
  }

  Model model_;
  wmanifold::Prior<Model> prior_;
  wmanifold::Parameters<float> gradient_;
  wmanifold::Workspace<float> work_;
  std::variant<std::monostate, Flow<wmanifold::HeavyBall>, Flow<wmanifold::Adam>> flow_;
};

}  // namespace demo
