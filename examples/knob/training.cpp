#include "training.hpp"

#include "line_plot.hpp"

#include <wmanifold/flow/adam.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/flow/schedule.hpp>

#include <chrono>

namespace demo {
namespace {

/// Windows drawn at random from recordings, by positions.
class Batches {
 public:
  Batches(Recordings const& data, Settings const& settings, bool with_knobs, wm::Seed seed)
      : data_(data), settings_(settings), with_knobs_(with_knobs), random_(seed) {
    wm::Index const rows = settings.positions * settings.samples;
    inputs.resize(rows, window + (with_knobs ? 2 : 0));
    targets.resize(rows, 1);
    weights.resize(static_cast<std::size_t>(rows));
  }

  wm::Contexts<Knobs> draw() {
    std::vector<KnobPoint> points;
    for (wm::Index g = 0, row = 0; g < settings_.positions; ++g) {
      auto const& take =
          data_.takes[static_cast<std::size_t>(random_.below(static_cast<wm::Index>(data_.takes.size())))];
      points.push_back(point_of(take.knobs));
      for (wm::Index b = 0; b < settings_.samples; ++b, ++row) {
        wm::Index const n = random_.below(static_cast<wm::Index>(take.y.size()));
        std::copy_n(data_.padded.data() + n, window, inputs.row(row).data());
        if (with_knobs_) {
          inputs(row, window) = static_cast<float>(2 * take.knobs.drive - 1);
          inputs(row, window + 1) = static_cast<float>(2 * take.knobs.tone - 1);
        }
        targets(row, 0) = take.y[static_cast<std::size_t>(n)];
        weights[static_cast<std::size_t>(row)] = 1 / take.power;
      }
    }
    return wm::Contexts<Knobs>::grouped(std::move(points), settings_.samples);
  }

  wm::Matrix<float> inputs;
  wm::Matrix<float> targets;
  std::vector<double> weights;

 private:
  Recordings const& data_;
  Settings const& settings_;
  bool with_knobs_;
  wm::Random random_;
};

/// The rate of every step.
auto schedule(double rate, wm::Index steps) { return wm::WarmUp<wm::CosineSchedule>{200, {rate, rate / 1000, steps}}; }

template <class Model, class After>
void descend(Model& model, Batches& batches, double rate, Settings const& settings, Progress& progress,
             After const& after) {
  wm::GradientFlow flow{model, wm::MeanSquaredError{}, wm::Adam{}, {.rate = rate, .stiffness = settings.stiffness}};
  auto const rate_at = schedule(rate, settings.steps);
  for (wm::Index i = 0; i < settings.steps; ++i) {
    auto const contexts = batches.draw();
    flow.set_rate(rate_at(i));
    flow.step(batches.inputs, contexts, batches.targets, batches.weights);
    after();
    progress.advance(1);
  }
}

Manifold train_manifold(double rate, wm::Seed seed, Batches& batches, Settings const& settings, Progress& progress) {
  Manifold model{wm::he_normal, seed};
  descend(model, batches, rate, settings, progress, [&] {
    for (wm::Index k = 0; k < Manifold::basis_size(); ++k) {
      for (wm::Index l = 0; l < model.stack().depth(); ++l) {
        model.bias(k, l).setZero();  // keeps the network odd at every point
      }
    }
  });
  return model;
}

/// A custom manifold's metric changes along the way, so Adam works on single numbers here.
FilmModel train_film(double rate, wm::Seed seed, Batches& batches, Settings const& settings, Progress& progress) {
  wm::Random random(seed);
  std::vector<float> start(static_cast<std::size_t>(FilmWeights::own + FilmWeights::generator));
  wm::draw_network<float>(Network::Stack{}, random, std::span(start).first(static_cast<std::size_t>(FilmWeights::own)));
  for (std::size_t i = 0; i < static_cast<std::size_t>(3 * FilmWeights::hidden); ++i) {  // the rest starts at 0
    start[static_cast<std::size_t>(FilmWeights::own) + i] = static_cast<float>(random.normal());
  }
  FilmModel model(FilmWeights{}, start, Network::Stack{});
  wm::LossFunctional<wm::MeanSquaredError> const loss;
  wm::Workspace<float> work;
  auto gradient = model.parameters().zeros_like();
  auto first = gradient;
  auto second = gradient;
  wm::Adam const adam;
  auto const rate_at = schedule(rate, settings.steps);
  for (wm::Index i = 0; i < settings.steps; ++i) {
    auto const contexts = batches.draw();
    loss.gradient(model, batches.inputs, contexts, batches.targets, work, gradient, {}, batches.weights);
    auto const step = static_cast<double>(i + 1);
    auto const size = static_cast<float>(rate_at(i) / (1 - std::pow(adam.beta1, step)));
    auto const share = static_cast<float>(1 / (1 - std::pow(adam.beta2, step)));
    auto const b1 = static_cast<float>(adam.beta1);
    auto const b2 = static_cast<float>(adam.beta2);
    for (std::size_t n = 0; n < start.size(); ++n) {
      float const g = gradient.row(0)[n];
      float& m = first.row(0)[n];
      float& v = second.row(0)[n];
      m = b1 * m + (1 - b1) * g;
      v = b2 * v + (1 - b2) * g * g;
      model.parameters().row(0)[n] -= size * m / (std::sqrt(share * v) + static_cast<float>(adam.epsilon));
    }
    progress.advance(1);
  }
  return model;
}

}  // namespace

Trained train(Kind kind, double rate, wm::Seed seed, Recordings const& data, Settings const& settings,
              Progress& progress) {
  auto const start = std::chrono::steady_clock::now();
  Batches batches(data, settings, kind == Kind::concatenated, seed.stream(1));
  Trained result;
  switch (kind) {
    case Kind::manifold: {
      result.manifold = train_manifold(rate, seed, batches, settings, progress);
      auto const& block = result.manifold->parameters();
      wm::Index const free = block.columns() - 2 * width - 1;  // without biases
      result.contender = contender_of("manifold", "Manifold", colour::blue, block.rows() * free, *result.manifold);
      break;
    }
    case Kind::concatenated: {
      WithKnobs model{wm::he_normal, seed};
      descend(model, batches, rate, settings, progress, [] {});
      wm::Index const parameters = model.parameters().columns();
      result.contender =
          contender_of("concatenated", "Knobs as inputs", colour::orange, parameters, Concatenated(std::move(model)));
      break;
    }
    case Kind::film: {
      auto model = train_film(rate, seed, batches, settings, progress);
      wm::Index const parameters = model.parameters().columns();
      result.contender = contender_of("film", "FiLM", colour::green, parameters, Film(std::move(model)));
      break;
    }
  }
  result.contender.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

double default_rate(Kind kind) {
  constexpr std::array rates{0.002, 0.012, 0.008};
  return rates[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Kind kind) {
  constexpr std::array<std::string_view, 3> names{"manifold", "concatenated", "film"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace demo
