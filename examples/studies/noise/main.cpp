// Images in noise of a deviation that is known: of all, of all but the largest, the least, those in the middle. --help
// tells all.

#include "noise.hpp"
#include "noise/noisy_images.hpp"
#include "program.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace {

using namespace demo;
namespace wm = wmanifold;

Context at_deviation(double deviation) { return {deviation / largest_noise, 0, 0}; }

Draw uniform(double from, double to) {
  return [=](wm::Random& random) { return at_deviation(random.uniform(from, to)); };
}

/// All that is below `from` or above `to`.
Draw outside(double from, double to) {
  return [=](wm::Random& random) {
    double const at = random.uniform(0, largest_noise - (to - from));
    return at_deviation(at < from ? at : at + (to - from));
  };
}

Profile by_deviation(double from, double to) {
  Profile profile{"deviation of the noise", {}, [](Context const& context) { return largest_noise * context[0]; }};
  constexpr int bins = 8;
  for (int n = 0; n <= bins; ++n) {
    profile.edges.push_back(from + (to - from) * n / bins);
  }
  profile.edges.back() += 1e-9;
  return profile;
}

std::vector<Setting> settings() {
  auto const all = by_deviation(0, largest_noise);
  return {{.name = "all",
           .title = "Whole range",
           .training = uniform(0, 2),
           .tests = {{"all", "whole range", uniform(0, 2), all}}},
          {.name = "upper",
           .title = "Unseen upper half",
           .training = uniform(0, 1),
           .tests = {{"quarter", "top quarter", uniform(1.5, 2), {}, true},
                     {"unseen", "upper half", uniform(1, 2), {}, true},
                     {"seen", "lower half", uniform(0, 1)},
                     {"all", "whole range", uniform(0, 2), all}},
           .has_ceilings = false},
          {.name = "lower",
           .title = "Unseen lower half",
           .training = uniform(1, 2),
           .tests = {{"quarter", "lowest quarter", uniform(0, 0.5), {}, true},
                     {"unseen", "lower half", uniform(0, 1), {}, true},
                     {"seen", "upper half", uniform(1, 2)},
                     {"all", "whole range", uniform(0, 2), all}},
           .has_ceilings = false},
          {.name = "middle",
           .title = "Unseen middle",
           .training = outside(0.5, 1.5),
           .tests = {{"unseen", "middle half", uniform(0.5, 1.5), {}, true},
                     {"seen", "outside it", outside(0.5, 1.5)},
                     {"all", "whole range", uniform(0, 2), all}},
           .has_ceilings = false}};
}

Study study_of(std::filesystem::path const& folder) {
  Study study;
  study.name = "noise";
  study.title = "Noise level, Fashion-MNIST";
  study.text =
      "Images of 14 x 14 in normal noise of a known deviation from 0 to 2, where black is 0 and white is 1. The "
      "accuracy in % on test images. What there is to be gained at all is what one network for each eighth of the "
      "range "
      "gains over a network without context.";
  study.space = Space::interval;
  study.material = std::make_shared<NoisyImages>(read_data_set(folder));
  study.settings = settings();
  for (Setting& setting : study.settings) {
    setting.sizes.hidden = {32, 32};
  }
  study.contenders = contenders_with(interval_manifolds());
  study.contenders.push_back(bins_ceiling("one network for each of 8 ranges"));
  study.bins = 8;
  study.bin_of = [](Context const& context) { return std::clamp(static_cast<int>(8 * context[0]), 0, 7); };
  return study;
}

}  // namespace

int main(int count, char const* const* words) {
  std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
  return run_program(
      count, words, "Images in noise of a known deviation, and ways of using it.",
      [&](CLI::App& app) {
        app.add_option("--folder", folder, "Folder of Fashion-MNIST's idx files")->capture_default_str();
      },
      [&](Options const&) { return study_of(folder); });
}
