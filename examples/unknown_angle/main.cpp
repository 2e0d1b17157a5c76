// Classifies turned digits, by weights on a circle of angles, without knowing the angle: it finds the angle from the
// images. See --help.

#include "files.hpp"
#include "number_checks.hpp"
#include "progress.hpp"
#include "results.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <wmanifold/core/error.hpp>

#include <CLI/CLI.hpp>

#include <future>
#include <iostream>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace {

using namespace demo;

struct Options {
  std::filesystem::path data;
  std::filesystem::path output = ".";
  Settings settings;
  unsigned seeds = 3;
};

/// Runs seeds 1, 2, ..., side by side.
std::vector<Outcome> carry_out_all(Options const& options, DataSet const& data) {
  int const rows = 1 + 2 * options.settings.order;
  Progress progress("Training and searching", options.seeds * (rows + 1 + 13.0));
  std::vector<std::future<Outcome>> runs;
  for (unsigned seed = 1; seed <= options.seeds; ++seed) {
    runs.push_back(std::async(std::launch::async, [&, seed] {
#ifdef _OPENMP
      omp_set_num_threads(1);  // for this thread: the seeds themselves run side by side
#endif
      return carry_out(seed, data, options.settings, [&](double work) { progress.advance(work); });
    }));
  }
  std::vector<Outcome> outcomes;
  for (auto& run : runs) {
    outcomes.push_back(run.get());
  }
  return outcomes;
}

void run(Options const& options) {
  DataSet const data = read_data_set(options.data);
  Settings const& settings = options.settings;
  if (settings.training_images > data.training.count() || settings.test_images > data.test.count() ||
      settings.test_images < 80) {
    wmanifold::fail("unknown_angle: expected at most ", data.training.count(), " training images and 80 to ",
                    data.test.count(), " test images, got ", settings.training_images, " and ", settings.test_images,
                    "; change --train-images or --test-images");
  }
  make_folder(options.output);
  auto const results = options.output / "results.json";
  auto const accuracy = options.output / "accuracy.svg";
  auto const objective = options.output / "objective.svg";
  for (auto const& file : {results, accuracy, objective}) {
    require_writable(file);
  }
  auto const outcomes = carry_out_all(options, data);
  write_text(results, json_of(outcomes, settings));
  write_plots(accuracy, objective, outcomes);
  std::cout << tables_of(outcomes, speaks_utf8()) << "\nplots    " << accuracy.string() << ' ' << objective.string()
            << "\nresults  " << results.string() << '\n';
}

}  // namespace

int main(int count, char** words) try {
  Options options;
  Settings& settings = options.settings;
  CLI::App app(
      "Learns images turned by a known angle, with weights that are a function of the angle, and with a network of\n"
      "the same size without a context. Infers unknown angles from groups of images that share one. The objective is\n"
      "the entropy of predictions (plain, or softened by a temperature of 4), their free energy, or the loss of\n"
      "labels of some images. The images are classified at the inferred angle.",
      "unknown_angle");
  app.get_formatter()->column_width(34);
  app.add_option("--data", options.data, "Folder of an idx data set")->type_name("DIR")->required();
  app.add_option("--output", options.output, "Folder for results.json and plots")
      ->type_name("DIR")
      ->capture_default_str();
  auto const number = [&](char const* name, auto& to, char const* text, int most = 1'000'000) {
    app.add_option(name, to, text)->check(whole(1, most))->type_name("N")->capture_default_str();
  };
  number("--seeds", options.seeds, "Trainings of each network, from seed 1 on", 1000);
  number("--epochs", settings.epochs, "Passes over the training images");
  number("--train-images", settings.training_images, "Training images, drawn at random for each seed");
  number("--test-images", settings.test_images, "Test images, the first ones");
  number("--most-groups", settings.most_groups, "Groups of each size, at most");
  number("--points", settings.points, "Points of the global search", 10'000);
  app.add_option("--order", settings.order, "Order of the Fourier basis: 1 is an ellipse of weights")
      ->check(whole(1, 2))
      ->type_name("N")
      ->capture_default_str();
  auto const rate = [&](char const* name, double& to, char const* text) {
    app.add_option(name, to, text)->check(positive())->type_name("X")->capture_default_str();
  };
  rate("--rate", settings.rate, "Rate of the manifold's first step");
  rate("--plain-rate", settings.plain_rate, "Rate of the plain network's first step");
  CLI11_PARSE(app, count, words);
  run(options);
  return 0;
} catch (std::exception const& e) {
  std::cerr << "error: " << e.what() << '\n';
  return 1;
}
