#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "candidates.hpp"
#include "contenders/manifold_learner.hpp"
#include "locales.hpp"
#include "ranges.hpp"
#include "record_file.hpp"
#include "rotation/turned_images.hpp"
#include "statistics.hpp"
#include "training.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/core/error.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>
#include <set>

namespace {

using namespace demo;
namespace wm = wmanifold;

Recipe recipe_of(std::vector<wm::Index> hidden, std::string activation = "tanh") {
  Recipe recipe;
  recipe.inputs = 6;
  recipe.hidden = std::move(hidden);
  recipe.outputs = 3;
  recipe.activation = std::move(activation);
  return recipe;
}

Batch batch_of(wm::Index samples, wm::Index per_context) {
  wm::Random random(wm::Seed{3});
  Batch batch;
  batch.inputs.resize(samples, 6);
  batch.targets.resize(samples, 3);
  batch.per_context = per_context;
  for (wm::Index b = 0; b < samples; ++b) {
    batch.contexts.push_back(b % per_context == 0 ? Context{random.uniform(0, 6), 0, 0} : batch.contexts.back());
  }
  for (float& x : std::span(batch.inputs.data(), static_cast<std::size_t>(batch.inputs.size()))) {
    x = static_cast<float>(random.normal());
  }
  for (float& x : std::span(batch.targets.data(), static_cast<std::size_t>(batch.targets.size()))) {
    x = static_cast<float>(random.normal());
  }
  return batch;
}

/// Half the sum of squared errors, and its gradient in the outputs.
double loss_of(Learner& learner, Batch const& batch, wm::Matrix<float>* gradient = nullptr) {
  auto const outputs = learner.forward(batch);
  wm::Matrix<float> const error = outputs - batch.targets;
  if (gradient != nullptr) {
    *gradient = error;
  }
  return 0.5 * error.cast<double>().squaredNorm();
}

/// Moves the learner off its starting point, where many numbers are zero.
void shake(Learner& learner) {
  wm::Random random(wm::Seed{4});
  for (TrainedPart* part : learner.parts()) {
    for (wm::Index k = 0; k < part->parameters().rows(); ++k) {
      for (float& x : part->parameters().row(k)) {
        x += static_cast<float>(0.2 * random.normal());
      }
    }
    for (float& x : part->parameters().shared()) {
      x += static_cast<float>(0.2 * random.normal());
    }
  }
}

/// Returns a learner's model with random parameters.
template <class Model>
Model drawn(Model model) {
  wm::Random random(wm::Seed{5});
  for (wm::Index k = 0; k < model.basis_size(); ++k) {
    for (float& x : model.parameters().row(k)) {
      x = static_cast<float>(random.normal());
    }
  }
  for (float& x : model.parameters().shared()) {
    x = static_cast<float>(random.normal());
  }
  return model;
}

Eigen::VectorXd numbers_of(auto const& network) {
  auto const all = network.parameters();
  return Eigen::Map<Eigen::VectorXf const>(all.data(), std::ssize(all)).template cast<double>();
}

/// Checks that averaging moves every network by its share to the average over many equally spaced contexts.
template <class Model>
void check_means(Model const& model, double length) {
  constexpr int count = 2000;
  auto const at = [&](double share) {
    return wm::Point<typename Model::Topology>(std::array<double, 1>{length * share});
  };
  Eigen::VectorXd mean = numbers_of(model.at(at(0.5 / count)));
  for (int i = 1; i < count; ++i) {
    mean += numbers_of(model.at(at((i + 0.5) / count)));
  }
  mean /= count;
  double apart = 0;
  for (double const share : {0.0, 0.25, 1.0}) {
    auto nearer = model;
    draw_to_mean(nearer, share);
    CHECK((nearer.parameters() == model.parameters()) == (share == 0));
    for (double const where : {0.0, 0.3, 0.9}) {
      Eigen::VectorXd const before = numbers_of(model.at(at(where)));
      Eigen::VectorXd const wanted = (1 - share) * before + share * mean;
      CHECK((numbers_of(nearer.at(at(where))) - wanted).cwiseAbs().maxCoeff() < 1e-5);
      apart = std::max(apart, (before - mean).cwiseAbs().maxCoeff());
    }
  }
  CHECK(apart > 0.5);
}

/// y = sin(x + s), s an angle.
class Wave final : public Material {
 public:
  class Shows final : public Presenter {
   public:
    void show(Part, std::size_t which, Context const& context, View, wm::Random&, Shown& to) override {
      double const x = 0.01 * static_cast<double>(which % 400);
      to.input[0] = static_cast<float>(x);
      to.target[0] = static_cast<float>(std::sqrt(2) * std::sin(x + context[0]));
    }
  };
  [[nodiscard]] wm::Index inputs() const override { return 1; }
  [[nodiscard]] wm::Index outputs() const override { return 1; }
  [[nodiscard]] bool has_labels() const override { return false; }
  [[nodiscard]] std::size_t count(Part) const override { return 400; }
  [[nodiscard]] std::unique_ptr<Presenter> presenter() const override { return std::make_unique<Shows>(); }
};

std::filesystem::path folder() {
  auto const path = std::filesystem::temp_directory_path() / "wmanifold_studies_parts";
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

Record record_of_seed(unsigned seed) {
  Record record;
  record.study = "a study";
  record.setting = "all";
  record.contender = "film";
  record.optimiser = "adam";
  record.rate = 0.0046;
  record.budget = "short";
  record.seed = seed;
  record.sizes = "6-4-3";
  record.version = "1";
  record.validation = 81.25;
  record.scores = {{"all", 80.5}, {"between", 70.25}};
  record.profiles = {{"between", {1, std::numeric_limits<double>::quiet_NaN(), 3}}};
  record.parameters = 123;
  record.hidden = {4};
  record.looks = {{0.5, 1.5, 60}};
  return record;
}

/// Returns the contenders over the circle without candidates.
std::vector<Contender> trained_ones() {
  auto contenders = contenders_with(circle_manifolds());
  std::erase_if(contenders, [](Contender const& contender) { return !contender.candidates.empty(); });
  return contenders;
}

}  // namespace

TEST_CASE("contenders: gradients agree with perturbation") {
  auto const contenders = trained_ones();
  CHECK(contenders.size() > 15);
  for (Contender const& contender : contenders) {
    for (wm::Index const per_context : {1, 4}) {
      CAPTURE(contender.name);
      CAPTURE(per_context);
      auto const learner = contender.make(widened(contender, recipe_of({5, 4})));
      shake(*learner);
      Batch const batch = batch_of(8, per_context);
      wm::Matrix<float> output_gradient;
      loss_of(*learner, batch, &output_gradient);
      learner->backward(batch, output_gradient);
      double largest = 0;
      double off = 0;
      for (TrainedPart* part : learner->parts()) {
        auto const numbers = part->parameters().numbers();
        auto const gradient = part->gradient().numbers();
        for (std::size_t n = 0; n < numbers.size(); n += 3) {
          float const here = numbers[n];
          constexpr float step = 1e-2F;
          numbers[n] = here + step;
          double const above = loss_of(*learner, batch);
          numbers[n] = here - step;
          double const below = loss_of(*learner, batch);
          numbers[n] = here;
          bool const is_padding = above == below && gradient[n] == 0;
          if (!is_padding) {
            double const slope = (above - below) / (2 * static_cast<double>(step));
            largest = std::max(largest, std::abs(slope));
            off = std::max(off, std::abs(slope - static_cast<double>(gradient[n])));
          }
        }
      }
      CHECK(largest > 0.1);
      CHECK(off < 5e-3 * largest);
    }
  }
}

TEST_CASE("contenders: each improves on its training data, under either optimiser") {
  Batch const batch = batch_of(16, 1);
  for (Contender const& contender : trained_ones()) {
    for (Optimiser const optimiser : contender.optimisers) {
      CAPTURE(contender.name);
      Recipe recipe = recipe_of({8}, "relu");
      recipe.optimiser = optimiser;
      recipe.rate = 0.01;
      auto const learner = contender.make(recipe);
      double const before = loss_of(*learner, batch);
      wm::Matrix<float> output_gradient;
      for (int i = 0; i < 100; ++i) {
        loss_of(*learner, batch, &output_gradient);
        output_gradient /= static_cast<float>(batch.samples());
        learner->backward(batch, output_gradient);
        learner->step();
      }
      CHECK(loss_of(*learner, batch) < 0.9 * before);
    }
  }
}

TEST_CASE("contenders: all numbers are kept and restored") {
  Batch const batch = batch_of(8, 1);
  for (Contender const& contender : trained_ones()) {
    CAPTURE(contender.name);
    auto const learner = contender.make(recipe_of({5}));
    shake(*learner);
    double const before = loss_of(*learner, batch);
    auto const numbers = learner->numbers();
    shake(*learner);
    CHECK(loss_of(*learner, batch) != before);
    learner->restore(numbers);
    CHECK(loss_of(*learner, batch) == before);
  }
}

TEST_CASE("contenders: parameters and multiply-adds, counted by hand") {
  auto const contenders = contenders_with(circle_manifolds());
  Recipe const recipe = recipe_of({5});  // 6-5-3
  struct Count {
    char const* name;
    wm::Index parameters;
    wm::Index multiply_adds;
    wm::Index moving;
  };
  // A network of 6-5-3 has 45 weights and 8 biases. Features of an angle are two.
  for (Count const& count :
       {Count{"none", 53, 45, 45}, Count{"input", 53 + 10, 45, 45 + 10}, Count{"layers", 53 + 10 + 6, 45, 45 + 16},
        // 2-32-16 makes 8 factors and 8 shifts: 576 weights, 48 biases
        Count{"film", 53 + 576 + 48, 45, 45 + 8 + 576},
        // 2-32-3
        Count{"hyper", 3 * 53 + 160 + 35, 45, 3 * 53 + 160}, Count{"order1", 3 * 53, 45, 3 * 53},
        Count{"order2", 5 * 53, 45, 5 * 53}, Count{"chain", 4 * 53, 45, 2 * 53},
        // W_0, and for each layer rank 8 times (inputs, one, outputs and K)
        Count{"low-rank", 53 + 8 * (6 + 1 + 5 + 3) + 8 * (5 + 1 + 3 + 3), 45,
              45 + 8 * (6 + 5 + 3) + 8 * (5 + 3 + 3)}}) {
    CAPTURE(count.name);
    auto const learner = contender_named(contenders, count.name).make(recipe);
    CHECK(learner->parameters() == count.parameters);
    CHECK(learner->multiply_adds() == count.multiply_adds);
    CHECK(learner->moving_multiply_adds() == count.moving);
  }
  CHECK_THROWS_WITH_AS(static_cast<void>(contender_named(contenders, "nobody")), doctest::Contains("nobody"),
                       wm::ArgumentError);
}

TEST_CASE("contenders: the wide ones have as many parameters as the manifold of order 1") {
  auto const contenders = contenders_with({});
  for (char const* const name : {"input-wide", "layers-wide"}) {
    Contender const& contender = contender_named(contenders, name);
    for (std::vector<wm::Index> const& hidden : {std::vector<wm::Index>{32}, {32, 32}, {128, 64}}) {
      Recipe recipe = recipe_of(hidden);
      recipe.inputs = 196;
      recipe.outputs = 10;
      Recipe const wide = widened(contender, recipe);
      auto const wanted = static_cast<double>(3 * parameters_of(recipe.widths()));
      CHECK(static_cast<double>(contender.make(wide)->parameters()) == doctest::Approx(wanted).epsilon(0.015));
    }
  }
}

TEST_CASE("turned images: each plane is turned and halved alone, in the scale given") {
  LabelledImages coloured{6, 4, {}, {7, 8}, 3};
  LabelledImages second_plane{6, 4, {}, {7, 8}};
  wm::Random random(wm::Seed{5});
  for (std::size_t n = 0; n < 2 * 72; ++n) {
    coloured.pixels.push_back(static_cast<std::uint8_t>(random.below(256)));
    if (n % 72 / 24 == 1) {
      second_plane.pixels.push_back(coloured.pixels.back());
    }
  }
  TurnedImages const material({coloured, coloured, 10}, {0.4, 0.2});
  TurnedImages const grey({second_plane, second_plane, 10}, {0, 1});
  CHECK(material.inputs() == 18);
  CHECK(grey.inputs() == 6);
  std::vector<float> input(18);
  std::vector<float> expected(6);
  Shown shown{input, {}};
  Shown shown_grey{expected, {}};
  for (double const angle : {0.0, 0.7}) {
    material.presenter()->show(Part::test, 1, {angle, 0, 0}, View::as_it_is, random, shown);
    grey.presenter()->show(Part::test, 1, {angle, 0, 0}, View::as_it_is, random, shown_grey);
    CHECK(shown.label == 8);
    for (std::size_t n = 0; n < 6; ++n) {
      CHECK(input[6 + n] == doctest::Approx((expected[n] - 0.4) / 0.2).epsilon(1e-5));
    }
  }
  material.presenter()->show(Part::test, 1, {}, View::as_it_is, random, shown);
  auto const mean =
      (coloured.image(1)[0] + coloured.image(1)[1] + coloured.image(1)[4] + coloured.image(1)[5]) / 1020.0;
  CHECK(input[0] == doctest::Approx((mean - 0.4) / 0.2).epsilon(1e-5));
}

TEST_CASE("averaging: the mean of a manifold is the average of its networks") {
  wm::LayerList const layers{wm::Dense<>(3, 4), wm::Tanh{}, wm::LowRankDense<>(4, 3, 2), wm::SharedDense<>(3, 2)};
  using Parabola = wm::Manifold<wm::Bernstein<wm::Interval, 2>, wm::LayerList>;
  using Ellipse = wm::Manifold<wm::Fourier<wm::S1, 1>, wm::LayerList>;
  check_means(drawn(Parabola(wm::he_normal, wm::Seed{1}, {}, layers)), 1);
  check_means(drawn(Ellipse(wm::he_normal, wm::Seed{1}, {}, layers)), 2 * std::numbers::pi);
}

TEST_CASE("averaging: a contender of share 0 is unchanged, one of share 1 the same at all contexts") {
  auto const contenders = contenders_with(circle_manifolds());
  Contender const& ellipse = contender_named(contenders, "order1");
  Batch batch = batch_of(8, 1);
  batch.inputs.rowwise() = batch.inputs.row(0).eval();
  auto const spread = [&](Learner& learner) {
    wm::Matrix<float> const outputs = learner.forward(batch);
    return (outputs.rowwise() - outputs.row(0)).cwiseAbs().maxCoeff();
  };
  for (double const share : {0.0, 0.5, 1.0}) {
    auto const learner = averaged(ellipse, share).make(recipe_of({5}));
    shake(*learner);
    auto const numbers = learner->numbers();
    CHECK(spread(*learner) > 0.1F);
    learner->finish();
    CHECK((learner->numbers() == numbers) == (share == 0));
    CHECK((spread(*learner) < 1e-5F) == (share == 1));
  }
  CHECK(averaged(ellipse, 0.25).name == "averaged25");
  CHECK_THROWS_WITH_AS(static_cast<void>(averaged(ellipse, 1.5)), doctest::Contains("1.5"), wm::ArgumentError);
  auto const film = averaged(contender_named(contenders, "film"), 0.5);
  CHECK_THROWS_WITH_AS(static_cast<void>(film.make(recipe_of({5}))), doctest::Contains("expected a manifold"),
                       wm::ArgumentError);
}

TEST_CASE("averaging: a training ends with it, under either budget, and so does that of bins") {
  Study study;
  study.material = std::make_shared<Wave>();
  auto const anywhere = [](wm::Random& random) { return Context{random.uniform(0, 6), 0, 0}; };
  Setting setting{.name = "all", .title = "All", .training = anywhere, .tests = {{"all", "all", anywhere}}};
  setting.sizes = {.hidden = {8}, .training = 200, .validation = 100, .test = 100, .epochs = 2, .most_epochs = 4};
  study.settings = {setting};
  study.bins = 2;
  study.bin_of = [](Context const& context) { return context[0] < 3 ? 0 : 1; };
  Examinations examinations(study);
  auto const all = circle_manifolds();
  for (bool const has_bins : {false, true}) {
    for (Budget const budget : {Budget::brief, Budget::extended}) {
      auto const score = [&](Contender contender) {
        contender.has_bins = has_bins;
        Record const record =
            carry_out({&study, &study.settings[0], &contender, {Optimiser::adam, 0.02}, budget, 1}, examinations);
        CHECK_FALSE(record.has_failed);
        return std::pair(record.validation, record.scores.at("all"));
      };
      auto const before = score(all[0]);
      CHECK(score(averaged(all[0], 0)) == before);
      auto const after = score(averaged(all[0], 1));
      CHECK(after.first != before.first);
      CHECK(after.second != before.second);
    }
  }
}

TEST_CASE("statistics: Student's t as in tables") {
  CHECK(student_t_quantile(0.975, 1) == doctest::Approx(12.7062).epsilon(1e-5));
  CHECK(student_t_quantile(0.975, 2) == doctest::Approx(4.30265).epsilon(1e-5));
  CHECK(student_t_quantile(0.975, 4) == doctest::Approx(2.77645).epsilon(1e-5));
  CHECK(student_t_quantile(0.975, 29) == doctest::Approx(2.04523).epsilon(1e-5));
  CHECK(student_t_quantile(0.95, 9) == doctest::Approx(1.83311).epsilon(1e-5));
  CHECK(student_t_quantile(0.025, 4) == doctest::Approx(-2.77645).epsilon(1e-5));
  CHECK(student_t(0, 3) == doctest::Approx(0.5));
}

TEST_CASE("statistics: a figure, and the interval of differences") {
  std::vector<double> const numbers{1, 2, 3, 4, 5};
  Figure const figure = figure_of(numbers);
  CHECK(figure.mean == doctest::Approx(3));
  CHECK(figure.deviation == doctest::Approx(std::sqrt(2.5)));
  Difference const difference = difference_of(numbers);
  CHECK(difference.reach == doctest::Approx(2.77645 * std::sqrt(2.5 / 5)).epsilon(1e-5));
  CHECK(difference.is_above_zero());
  CHECK_FALSE(difference.is_below_zero());
  std::vector<double> const one{1};
  CHECK(std::isinf(difference_of(one).reach));
  CHECK_FALSE(difference_of(one).is_above_zero());
}

TEST_CASE("records: written records are read back") {
  Record const record = record_of_seed(1);
  Record const read = record_of(json_of(record), "here");
  CHECK(read.key() == record.key());
  CHECK(json_of(read) == json_of(record));
  CHECK(read.scores == record.scores);
  CHECK(std::isnan(read.profiles.at("between")[1]));
  CHECK(record_of_seed(2).key() != record.key());
  CHECK_THROWS_WITH_AS(static_cast<void>(record_of("{}", "x, line 7")),
                       doctest::Contains("x, line 7: expected a record"), wm::FileError);
}

TEST_CASE("records: the same bytes under every locale") {
  Record record = record_of_seed(12345);
  record.rate = 0.0123456789;
  record.validation = 1234.56789;
  std::string const expected = json_of(record);
  CHECK(expected.find("\"rate\":0.0123457") != expected.npos);
  std::string const key = record.key();
  under_other_locales([&] {
    CHECK(json_of(record) == expected);
    CHECK(record_of(expected, "here").validation == 1234.57);
    CHECK(record.key() == key);
  });
}

TEST_CASE("records: a file continues after an interruption, also after a kill in the middle of a line") {
  auto const file = folder() / "a.jsonl";
  {
    RecordFile records(file);
    CHECK(records.size() == 0);
    records.add(record_of_seed(1));
    records.add(record_of_seed(2));
    CHECK(records.find(record_of_seed(2).key()) != nullptr);
  }
  std::ofstream(file, std::ios::app) << json_of(record_of_seed(3)).substr(0, 40);
  {
    RecordFile records(file);
    CHECK(records.size() == 2);
    CHECK(records.find(record_of_seed(3).key()) == nullptr);
    records.add(record_of_seed(3));
  }
  CHECK(RecordFile(file).size() == 3);
  CHECK(read_records(file).back().seed == 3);
  std::ofstream(file, std::ios::app) << "nonsense\n";
  CHECK_THROWS_WITH_AS(RecordFile{file}, doctest::Contains("line 4: expected a record"), wm::FileError);
  CHECK_THROWS_AS(RecordFile(folder() / "nowhere" / "b.jsonl").add(record_of_seed(1)), wm::FileError);
}

TEST_CASE("spaces: from one context to another, the shortest way") {
  double const turn = 2 * std::numbers::pi;
  CHECK(between(Space::circle, {0.1, 0, 0}, {turn - 0.1, 0, 0}, 0.5)[0] == doctest::Approx(0));
  CHECK(distance(Space::circle, {0.1, 0, 0}, {turn - 0.1, 0, 0}) == doctest::Approx(0.2));
  CHECK(between(Space::interval, {0.2, 0, 0}, {0.6, 0, 0}, 0.25)[0] == doctest::Approx(0.3));
  auto const on_sphere = between(Space::sphere, {1, 0, 0}, {0, 1, 0}, 0.5);
  CHECK(on_sphere[0] == doctest::Approx(std::sqrt(0.5)));
  CHECK(on_sphere[1] == doctest::Approx(std::sqrt(0.5)));
  CHECK(distance(Space::square, {0, 0, 0}, {0.3, 0.4, 0}) == doctest::Approx(0.5));
  CHECK(distance(Space::torus, {0, 0.1, 0}, {0, turn - 0.1, 0}) == doctest::Approx(0.2));
}

TEST_CASE("ranges: drawn from all of them in proportion to their length, and from nowhere else") {
  std::vector<Range> const ranges{{0, 1}, {3, 6}};
  wm::Random random(wm::Seed{1});
  int in_first = 0;
  constexpr int draws = 4000;
  for (int n = 0; n < draws; ++n) {
    double const at = drawn_from(ranges, random);
    bool const is_first = 0 <= at && at <= 1;
    CHECK((is_first || (3 <= at && at <= 6)));
    in_first += is_first ? 1 : 0;
  }
  CHECK(in_first == doctest::Approx(draws / 4).epsilon(0.1));
}

TEST_CASE("choices: the default is chosen among manifolds that fit the setting, in a rehearsal if there is one") {
  Draw const at_zero = [](wm::Random&) { return Context{0, 0, 0}; };
  Draw const at_one = [](wm::Random&) { return Context{1, 0, 0}; };
  Setting setting{.name = "few", .title = "", .training = at_zero, .tests = {}, .contexts = 8};
  auto const contenders = contenders_with(circle_manifolds());
  auto const here = [&] {
    std::set<std::string> names;
    for (Contender const& candidate : contender_named(contenders, "default").candidates) {
      if (is_candidate(candidate, setting)) {
        names.insert(candidate.name);
      }
    }
    return names;
  };
  // 5 functions need 10 contexts, and there is no rehearsal for reaches.
  CHECK(here() == std::set<std::string>{"none", "order1", "order1-energy0.003", "order1-energy0.03", "order1-plain"});
  CHECK(rehearsal_of(setting).name == "few");
  setting.contexts.reset();
  setting.rehearsal = Rehearsal{at_zero, at_one};
  CHECK(here().size() == 1 + 3 * 4 * 3);
  Setting const rehearsal = rehearsal_of(setting);
  CHECK(rehearsal.name == "few-rehearsal");
  wm::Random random(wm::Seed{2});
  double sum = 0;
  for (int n = 0; n < 1000; ++n) {
    sum += rehearsal.validation(random)[0];
    CHECK(rehearsal.training(random)[0] == 0);
  }
  CHECK(sum == doctest::Approx(500).epsilon(0.1));
}

TEST_CASE("choices: ranked by score, equal ones in their order") {
  std::vector<std::string> const words{"three", "a", "to", "be", "fifteen"};
  auto const length = [](std::string const& word) { return static_cast<double>(word.size()); };
  CHECK(ranked(words, true, length) == std::vector<std::string>{"fifteen", "three", "to", "be", "a"});
  CHECK(ranked(words, false, length) == std::vector<std::string>{"a", "to", "be", "three", "fifteen"});
  CHECK(ranked(std::vector<std::string>(), true, length).empty());
}
