#include "studies.hpp"

#include <array>
#include <cmath>

namespace demo {
namespace {

using wmanifold::Random;

double any_angle(Random& random) { return random.uniform(0, 360); }
double one_of_eight(Random& random) { return 45.0 * static_cast<double>(random.below(8)); }
double between_the_eight(Random& random) { return 22.5 + one_of_eight(random); }
double three_quarters(Random& random) { return random.uniform(0, 270); }
double last_quarter(Random& random) { return random.uniform(270, 360); }

constexpr std::array all_studies{
    Study{"all", "Every angle", "trained and tested on angles from the whole circle", any_angle, any_angle,
          [](double) { return true; }},
    Study{"eight", "Eight angles", "trained on the multiples of 45 degrees, tested half-way between them", one_of_eight,
          between_the_eight, [](double degrees) { return std::fmod(degrees, 45) == 0; }},
    Study{"arc", "Three quarters", "trained on angles from 0 to 270 degrees, tested on the remaining quarter",
          three_quarters, last_quarter, [](double degrees) { return degrees < 270; }},
};

}  // namespace

std::span<Study const> studies() { return all_studies; }

}  // namespace demo
