#include "experiment.hpp"

#include "presenter.hpp"

#include <wmanifold/flow/gradient_flow.hpp>

#include <algorithm>
#include <chrono>
#include <numeric>

namespace demo {
namespace {

namespace wm = wmanifold;

/// Random numbers are independent for each purpose and the same for all contenders.
enum class Purpose : std::uint64_t { weights, images, training, test, circle };

wm::Seed seed_for(Purpose purpose, Run const& run) {
  auto const study = static_cast<std::uint64_t>(run.study - studies().data());
  return wm::Seed{run.seed}.stream(study).stream(static_cast<std::uint64_t>(purpose));
}

std::vector<std::size_t> in_order(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

std::vector<std::size_t> shuffled(std::size_t count, wm::Random& random) {
  auto order = in_order(count);
  random.shuffle(std::span(order));
  return order;
}

template <class Topology>
wm::Contexts<Topology> contexts_at(std::span<double const> degrees) {
  std::vector<wm::Point<Topology>> points;
  points.reserve(degrees.size());
  for (double const angle : degrees) {
    if constexpr (std::same_as<Topology, wm::S1>) {
      points.push_back(wm::S1::degrees(angle));
    } else {
      points.push_back(Topology::point());
    }
  }
  return points;
}

template <class Basis>
std::vector<double> train(Model<Basis>& model, Run const& run, DataSet const& data, Settings const& settings,
                          std::function<void()> const& tick) {
  wm::GradientFlow flow{model, wm::CrossEntropy{}, {.rate = run.contender->rate, .momentum = settings.momentum}};
  Presenter presenter(data.training, run.contender->sight);
  wm::Random images_random(seed_for(Purpose::images, run));
  auto order = shuffled(data.training.count(), images_random);
  order.resize(settings.training_images);

  std::size_t const batches = (order.size() + settings.batch - 1) / settings.batch;
  double const steps = static_cast<double>(batches * settings.epochs);
  wm::Random random(seed_for(Purpose::training, run));
  std::vector<double> losses;
  std::vector<double> degrees;
  for (std::size_t epoch = 0; epoch < settings.epochs; ++epoch) {
    random.shuffle(std::span(order));
    for (std::size_t first = 0; first < order.size(); first += settings.batch) {
      auto const which = std::span(order).subspan(first, std::min(settings.batch, order.size() - first));
      degrees.resize(which.size());
      std::generate(degrees.begin(), degrees.end(), [&] { return run.study->training_angle(random); });
      Batch const& batch = presenter.show(which, degrees);
      flow.set_rate(run.contender->rate * (1 - static_cast<double>(losses.size()) / steps));
      auto const step = flow.step(batch.inputs, contexts_at<typename Basis::Topology>(batch.degrees), batch.labels);
      losses.push_back(step.loss);
    }
    tick();
  }
  return losses;
}

/// Calls found(i, is_right) for all test images i, each turned by degrees[i].
template <class Basis, class Found>
void examine(Model<Basis> const& model, Run const& run, DataSet const& data, std::span<double const> degrees,
             Found const& found) {
  constexpr std::size_t most = 256;
  Presenter presenter(data.test, run.contender->sight);
  wm::Workspace<float> work;
  auto const all = in_order(degrees.size());
  for (std::size_t first = 0; first < all.size(); first += most) {
    std::size_t const count = std::min(most, all.size() - first);
    Batch const& batch = presenter.show(std::span(all).subspan(first, count), degrees.subspan(first, count));
    auto const logits = model.predict(batch.inputs, contexts_at<typename Basis::Topology>(batch.degrees), work);
    for (std::size_t b = 0; b < count; ++b) {
      std::span<float const> const row(logits.row(static_cast<wm::Index>(b)).data(),
                                       static_cast<std::size_t>(logits.cols()));
      found(first + b, wm::CrossEntropy::is_hit(row, batch.labels, static_cast<wm::Index>(b)));
    }
  }
}

template <class Basis>
double test(Model<Basis> const& model, Run const& run, DataSet const& data, Settings const& settings) {
  wm::Random random(seed_for(Purpose::test, run));
  std::vector<double> degrees(settings.test_images);
  std::generate(degrees.begin(), degrees.end(), [&] { return run.study->test_angle(random); });
  std::size_t hits = 0;
  examine(model, run, data, degrees, [&](std::size_t, bool is_right) { hits += is_right ? 1 : 0; });
  return 100 * static_cast<double>(hits) / static_cast<double>(degrees.size());
}

/// Shows every test image at two angles. All bins get the same number of images, to one.
template <class Basis>
std::array<double, angle_bins> test_around(Model<Basis> const& model, Run const& run, DataSet const& data,
                                           Settings const& settings) {
  wm::Random random(seed_for(Purpose::circle, run));
  std::array<double, angle_bins> hits{};
  std::array<double, angle_bins> shown{};
  for (int pass = 0; pass < 2; ++pass) {
    auto place = shuffled(settings.test_images, random);
    std::vector<double> degrees;
    for (std::size_t& bin : place) {
      bin %= angle_bins;
      degrees.push_back((static_cast<double>(bin) + random.uniform(-0.5, 0.5)) * 360 / angle_bins);
    }
    examine(model, run, data, degrees, [&](std::size_t i, bool is_right) {
      hits[place[i]] += is_right ? 100 : 0;
      shown[place[i]] += 1;
    });
  }
  for (std::size_t bin = 0; bin < angle_bins; ++bin) {
    hits[bin] /= std::max(shown[bin], 1.0);
  }
  return hits;
}

template <class Basis>
Outcome carry_out_on(Run const& run, DataSet const& data, Settings const& settings, std::function<void()> const& tick) {
  auto const start = std::chrono::steady_clock::now();
  wm::Index const inputs = Presenter(data.training, run.contender->sight).inputs();
  wm::Index const width = run.contender->width;
  Model<Basis> model(wm::he_normal, seed_for(Purpose::weights, run), Basis{},
                     wm::LayerList{wm::Dense<>(inputs, width), wm::Relu{}, wm::Dense<>(width, width), wm::Relu{},
                                   wm::Dense<>(width, data.classes)});
  Outcome outcome;
  outcome.losses = train(model, run, data, settings, tick);
  outcome.accuracy = test(model, run, data, settings);
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  outcome.at_angle = test_around(model, run, data, settings);
  outcome.parameters = model.basis_size() * model.parameters().columns();
  outcome.multiply_adds = wm::multiply_adds_of(model.stack());
  if constexpr (std::same_as<Model<Basis>, Ellipse>) {
    outcome.ellipse = std::move(model);
  }
  return outcome;
}

}  // namespace

Outcome carry_out(Run const& run, DataSet const& data, Settings const& settings, std::function<void()> const& tick) {
  switch (run.contender->weights) {
    case Weights::ellipse:
      return carry_out_on<wm::Fourier<wm::S1, 1>>(run, data, settings, tick);
    case Weights::fourier2:
      return carry_out_on<wm::Fourier<wm::S1, 2>>(run, data, settings, tick);
    default:
      return carry_out_on<wm::Constant<>>(run, data, settings, tick);
  }
}

}  // namespace demo
