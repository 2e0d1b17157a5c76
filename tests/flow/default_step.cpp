#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/flow/gradient_flow.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;

namespace {

/// Returns the movement of the end at 1, without data, relative to that of the middle of the trained half, for a line
/// of weights. All contexts in [0, 1/2] have the gradient 1 in one weight (docs/default_step.md).
template <class... Rule>
double reach(wm::BasicFlowOptions<std::conditional_t<sizeof...(Rule) == 0, double, wm::NoMomentum>> const& options,
             Rule... rule) {
  wm::BasicManifold<double, wm::Line, wm::Dense<1, 1>> model(wm::zeros);
  auto gradient = model.parameters().zeros_like();
  gradient.row(0)[0] = 0.75;  // E over [0, 1/2] of 1 - s
  gradient.row(1)[0] = 0.25;  // E over [0, 1/2] of s
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, rule..., options);
  flow.descend(gradient);
  return model.at(wm::Interval::at(1)).parameters()[0] / model.at(wm::Interval::at(0.25)).parameters()[0];
}

}  // namespace

TEST_CASE("outside the trained range the metric alone moves weights against the descent; the default step does not") {
  CHECK(reach({.rate = 0.1, .stiffness = 0}) == doctest::Approx(-2.0 / 7));
  double const plain = reach({.rate = 0.1, .geometry = wm::Geometry::euclidean});
  CHECK(plain == doctest::Approx(0.4));
  CHECK(reach({.rate = 0.1, .stiffness = 2}) == doctest::Approx(plain));  // H = I / 2
  CHECK(reach({.rate = 0.1}) == doctest::Approx(0.7 / 1.15));
  CHECK(reach({.movement = 0.1}, wm::Nesterov{}) == doctest::Approx(0.7 / 1.15));
}
