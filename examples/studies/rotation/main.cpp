// Images turned by an angle that is known: on all angles, on a few, on all but an arc. --help tells all.

#include "idx.hpp"
#include "program.hpp"
#include "ranges.hpp"
#include "rotation/turned_images.hpp"
#include "text.hpp"

#include <wmanifold/core/error.hpp>

#include <CLI/CLI.hpp>

#include <cmath>
#include <numbers>

namespace {

using namespace demo;
namespace wm = wmanifold;

Context at_degrees(double degrees) { return {degrees * std::numbers::pi / 180, 0, 0}; }

/// Uniform over ranges of degrees.
Draw within(std::vector<Range> const& degrees) {
  return [=](wm::Random& random) { return at_degrees(drawn_from(degrees, random)); };
}

/// One of `count` angles around the circle, `shift` steps further; or one of all but the last.
Draw one_of(int count, double shift = 0) {
  return
      [=](wm::Random& random) { return at_degrees((static_cast<double>(random.below(count)) + shift) * 360 / count); };
}
Draw one_but_last_of(int count) {
  return [=](wm::Random& random) { return at_degrees(static_cast<double>(random.below(count - 1)) * 360 / count); };
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
                    {"at", "at the trained ones", one_of(count)}},
          .rehearsal = Rehearsal{one_but_last_of(count),
                                 [=](wm::Random&) { return at_degrees((count - 1) * 360.0 / count); }},
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
  // An arc of the same width in the middle of the rest, or half of the rest where that is all too short.
  double const from = width < 120 ? (end - width) / 2 : end / 2;
  double const to = width < 120 ? from + width : end;
  return {
      .name = joined("arc", width),
      .title = joined("Unseen arc of ", width, " degrees"),
      .training = within({{0, end}}),
      .tests = {{"unseen", "in the arc", within({{end, 360}}), profile, true},
                {"seen", "outside it", within({{0, end}})}},
      .rehearsal = Rehearsal{within({{0, from}, {to, end}}), within({{from, to}})},
      .has_ceilings = false};
}

struct Source {
  std::string data = "fashion";
  std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
};

Study study_of(Source const& source) {
  Study study;
  study.name = "rotation_" + source.data;
  study.space = Space::circle;
  Sizes sizes;
  if (source.data == "fashion") {
    study.title = "Rotation, Fashion-MNIST";
    sizes.hidden = {32, 32};
  } else {
    study.title = "Rotation, MNIST";
    sizes.hidden = {32};
  }
  study.text =
      "Images turned about their centre by a known angle, then halved to 14 x 14. The accuracy in % on test images.";
  study.material = std::make_shared<TurnedImages>(read_data_set(source.folder));
  study.settings = {all_angles(),   some_angles(12), some_angles(8), some_angles(6),
                    some_angles(4), unseen_arc(45),  unseen_arc(90), unseen_arc(180)};
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
      count, words, "Images turned by a known angle, and ways of using it.",
      [&](CLI::App& app) {
        app.add_option("--data", source.data, "What the images are")
            ->check(CLI::IsMember({"fashion", "mnist"}))
            ->capture_default_str();
        app.add_option("--folder", source.folder, "Folder of their idx files")->capture_default_str();
      },
      [&](Options const&) { return study_of(source); });
}
