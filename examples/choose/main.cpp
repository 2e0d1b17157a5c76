// Which topology, which order? `choose` picks one on the main example's three studies from trainings on parts of the
// training data, and is held against what every candidate scores on the test, trained in full; --help tells all.

#include "claims.hpp"
#include "columns.hpp"
#include "presenter.hpp"
#include "studies.hpp"
#include "text.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/choose.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/layer/layer_list.hpp>
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
  wm::Index repeats = 8;        ///< those of choose in a round; with eight, each of the eight angles is left out once
  std::uint64_t seed = 1;
  double within = 0.5;  ///< points that the pick may fall short of the best candidate
};

constexpr std::array names{"plain", "line", "ellipse", "fourier2"};

template <class Basis>
using Model = wm::Manifold<Basis, wm::LayerList>;

template <class Basis>
Model<Basis> made(wm::Seed seed) {
  return {wm::he_normal, seed, Basis{},
          wm::LayerList{wm::Dense<>(196, 32), wm::Relu{}, wm::Dense<>(32, 32), wm::Relu{}, wm::Dense<>(32, 10)}};
}

/// The angle as a point of a topology; the interval is the circle, cut open.
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

/// Images first, ..., last - 1 of a set, at angles of a kind.
struct Part {
  LabelledImages const* images;
  std::size_t first;
  std::size_t last;
  Angle angle;
};

/// Calls body(batch) for the images of a part, each turned by an angle of its own, in an order that is drawn.
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

/// How the angles of a study's training are split for validation: contexts are left out, others in each repeat, which
/// lie to the rest as the study's test angles lie to all of them. No angle or image of the test is seen.
struct Split {
  std::string_view study;
  double (*training)(wm::Random&, wm::Index repeat);
  double (*validation)(wm::Random&, wm::Index repeat);
};

double any_angle(wm::Random& random, wm::Index) { return random.uniform(0, 360); }
/// One of the eight, another each time.
double left_out(wm::Random&, wm::Index repeat) { return 45 * static_cast<double>(repeat * 3 % 8); }
double seven_others(wm::Random& random, wm::Index repeat) {
  return left_out(random, repeat) + 45 * static_cast<double>(1 + random.below(7));
}
/// A quarter at either end of the arc.
double end_of_arc(wm::Random& random, wm::Index repeat) { return (repeat % 2 == 0 ? 180 : 0) + random.uniform(0, 90); }
double rest_of_arc(wm::Random& random, wm::Index repeat) { return (repeat % 2 == 0 ? 0 : 90) + random.uniform(0, 180); }

constexpr std::array splits{
    Split{"all", any_angle, any_angle},
    Split{"eight", seven_others, left_out},
    Split{"arc", rest_of_arc, end_of_arc},
};

/// What choose does, and what it is held against: the mean accuracy of each candidate.
struct Result {
  wm::Choice choice;
  std::array<double, names.size()> test;
};

template <class... Bases>
Result carry_out(Study const& study, Split const& split, DataSet const& data, Settings const& settings) {
  std::size_t const kept = settings.images * 4 / 5;
  auto const part = [&](std::size_t first, std::size_t last, auto const& angle, wm::Repeat const& repeat) {
    return Part{&data.training, first, last, [&](wm::Random& random) { return angle(random, repeat.number); }};
  };
  // A short round first. The last is as long as a full training: how a basis goes on between contexts changes with it.
  std::vector<wm::Index> budgets{settings.epochs};
  if (settings.epochs > 1) {
    budgets.insert(budgets.begin(), std::max<wm::Index>(settings.epochs * 2 / 5, 1));
  }
  Result result;
  result.choice = wm::choose(
      {.budgets = budgets, .repeats = settings.repeats, .seed = wm::Seed{settings.seed}.stream(0)},
      [&](auto& model, wm::Index epochs, wm::Repeat const& repeat) {
        train(model, part(0, kept, split.training, repeat), epochs, repeat.seed.stream(1));
      },
      [&](auto const& model, wm::Repeat const& repeat) {
        return accuracy(model, part(kept, settings.images, split.validation, repeat));
      },
      made<Bases>...);

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
    wm::fail("choose: expected at most ", data.training.count(), " images, as there are, got ", settings.images);
  }
  Claims claims;
  for (std::size_t i = 0; i < splits.size(); ++i) {
    Study const& study = studies()[i];
    auto const [choice, test] =
        carry_out<wm::Constant<>, wm::Line, wm::Ellipse, wm::Fourier<wm::S1, 2>>(study, splits[i], data, settings);
    Columns table({"study " + std::string(splits[i].study), "parameters", "rounds", "validation, %", "test, %"});
    for (std::size_t c = 0; c < names.size(); ++c) {
      auto const& candidate = choice.candidates[c];
      table.add({joined(names[c], c == choice.pick ? " (picked)" : ""), joined(candidate.parameters),
                 joined(candidate.rounds.size()), fixed(candidate.mean(), 2), fixed(test[c], 2)});
    }
    double const best = *std::max_element(test.begin(), test.end());
    std::cout << table.text();
    claims.check(joined("the pick is within ", settings.within, " points of the best candidate (",
                        fixed(best - test[choice.pick], 2), " below)"),
                 best - test[choice.pick] <= settings.within);
  }
  return claims.status();
}

}  // namespace

int main(int count, char** words) try {
  Settings settings;
  CLI::App app(
      "Picks the topology and order for turned garments from trainings on a part of the angles and images, and\n"
      "trains all candidates in full to see how good the pick was. Exits with 2 where another is better by more than\n"
      "--within points.",
      "choose");
  app.add_option("--data", settings.data, "Folder of an idx data set")->type_name("DIR")->capture_default_str();
  app.add_option("--images", settings.images, "Images of training")
      ->check(CLI::Range(10, 1'000'000))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--epochs", settings.epochs,
                 "Epochs of a full training, and of choose's second round; the first has two fifths")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--seeds", settings.seeds, "Full trainings of each candidate")
      ->check(CLI::Range(1, 100))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--repeats", settings.repeats, "Trainings of each candidate in each round of choose")
      ->check(CLI::Range(1, 100))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--seed", settings.seed, "Of everything")->type_name("N")->capture_default_str();
  app.add_option("--within", settings.within, "Points that the pick may fall short")
      ->type_name("X")
      ->capture_default_str();
  CLI11_PARSE(app, count, words);
  return run(settings);
} catch (std::exception const& e) {
  std::cerr << "error: " << e.what() << '\n';
  return 1;
}
