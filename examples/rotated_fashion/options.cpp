#include "options.hpp"

#include "choice.hpp"
#include "number_checks.hpp"
#include "text.hpp"

#include <wmanifold/version.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <thread>

namespace demo {
namespace {

/// Returns "  name   text" for each item of a list.
template <class Item>
std::string described(std::span<Item const> items) {
  std::string text;
  for (Item const& item : items) {
    std::string const gap(19 - std::min<std::size_t>(item.name.size(), 18), ' ');
    text += joined("  ", item.name, gap, item.text, '\n');
  }
  return text;
}

std::string footer() {
  return joined(
      "Each image is turned about its centre (bilinear, zero outside) and halved by the means of 2 x 2 pixels. Every\n"
      "image has a new random angle in every epoch. All contenders of a study and a seed see the same images at the\n"
      "same angles in the same order, start from the same seed, and have two hidden layers of ReLU units. The result\n"
      "of a seed depends neither on the number of threads nor on other trainings.\n\n"
      "Studies\n",
      described(studies()), "\nContenders\n", described(contenders()),
      "\nFiles written to the output folder: report.html, results.json, ellipse.safetensors (the ellipse of the first\n"
      "study and seed). An idx data set is four files, each plain or with .gz: train-images-idx3-ubyte,\n"
      "train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte. Images have an even number of rows\n"
      "and of columns; labels count from 0.");
}

}  // namespace

std::vector<Run> Options::runs() const {
  std::vector<Run> all;
  for (Study const* study : studies) {
    for (Contender const* contender : contenders) {
      for (unsigned seed = 1; seed <= seeds; ++seed) {
        all.push_back({study, contender, seed});
      }
    }
  }
  return all;
}

std::optional<Options> read_options(int count, char const* const* words, int& status) {
  Options options;
  options.threads = std::clamp(std::thread::hardware_concurrency(), 1U, 256U);
  auto study_names = names_of(studies());
  auto contender_names = names_of(contenders());

  CLI::App app(
      "Classifies garments turned by a known angle. Compares weights that are a smooth function of the angle with\n"
      "other ways of using the angle.",
      "rotated_fashion");
  app.get_formatter()->column_width(34);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--data", options.data, "Folder of an idx data set")->type_name("DIR")->capture_default_str();
  app.add_option("--output", options.output.folder, "Folder for the results")->type_name("DIR")->capture_default_str();
  app.add_option("--json", options.output.json, "Second file for the results as JSON")->type_name("FILE");
  auto const number = [&](char const* name, auto& to, char const* text, int largest) {
    app.add_option(name, to, text)->check(whole(1, largest))->type_name("N")->capture_default_str();
  };
  number("--seeds", options.seeds, "Trainings of each contender, from seed 1 on", 1000);
  number("--epochs", options.settings.epochs, "Passes over the training images", 10'000);
  number("--train-images", options.settings.training_images, "Training images, drawn at random for each seed",
         10'000'000);
  number("--test-images", options.settings.test_images, "Test images, the first ones", 10'000'000);
  number("--threads", options.threads, "Trainings side by side, one thread each", 256);
  auto const list = [&](char const* name, std::vector<std::string>& to, char const* text) {
    app.add_option(name, to, text)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->delimiter(',')
        ->check(CLI::IsMember(to))
        ->type_name("NAME,...")
        ->default_str("all of them");
  };
  list("--studies", study_names, "Studies to carry out");
  list("--contenders", contender_names, "Contenders to train");
  app.set_version_flag("--version", joined("rotated_fashion, wmanifold ", wmanifold::version));
  app.footer(footer());
  try {
    app.parse(count, words);
  } catch (CLI::ParseError const& e) {
    status = app.exit(e);
    return std::nullopt;
  }
  options.studies = chosen(studies(), study_names);
  options.contenders = chosen(contenders(), contender_names);
  return options;
}

}  // namespace demo
