// Chooses topology and order by `choose` on the main example's three studies, from trainings on parts of the training
// data. Compares the choice with the test scores of all candidates, each trained in full. See --help.

#include "claims.hpp"
#include "columns.hpp"
#include "number_checks.hpp"
#include "presenter.hpp"
#include "studies.hpp"
#include "text.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/selection/choose.hpp>
#include <wmanifold/topology/torus.hpp>

#include <CLI/CLI.hpp>

#include <functional>
#include <iostream>
#include <numeric>

namespace {

using namespace demo;
namespace wm = wmanifold;

struct Settings {
  std::filesystem::path data = "/usr/share/datasets/fashion-mnist";
  std::size_t images = 10'000;  ///< of training
  wm::Index epochs = 10;        ///< of a full training
  wm::Index seeds = 3;          ///< full trainings of each candidate
  wm::Index repeats = 12;       ///< trainings of each candidate in choose, at most
  std::uint64_t seed = 1;
  double within = 0.5;  ///< accuracy in points by which the pick may fall short of the best candidate
};

constexpr std::array names{"plain", "line", "ellipse", "fourier2"};

template <class Basis>
using Model = wm::Manifold<Basis, wm::LayerList>;

template <class Basis>
Model<Basis> made(wm::Seed seed) {
  return {wm::he_normal, seed, Basis{},
          wm::LayerList{wm::Dense<>(196, 32), wm::Relu{}, wm::Dense<>(32, 32), wm::Relu{}, wm::Dense<>(32, 10)}};
}

/// Returns the angles as contexts of a topology. The interval is the circle, cut open.
template <class Space>
wm::Contexts<Space> contexts_at(std::span<double const> degrees) {
  std::vector<wm::Point<Space>> points;
  for (double const angle : degrees) {
    if constexpr (std::same_as<Space, wm::S1>) {
      points.push_back(wm::S1::degrees(angle));
    } else if constexpr (std::same_as<Space, wm::Interval>) {
      points.push_back(wm::Interval::at(std::fmod(angle, 360.0), 0, 360));
    } else {
      points.push_back(Space::point());
    }
  }
  return points;
}

using Angle = std::function<double(wm::Random&)>;

/// Images first, ..., last - 1 of a set, at angles of one kind.
struct Part {
  LabelledImages const* images;
  std::size_t first;
  std::size_t last;
  Angle angle;
};

/// Calls body(batch) for the images of a part in random order, each turned by an angle of its own.
template <class Body>
void for_each_batch(Part const& part, wm::Random& random, Body const& body) {
  Presenter presenter(*part.images, Sight::turned);
  std::vector<std::size_t> order(part.last - part.first);
  std::iota(order.begin(), order.end(), part.first);
  random.shuffle(std::span(order));
  std::vector<double> degrees;
  for (std::size_t at = 0; at < order.size(); at += 100) {
    auto const which = std::span(order).subspan(at, std::min<std::size_t>(100, order.size() - at));
    degrees.resize(which.size());
    std::generate(degrees.begin(), degrees.end(), [&] { return part.angle(random); });
    body(presenter.show(which, degrees));
  }
}

template <class Basis>
void train(Model<Basis>& model, Part const& part, wm::Index epochs, wm::Seed seed) {
  double const rate = std::same_as<Basis, wm::Constant<>> ? 0.1 : 0.04;  // as in the main example
  wm::GradientFlow flow{model, wm::CrossEntropy{}, {.rate = rate, .momentum = 0.9}};
  wm::Random random(seed);
  double const samples = static_cast<double>(epochs) * static_cast<double>(part.last - part.first);
  double seen = 0;
  for (wm::Index epoch = 0; epoch < epochs; ++epoch) {
    for_each_batch(part, random, [&](Batch const& batch) {
      flow.set_rate(rate * (1 - seen / samples));
      flow.step(batch.inputs, contexts_at<typename Basis::Topology>(batch.degrees), batch.labels);
      seen += static_cast<double>(batch.labels.size());
    });
  }
}

/// Accuracy in %.
template <class Basis>
double accuracy(Model<Basis> const& model, Part const& part) {
  wm::Random random(wm::Seed{99});
  double hits = 0;
  for_each_batch(part, random, [&](Batch const& batch) {
    auto const logits = model.predict(batch.inputs, contexts_at<typename Basis::Topology>(batch.degrees));
    for (wm::Index b = 0; b < logits.rows(); ++b) {
      std::span<float const> const row(logits.row(b).data(), static_cast<std::size_t>(logits.cols()));
      hits += wm::CrossEntropy::is_hit(row, batch.labels, b) ? 1 : 0;
    }
  });
  return 100 * hits / static_cast<double>(part.last - part.first);
}

/// A split of a study's training angles for validation. On average, scored angles are as far from the trained ones as
/// the study's test angles are from all training angles. No test angle or image is used.
struct Split {
  std::string_view study;
  double (*training)(wm::Random&, wm::Index repeat);
  double (*validation)(wm::Random&, wm::Index repeat);
};

double any_angle(wm::Random& random, wm::Index) { return random.uniform(0, 360); }
/// Every other of the eight angles. Scored at all eight: half lie at no distance and half at 45 degrees, 22.5 on
/// average.
double every_other(wm::Random& random, wm::Index repeat) {
  return 45 * static_cast<double>(repeat % 2 + 2 * random.below(4));
}
double all_eight(wm::Random& random, wm::Index) { return 45 * static_cast<double>(random.below(8)); }
/// The arc without 45 degrees at either end, as far away as the middle of the tested quarter is from the arc.
double midst_of_arc(wm::Random& random, wm::Index) { return random.uniform(45, 225); }
double ends_of_arc(wm::Random& random, wm::Index) {
  return 225 * static_cast<double>(random.below(2)) + random.uniform(0, 45);
}

constexpr std::array splits{
    Split{"all", any_angle, any_angle},
    Split{"eight", every_other, all_eight},
    Split{"arc", midst_of_arc, ends_of_arc},
};

/// The result of choose, its cost, and for comparison the mean test accuracy of each candidate.
struct Result {
  wm::Choice choice;
  double cost = 0;  ///< samples seen, in training and validation, over those of one full training of each candidate
  std::array<double, names.size()> test;
};

template <class... Bases>
Result carry_out(Study const& study, Split const& split, DataSet const& data, Settings const& settings) {
  // Seven repeats each train on one eighth of the images and are scored on the following quarter, going round.
  std::size_t const eighth = settings.images / 8;
  auto const part = [&](std::size_t skipped, std::size_t eighths, auto const& angle, wm::Repeat const& repeat) {
    std::size_t const first = (static_cast<std::size_t>(repeat.number) + skipped) % 7 * eighth;
    return Part{&data.training, first, first + eighths * eighth,
                [&](wm::Random& random) { return angle(random, repeat.number); }};
  };
  double seen = 0;
  Result result;
  result.choice = wm::choose(
      {.least = std::min<wm::Index>(settings.repeats, 4),
       .most = settings.repeats,
       .seed = wm::Seed{settings.seed}.stream(0)},
      [&](auto& model, wm::Repeat const& repeat) {
        train(model, part(0, 1, split.training, repeat), settings.epochs, repeat.seed.stream(1));
        seen += static_cast<double>(settings.epochs) * static_cast<double>(eighth);
      },
      [&](auto const& model, wm::Repeat const& repeat) {
        seen += 2 * static_cast<double>(eighth);
        return accuracy(model, part(1, 2, split.validation, repeat));
      },
      made<Bases>...);
  result.cost = seen / static_cast<double>(names.size() * settings.images) / static_cast<double>(settings.epochs);

  Part const all{&data.training, 0, settings.images, study.training_angle};
  Part const test{&data.test, 0, std::min(settings.images, data.test.count()), study.test_angle};
  auto const in_full = [&]<class Basis>(Basis) {
    double sum = 0;
    for (wm::Index i = 0; i < settings.seeds; ++i) {
      wm::Seed const seed = wm::Seed{settings.seed}.stream(1).stream(static_cast<std::uint64_t>(i));
      auto model = made<Basis>(seed.stream(0));
      train(model, all, settings.epochs, seed.stream(1));
      sum += accuracy(model, test);
    }
    return sum / static_cast<double>(settings.seeds);
  };
  result.test = {in_full(Bases{})...};
  return result;
}

int run(Settings const& settings) {
  DataSet const data = read_data_set(settings.data);
  if (settings.images > data.training.count()) {
    wm::fail("choose: expected at most ", data.training.count(), " training images, all of the data set, got ",
             settings.images, "; lower --images");
  }
  Claims claims;
  for (std::size_t i = 0; i < splits.size(); ++i) {
    Study const& study = studies()[i];
    auto const [choice, cost, test] =
        carry_out<wm::Constant<>, wm::Line, wm::Ellipse, wm::Fourier<wm::S1, 2>>(study, splits[i], data, settings);
    Columns table({"study " + std::string(splits[i].study), "parameters", "repeats", "validation, %", "test, %"});
    for (std::size_t c = 0; c < names.size(); ++c) {
      auto const& candidate = choice.candidates[c];
      table.add({joined(names[c], c == choice.pick ? " (picked)" : ""), joined(candidate.parameters),
                 joined(candidate.scores.size()), fixed(candidate.mean(), 2), fixed(test[c], 2)});
    }
    double const best = *std::max_element(test.begin(), test.end());
    std::cout << table.text();
    claims.check(joined("the pick is within ", settings.within, " points of the best candidate (",
                        fixed(best - test[choice.pick], 2), " below)"),
                 best - test[choice.pick] <= settings.within);
    claims.check(joined("choosing costs at most twice a full training of each candidate (", fixed(cost, 2), " times)"),
                 cost <= 2);
  }
  return claims.status();
}

}  // namespace

int main(int count, char** words) try {
  Settings settings;
  CLI::App app(
      "Picks the topology and order for turned garments. The pick comes from trainings on an eighth of the images at\n"
      "a part of the angles. For comparison, all candidates are trained in full. Exits with 2 if another candidate is\n"
      "better by more than --within points, or if choosing costs more than two full trainings of each candidate.",
      "choose");
  app.add_option("--data", settings.data, "Folder of an idx data set")->type_name("DIR")->capture_default_str();
  app.add_option("--images", settings.images, "Training images")
      ->check(whole(10, 1'000'000))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--epochs", settings.epochs, "Epochs of a training")
      ->check(whole(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--seeds", settings.seeds, "Full trainings of each candidate")
      ->check(whole(1, 100))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--repeats", settings.repeats, "Trainings of a candidate in choose, at most")
      ->check(whole(2, 1000))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--seed", settings.seed, "Seed of all random numbers")
      ->check(any_seed())
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--within", settings.within, "Accuracy, in points, by which the pick may be worse than the best")
      ->check(within(0, 100))
      ->type_name("X")
      ->capture_default_str();
  CLI11_PARSE(app, count, words);
  return run(settings);
} catch (std::exception const& e) {
  std::cerr << "error: " << e.what() << '\n';
  return 1;
}
