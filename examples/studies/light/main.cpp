// Images as reliefs under a lamp of known direction: trained on all directions, and on all but a cap. See --help.

#include "light/lit_images.hpp"
#include "program.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace {

using namespace demo;
namespace wm = wmanifold;

constexpr double pi = std::numbers::pi;

/// The middle of the unseen cap: oblique, in front, without symmetry.
constexpr Context middle{0.48, 0.64, 0.6};

/// The middle of the cap left out in the rehearsal, a right angle away.
constexpr Context other_middle{-0.8, 0, 0.6};

/// Returns the degrees between a lamp and the middle of a cap.
double degrees_off(Context const& lamp, Context const& of_cap = middle) {
  double const cosine = lamp[0] * of_cap[0] + lamp[1] * of_cap[1] + lamp[2] * of_cap[2];
  return std::acos(std::clamp(cosine, -1.0, 1.0)) * 180 / pi;
}

/// Draws uniformly on the sphere.
Context anywhere(wm::Random& random) {
  double const z = random.uniform(-1, 1);
  double const angle = random.uniform(0, 2 * pi);
  double const radius = std::sqrt(1 - z * z);
  return {radius * std::cos(angle), radius * std::sin(angle), z};
}

/// Draws uniformly on the part of the sphere where the condition holds.
template <class Holds>
Draw where(Holds holds) {
  return [=](wm::Random& random) {
    for (;;) {
      if (Context const lamp = anywhere(random); holds(lamp)) {
        return lamp;
      }
    }
  };
}

Setting unseen_cap(double radius) {
  Profile profile{"degrees into the unseen cap", {}, [=](Context const& lamp) { return radius - degrees_off(lamp); }};
  constexpr int bins = 6;
  for (int n = 0; n <= bins; ++n) {
    profile.edges.push_back(radius * n / bins);
  }
  profile.edges.back() += 1e-9;
  auto const is_unseen = [=](Context const& lamp) { return degrees_off(lamp) < radius; };
  auto const is_left_out = [=](Context const& lamp) { return degrees_off(lamp, other_middle) < radius; };
  auto const is_seen = [=](Context const& lamp) { return !is_unseen(lamp); };
  return {.name = joined("cap", radius),
          .title = joined("Unseen cap of ", radius, " degrees"),
          .training = where(is_seen),
          .tests = {{"unseen", "in the cap", where(is_unseen), profile, true}, {"seen", "outside it", where(is_seen)}},
          .rehearsal = Rehearsal{where([=](Context const& lamp) { return is_seen(lamp) && !is_left_out(lamp); }),
                                 where([=](Context const& lamp) { return is_seen(lamp) && is_left_out(lamp); })},
          .has_ceilings = false};
}

Study study_of(std::filesystem::path const& folder) {
  Study study;
  study.name = "light";
  study.title = "Light direction, Fashion-MNIST";
  study.text =
      "Images of 14 x 14 are reliefs in a translucent sheet under a lamp. The lamp's direction is known and lies "
      "anywhere on the sphere. An unseen cap holds the directions within its degrees of an oblique one in front. The "
      "score is the accuracy in % on test images.";
  study.space = Space::sphere;
  study.material = std::make_shared<LitImages>(read_data_set(folder));
  study.settings = {
      {.name = "all", .title = "All directions", .training = anywhere, .tests = {{"all", "all directions", anywhere}}},
      unseen_cap(30),
      unseen_cap(60),
      unseen_cap(90)};
  for (Setting& setting : study.settings) {
    setting.sizes.hidden = {32, 32};
  }
  study.contenders = contenders_with(sphere_manifolds());
  study.contenders.push_back(bins_ceiling("one network for each octant"));
  study.bins = 8;
  study.bin_of = [](Context const& lamp) {
    return (lamp[0] < 0 ? 1 : 0) + (lamp[1] < 0 ? 2 : 0) + (lamp[2] < 0 ? 4 : 0);
  };
  return study;
}

}  // namespace

int main(int count, char const* const* words) {
  std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
  return run_program(
      count, words, "Compares uses of the known direction of a lamp over images.",
      [&](CLI::App& app) {
        app.add_option("--folder", folder, "Folder of Fashion-MNIST's idx files")->capture_default_str();
      },
      [&](Options const&) { return study_of(folder); });
}
