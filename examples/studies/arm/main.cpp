// Torques of a robot arm that carries a payload of known mass and place: trained on all payloads, and on all but the
// heavy ones far out. See --help.

#include "arm/carried_loads.hpp"
#include "program.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace {

using namespace demo;
namespace wm = wmanifold;

Context anywhere(wm::Random& random) {
  double const mass = random.uniform();
  return {mass, random.uniform(), 0};
}

/// Returns the depth of a context in the corner of payloads that are heavy and far out; negative outside it.
double depth(Context const& context) { return std::min(context[0], context[1]) - 0.5; }

Context in_corner(wm::Random& random) {
  double const mass = random.uniform(0.5, 1);
  return {mass, random.uniform(0.5, 1), 0};
}

Context outside_corner(wm::Random& random) {
  for (;;) {
    if (Context const context = anywhere(random); depth(context) <= 0) {
      return context;
    }
  }
}

/// The rehearsal: the payloads that remain without the corner of light and far ones, too, and that corner.
Context near_payloads(wm::Random& random) {
  double const mass = random.uniform();
  return {mass, random.uniform(0, 0.5), 0};
}

Context light_far_payloads(wm::Random& random) {
  double const mass = random.uniform(0, 0.5);
  return {mass, random.uniform(0.5, 1), 0};
}

std::vector<Setting> settings() {
  Profile const into{"depth in the unseen corner, share of its side",
                     {0, 0.2, 0.4, 0.6, 0.8, 1 + 1e-9},
                     [](Context const& context) { return 2 * depth(context); }};
  return {
      {.name = "all", .title = "All payloads", .training = anywhere, .tests = {{"all", "all payloads", anywhere}}},
      {.name = "corner",
       .title = "Unseen corner",
       .training = outside_corner,
       .tests = {{"unseen", "both heavy and far out", in_corner, into, true}, {"seen", "outside it", outside_corner}},
       .rehearsal = Rehearsal{near_payloads, light_far_payloads},
       .has_ceilings = false}};
}

Study study_of() {
  Study study;
  study.name = "arm";
  study.title = "Robot arm";
  study.text =
      "Networks predict both torques of a two-link arm from its angles, speeds and accelerations. The payload is "
      "known: its mass is 0 to 3 kg, its distance from the elbow 0 to 0.4 m. The score is the root mean square error "
      "at test motions, in % of the torques' deviation. Lower is better.";
  study.space = Space::square;
  Sizes sizes;
  sizes.hidden = {32, 32};
  sizes.activation = "tanh";
  sizes.training = 20'000;
  study.material = std::make_shared<CarriedLoads>(30'000, sizes.test);
  study.settings = settings();
  for (Setting& setting : study.settings) {
    setting.sizes = sizes;
  }
  study.contenders = contenders_with(square_manifolds());
  study.contenders.push_back(undone_ceiling("no payload: its known torques subtracted"));
  return study;
}

}  // namespace

int main(int count, char const* const* words) {
  return run_program(
      count, words, "Compares uses of the known payload of a robot arm, whose torques networks predict.",
      [](CLI::App&) {}, [](Options const&) { return study_of(); });
}
