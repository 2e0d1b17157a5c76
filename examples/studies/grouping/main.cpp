// Turned images with a context for each sample of a training batch, for groups of samples, and for all of them: the
// cost in time and in accuracy. See --help.

#include "program.hpp"
#include "rotation/turned_images.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

#include <numbers>

namespace {

using namespace demo;
namespace wm = wmanifold;

Context any_angle(wm::Random& random) { return {random.uniform(0, 2 * std::numbers::pi), 0, 0}; }

/// Returns the contender with a context for each sample, for groups of 4 to 32, and for the batch.
std::vector<Contender> in_groups(Contender contender) {
  contender.in_plots = contender.name == reference_contender;
  std::vector<Contender> all{contender};
  for (wm::Index const group : {4, 8, 16, 32, 0}) {
    Contender one = contender;
    one.per_context = group;
    one.name += group > 0 ? joined("-per", group) : "-by-batch";
    one.title += group > 0 ? joined(", a context per ", group) : ", a context per batch";
    all.push_back(std::move(one));
  }
  return all;
}

Study study_of(std::filesystem::path const& folder) {
  Study study;
  study.name = "grouping";
  study.title = "Contexts per batch, rotated Fashion-MNIST";
  study.text =
      "Images are turned about their centre by a known angle, then halved to 14 x 14. Each image of a training batch "
      "of 64 has its own angle, or consecutive images share one. Each image of validation and test has its own "
      "angle. The score is the accuracy in % on test images.";
  study.space = Space::circle;
  study.material = std::make_shared<TurnedImages>(read_data_set(folder));
  study.settings = {
      {.name = "all", .title = "All angles", .training = any_angle, .tests = {{"all", "all angles", any_angle}}}};
  study.settings.front().sizes.hidden = {32, 32};
  study.settings.front().sizes.batch = 64;
  study.has_curves = true;
  auto const manifolds = circle_manifolds();
  for (auto const* const name : {"order1", "order1-plain", "order2"}) {
    for (Contender& contender : in_groups(contender_named(manifolds, name))) {
      study.contenders.push_back(std::move(contender));
    }
  }
  for (Contender& contender : in_groups(contender_named(common_contenders(), "input-wide"))) {
    study.contenders.push_back(std::move(contender));
  }
  return study;
}

}  // namespace

int main(int count, char const* const* words) {
  std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
  return run_program(
      count, words, "Compares a context for each image, for groups and for the batch, on turned images.",
      [&](CLI::App& app) {
        app.add_option("--folder", folder, "Folder of Fashion-MNIST's idx files")->capture_default_str();
      },
      [&](Options const&) { return study_of(folder); });
}
