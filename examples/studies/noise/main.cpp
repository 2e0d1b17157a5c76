// Images in noise of known deviation: trained on all deviations, all but the largest, all but the least, all but those
// in the middle. See --help.

#include "noise.hpp"
#include "noise/noisy_images.hpp"
#include "program.hpp"
#include "ranges.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace {

using namespace demo;
namespace wm = wmanifold;

Context at_deviation(double deviation) { return {deviation / largest_noise, 0, 0}; }

/// Draws uniformly from ranges of deviations.
Draw within(std::vector<Range> const& deviations) {
  return [=](wm::Random& random) { return at_deviation(drawn_from(deviations, random)); };
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
           .training = within({{0, 2}}),
           .tests = {{"all", "whole range", within({{0, 2}}), all}}},
          {.name = "upper",
           .title = "Unseen upper half",
           .training = within({{0, 1}}),
           .tests = {{"quarter", "top quarter", within({{1.5, 2}}), {}, true},
                     {"unseen", "upper half", within({{1, 2}}), {}, true},
                     {"seen", "lower half", within({{0, 1}})},
                     {"all", "whole range", within({{0, 2}}), all}},
           .rehearsal = Rehearsal{within({{0, 0.5}}), within({{0.5, 1}})},
           .has_ceilings = false},
          {.name = "lower",
           .title = "Unseen lower half",
           .training = within({{1, 2}}),
           .tests = {{"quarter", "lowest quarter", within({{0, 0.5}}), {}, true},
                     {"unseen", "lower half", within({{0, 1}}), {}, true},
                     {"seen", "upper half", within({{1, 2}})},
                     {"all", "whole range", within({{0, 2}}), all}},
           .rehearsal = Rehearsal{within({{1.5, 2}}), within({{1, 1.5}})},
           .has_ceilings = false},
          {.name = "middle",
           .title = "Unseen middle",
           .training = within({{0, 0.5}, {1.5, 2}}),
           .tests = {{"unseen", "middle half", within({{0.5, 1.5}}), {}, true},
                     {"seen", "outside it", within({{0, 0.5}, {1.5, 2}})},
                     {"all", "whole range", within({{0, 2}}), all}},
           .rehearsal = Rehearsal{within({{0, 0.25}, {1.75, 2}}), within({{0.25, 0.5}, {1.5, 1.75}})},
           .has_ceilings = false}};
}

Study study_of(std::filesystem::path const& folder) {
  Study study;
  study.name = "noise";
  study.title = "Noise level, Fashion-MNIST";
  study.text =
      "Images of 14 x 14 have normal noise of a known deviation from 0 to 2; black is 0 and white is 1. The score is "
      "the accuracy in % on test images. The possible gain is that of one network for each eighth of the range over a "
      "network without context. The learned warp is removed. It was worse in 10 of 14 comparisons at trained contexts, "
      "better in none, and worse in all 10 at unseen ones.";
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
      count, words, "Compares uses of the known deviation of noise in images.",
      [&](CLI::App& app) {
        app.add_option("--folder", folder, "Folder of Fashion-MNIST's idx files")->capture_default_str();
      },
      [&](Options const&) { return study_of(folder); });
}
