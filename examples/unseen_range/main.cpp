// Classifies digits in noise with weights that are a function of the noise level, and tests noise levels that were
// never seen. See --help.

#include "choice.hpp"
#include "files.hpp"
#include "number_checks.hpp"
#include "results.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <wmanifold/core/error.hpp>
#include <wmanifold/metric/step_price.hpp>

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>

namespace {

using namespace demo;

struct Options {
  std::filesystem::path data;
  std::filesystem::path output = ".";
  Settings settings;
  Contest contest;
};

void run(Options const& options) {
  DataSet const data = read_data_set(options.data);
  Settings const& settings = options.settings;
  if (settings.training_images + settings.validation_images > data.training.count() ||
      settings.test_images > data.test.count()) {
    wmanifold::fail("unseen_range: expected at most ", data.training.count(),
                    " images for training and validation and ", data.test.count(), " for the test, got ",
                    settings.training_images + settings.validation_images, " and ", settings.test_images,
                    "; lower --train-images, --validation-images or --test-images");
  }
  make_folder(options.output);
  auto const results = options.output / "results.json";
  require_writable(results);
  auto const rows = carry_out(options.contest, data, settings);
  write_text(results, json_of(rows, settings));
  std::cout << table_of(rows, speaks_utf8()) << "\nresults  " << results.string() << '\n';
}

}  // namespace

int main(int count, char** words) try {
  Options options;
  Settings& settings = options.settings;
  auto study_names = names_of(studies());
  auto shape_names = names_of(shapes());
  std::vector<std::string> way_names{"tuned-rate", "same-rate", "tuned-budget"};
  std::vector<double> stiffnesses{0, 0.25, 0.5, 1, 2, 4};

  CLI::App app(
      "Classifies digits in noise, x + s * deviation * N(0, 1), with weights that are a function of the level s in\n"
      "[0, 1]. Trains on a part of the levels and tests at others. Compares plain descent with steps under prices of\n"
      "several stiffnesses. Rates and budgets are tuned on one seed, by the loss on fresh images at trained levels.",
      "unseen_range");
  app.get_formatter()->column_width(34);
  app.add_option("--data", options.data, "Folder of an idx data set")->type_name("DIR")->required();
  app.add_option("--output", options.output, "Folder for results.json")->type_name("DIR")->capture_default_str();
  auto const number = [&](char const* name, auto& to, char const* text, int most = 1'000'000) {
    app.add_option(name, to, text)->check(whole(1, most))->type_name("N")->capture_default_str();
  };
  number("--seeds", options.contest.seeds, "Trainings of each contender, from seed 1 on", 1000);
  number("--epochs", settings.epochs, "Passes over the training images");
  number("--train-images", settings.training_images, "Training images, drawn at random for each seed");
  number("--validation-images", settings.validation_images, "Further images for tuning");
  number("--test-images", settings.test_images, "Test images, the first ones");
  app.add_option("--deviation", settings.deviation, "Deviation of the noise at s = 1; a pixel's range is 1")
      ->check(within(1e-6, 1000))
      ->type_name("X")
      ->capture_default_str();
  auto const list = [&](char const* name, auto& to, char const* text) {
    return app.add_option(name, to, text)->delimiter(',')->capture_default_str();
  };
  list("--studies", study_names, "Studies to carry out")->check(CLI::IsMember(study_names));
  list("--shapes", shape_names, "Shapes of the weights")->check(CLI::IsMember(shape_names));
  list("--ways", way_names, "Ways to choose rates or budgets")->check(CLI::IsMember(way_names));
  list("--stiffness", stiffnesses, "Stiffnesses to compare with plain descent")
      ->check(within(0, wmanifold::most_stiffness))
      ->type_name("X,...");
  list("--rates", options.contest.rates, "Rates to choose from")->check(positive())->type_name("X,...");
  list("--budgets", options.contest.budgets, "Budgets of movement to choose from")
      ->check(positive())
      ->type_name("X,...");
  CLI11_PARSE(app, count, words);

  options.contest.studies = chosen(studies(), study_names);
  options.contest.shapes = chosen(shapes(), shape_names);
  for (Way const way : {Way::tuned_rate, Way::same_rate, Way::tuned_budget}) {
    if (std::find(way_names.begin(), way_names.end(), name_of(way)) != way_names.end()) {
      options.contest.ways.push_back(way);
    }
  }
  options.contest.prices.emplace_back(std::nullopt);
  options.contest.prices.insert(options.contest.prices.end(), stiffnesses.begin(), stiffnesses.end());
  run(options);
  return 0;
} catch (std::exception const& e) {
  std::cerr << "error: " << e.what() << '\n';
  return 1;
}
