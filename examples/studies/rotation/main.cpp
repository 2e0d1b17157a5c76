// Images turned by a known angle: trained on all angles, on a few, on all but an arc. See --help.

#include "cifar10.hpp"
#include "idx.hpp"
#include "program.hpp"
#include "ranges.hpp"
#include "rotation/turned_images.hpp"
#include "text.hpp"

#include <wmanifold/core/error.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace {

using namespace demo;
namespace wm = wmanifold;

Context at_degrees(double degrees) { return {degrees * std::numbers::pi / 180, 0, 0}; }

/// Draws uniformly from ranges of degrees.
Draw within(std::vector<Range> const& degrees) {
  return [=](wm::Random& random) { return at_degrees(drawn_from(degrees, random)); };
}

/// Draws one of `count` angles around the circle, `shift` steps further.
Draw one_of(int count, double shift = 0) {
  return
      [=](wm::Random& random) { return at_degrees((static_cast<double>(random.below(count)) + shift) * 360 / count); };
}

Setting all_angles() {
  return {.name = "all",
          .title = "All angles",
          .training = within({{0, 360}}),
          .tests = {{"all", "all angles", within({{0, 360}})}}};
}

Setting some_angles(int count) {
  return {.name = joined("angles", count),
          .title = joined(count, " angles"),
          .training = one_of(count),
          .tests = {{"between", "half-way between", one_of(count, 0.5), {}, true},
                    {"at", "at the trained angles", one_of(count)}},
          .contexts = count,
          .has_ceilings = false};
}

Setting unseen_arc(double width) {
  double const end = 360 - width;
  Profile profile{"degrees into the unseen arc", {}, [=](Context const& context) {
                    double const degrees = context[0] * 180 / std::numbers::pi;
                    return std::min(degrees - end, 360 - degrees);
                  }};
  constexpr int bins = 6;
  for (int n = 0; n <= bins; ++n) {
    profile.edges.push_back(0.5 * width * n / bins);
  }
  profile.edges.back() += 1e-9;
  // The rehearsal leaves out an arc of the same width in the middle of the rest, or half of the rest if that is too
  // short.
  double const from = width < 120 ? (end - width) / 2 : end / 2;
  double const to = width < 120 ? from + width : end;
  return {.name = joined("arc", width),
          .title = joined("Unseen arc of ", width, " degrees"),
          .training = within({{0, end}}),
          .tests = {{"unseen", "in the arc", within({{end, 360}}), profile, true},
                    {"seen", "outside it", within({{0, end}})}},
          .rehearsal = Rehearsal{within({{0, from}, {to, end}}), within({{from, to}})},
          .has_ceilings = false};
}

struct Source {
  std::string data = "fashion";
  bool is_wide = false;
  std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
};

/// Sets the study's images, and the networks and their trained angles.
void describe(Source const& source, Study& study, Sizes& sizes) {
  bool const is_cifar10 = source.data == "cifar10";
  study.name = joined("rotation_", source.data, source.is_wide ? "_wide" : "");
  study.text =
      joined("Images are turned about their centre by a known angle, then halved to ",
             is_cifar10 ? "16 x 16, in three colours" : "14 x 14", ". The score is the accuracy in % on test images.");
  if (is_cifar10) {
    study.title = "Rotation, CIFAR-10";
    study.material =
        std::make_shared<TurnedImages>(read_cifar10_folder(source.folder, cifar10_side, Colours::rgb), cifar10_pixels);
    study.settings = {all_angles()};
    sizes.hidden = {64, 64};
    // A part of the data set is enough: all images that validation leaves, at least one.
    sizes.validation = 2'000;
    auto const count = study.material->count(Part::training);
    sizes.training = std::min(sizes.training, std::max(count, sizes.validation + 1) - sizes.validation);
    sizes.test = std::min(sizes.test, study.material->count(Part::test));
    return;
  }
  study.material = std::make_shared<TurnedImages>(read_data_set(source.folder));
  if (source.is_wide) {
    study.title = "Rotation, MNIST, two layers of 128";
    study.settings = {all_angles(), some_angles(4), unseen_arc(180)};
    sizes.most_epochs = 30;
    sizes.hidden = {128, 128};
    sizes.training = 20'000;
    sizes.epochs = 20;
    return;
  }
  bool const is_fashion = source.data == "fashion";
  study.title = is_fashion ? "Rotation, Fashion-MNIST" : "Rotation, MNIST";
  study.settings = {all_angles(),   some_angles(12), some_angles(8), some_angles(6),
                    some_angles(4), unseen_arc(45),  unseen_arc(90), unseen_arc(180)};
  sizes.hidden = is_fashion ? std::vector<wm::Index>{32, 32} : std::vector<wm::Index>{32};
}

Study study_of(Source const& source) {
  if (source.is_wide && source.data != "mnist") {
    wm::fail("rotation: expected --wide with --data mnist only, got ", source.data);
  }
  Study study;
  study.space = Space::circle;
  Sizes sizes;
  describe(source, study, sizes);
  for (Setting& setting : study.settings) {
    setting.sizes = sizes;
  }
  study.contenders = contenders_with(circle_manifolds());
  study.contenders.push_back(undone_ceiling("turned back by the known angle"));
  study.contenders.push_back(bins_ceiling("one network for each of 8 arcs"));
  study.bins = 8;
  study.bin_of = [](Context const& context) {
    double const turns = context[0] / (2 * std::numbers::pi);
    return static_cast<int>(8 * (turns - std::floor(turns))) % 8;
  };
  return study;
}

}  // namespace

int main(int count, char const* const* words) {
  Source source;
  return run_program(
      count, words, "Compares uses of the known angle of turned images.",
      [&](CLI::App& app) {
        app.add_option("--data", source.data, "Images")
            ->check(CLI::IsMember({"fashion", "mnist", "cifar10"}))
            ->capture_default_str();
        app.add_option("--folder", source.folder, "Folder of their idx files, or of CIFAR-10's binary files")
            ->capture_default_str();
        app.add_flag("--wide", source.is_wide, "MNIST with two hidden layers of 128, from 20,000 images");
      },
      [&](Options const&) { return study_of(source); });
}
