#include "experiment.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/functional/evaluate.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <limits>
#include <numeric>

namespace demo {
namespace {

namespace wm = wmanifold;

template <class Basis>
using Model = wm::Manifold<Basis, wm::LayerList>;

/// Random numbers are independent for each purpose and the same for all contenders.
enum class Purpose : std::uint64_t { weights, images, training, validation, inside, asked, noise };

wm::Seed seed_for(Purpose purpose, Run const& run) {
  return wm::Seed{run.seed}.stream(static_cast<std::uint64_t>(purpose));
}

std::vector<std::size_t> in_order(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

wm::Contexts<wm::Interval> contexts_at(std::span<double const> places) {
  std::vector<wm::Point<wm::Interval>> points;
  points.reserve(places.size());
  for (double const s : places) {
    points.push_back(wm::Interval::at(s));
  }
  return points;
}

/// Number of first steps that are measured.
constexpr std::size_t first_steps = 10;

template <class Basis>
double reach_of(Model<Basis> const& model, wm::Matrix<float> const& before, Study const& study) {
  wm::Matrix<double> const step = (model.parameters().matrix() - before).template cast<double>();
  auto const at = [&](double s) {
    Eigen::RowVectorXd phi(Basis::size);
    model.basis().values(wm::Interval::at(s), {phi.data(), static_cast<std::size_t>(phi.size())});
    return Eigen::RowVectorXd(phi * step);
  };
  Eigen::RowVectorXd const middle = at(study.trained.middle());
  return at(study.far).dot(middle) / middle.squaredNorm();
}

template <class Basis>
void train(Model<Basis>& model, Run const& run, Pictures const& pictures, Noise const& noise, Settings const& settings,
           Outcome& outcome) {
  wm::FlowOptions options{.momentum = settings.momentum,
                          .geometry = run.price ? wm::Geometry::movement : wm::Geometry::euclidean,
                          .stiffness = run.price.value_or(0)};
  (run.length.is_budget ? options.movement : options.rate) = run.length.size;
  wm::GradientFlow flow{model, wm::CrossEntropy{}, options};
  wm::Matrix<float> const start = model.parameters().matrix();
  wm::Random random(seed_for(Purpose::training, run));
  auto order = in_order(pictures.count());
  NoisyPictures batch;
  std::size_t const steps = settings.epochs * ((order.size() + settings.batch - 1) / settings.batch);
  std::size_t done = 0;
  for (std::size_t epoch = 0; epoch < settings.epochs; ++epoch) {
    random.shuffle(std::span(order));
    for (std::size_t first = 0; first < order.size(); first += settings.batch) {
      auto const which = std::span(order).subspan(first, std::min(settings.batch, order.size() - first));
      noise.show(pictures, which, run.study->trained, random, batch);
      double const size = run.length.size * (1 - static_cast<double>(done) / static_cast<double>(steps));
      run.length.is_budget ? flow.set_movement(size) : flow.set_rate(size);
      flow.step(batch.inputs, contexts_at(batch.contexts), batch.labels);
      if (++done == first_steps) {
        outcome.first = reach_of(model, start, *run.study);
      }
    }
  }
  outcome.reach = reach_of(model, start, *run.study);
}

template <class Basis>
wm::Evaluation test(Model<Basis> const& model, Run const& run, Pictures const& pictures, Noise const& noise,
                    Range const& range, Purpose purpose) {
  wm::Random random(seed_for(purpose, run));
  NoisyPictures noisy;
  noise.show(pictures, in_order(pictures.count()), range, random, noisy);
  return wm::evaluate(model, wm::CrossEntropy{}, noisy.inputs, contexts_at(noisy.contexts), noisy.labels);
}

template <class Basis>
Outcome carry_out_on(Run const& run, DataSet const& data, Settings const& settings) {
  wm::Random images_random(seed_for(Purpose::images, run));
  auto order = in_order(data.training.count());
  images_random.shuffle(std::span(order));
  Pictures const training = halved(data.training, std::span(order).first(settings.training_images));
  Pictures const validation =
      halved(data.training, std::span(order).subspan(settings.training_images, settings.validation_images));
  Pictures const tested = halved(data.test, in_order(settings.test_images));

  Noise const noise(settings.deviation, seed_for(Purpose::noise, run));

  auto const width = static_cast<wm::Index>(settings.width);
  Model<Basis> model(
      wm::he_normal, seed_for(Purpose::weights, run), Basis{},
      wm::LayerList{wm::Dense<>(training.pixels.cols(), width), wm::Relu{}, wm::Dense<>(width, data.classes)});
  Outcome outcome;
  try {
    train(model, run, training, noise, settings, outcome);
    Study const& study = *run.study;
    outcome.validation = test(model, run, validation, noise, study.trained, Purpose::validation).loss;
    outcome.inside = 100 * *test(model, run, tested, noise, study.trained, Purpose::inside).accuracy;
    outcome.asked = 100 * *test(model, run, tested, noise, study.asked, Purpose::asked).accuracy;
  } catch (wm::NumericalError const&) {
    outcome = {.validation = std::numeric_limits<double>::infinity()};
  }
  return outcome;
}

}  // namespace

Outcome carry_out(Run const& run, DataSet const& data, Settings const& settings) {
  if (run.shape->name == "bernstein3") {
    return carry_out_on<wm::Bernstein<wm::Interval, 3>>(run, data, settings);
  }
  if (run.shape->name == "legendre2") {
    return carry_out_on<wm::Legendre<wm::Interval, 2>>(run, data, settings);
  }
  return carry_out_on<wm::Line>(run, data, settings);
}

}  // namespace demo
