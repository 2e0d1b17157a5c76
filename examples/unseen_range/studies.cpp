#include "studies.hpp"

#include <array>

namespace demo {
namespace {

constexpr std::array all_studies{
    Study{"lower", "trained on the lower half, tested on the top quarter", {0, 0.5}, {0.75, 1}, 1},
    Study{"upper", "trained on the upper half, tested on the lowest quarter", {0.5, 1}, {0, 0.25}, 0},
    Study{"whole", "trained on the whole interval, tested on the top quarter", {0, 1}, {0.75, 1}, 1},
};

constexpr std::array all_shapes{
    Shape{"line", "Bernstein polynomials of degree 1: two networks and the line between them"},
    Shape{"bernstein3", "Bernstein polynomials of degree 3: four control points"},
    Shape{"legendre2", "Legendre polynomials of degree 2"},
};

}  // namespace

std::span<Study const> studies() { return all_studies; }
std::span<Shape const> shapes() { return all_shapes; }

}  // namespace demo
