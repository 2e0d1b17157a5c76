#include "contenders.hpp"

#include <array>

namespace demo {
namespace {

constexpr std::array all_contenders{
    Contender{"none", "No context", "the small network without the angle", Weights::point, Sight::turned, 32, 0.1},
    Contender{"concatenated", "Angle as inputs", "two more inputs: cosine and sine of the angle", Weights::point,
              Sight::turned_with_angle, 32, 0.1},
    Contender{"concatenated-wide", "Angle as inputs, wide", "the same with as many parameters as the ellipse",
              Weights::point, Sight::turned_with_angle, 80, 0.1},
    Contender{"ellipse", "Ellipse", "weights on an ellipse over the circle of angles, steps under the metric",
              Weights::ellipse, Sight::turned, 32, 0.04},
    Contender{"fourier2", "Fourier, order 2", "the ellipse and its second harmonics", Weights::fourier2, Sight::turned,
              32, 0.04},
    Contender{"turned-back", "Turned back", "the small network on images turned back by the angle: a ceiling",
              Weights::point, Sight::turned_back, 32, 0.1},
};

}  // namespace

std::span<Contender const> contenders() { return all_contenders; }

}  // namespace demo
