#include "spaces.hpp"

#include <wmanifold/basis/hyperspherical_harmonics.hpp>

namespace demo {
namespace {

using std::numbers::pi;

constexpr double radius = 84;

/// Returns a rotation as its axis times its angle, over pi: a point of the unit ball.
Vector ball_point(wm::Point<wm::SO3> const& rotation) {
  auto const v = wm::SO3::log(wm::SO3::identity(), rotation);
  return {v[1] / pi, v[2] / pi, v[3] / pi};
}

wm::Point<wm::SO3> rotation_at(Vector const& p) {
  return wm::SO3::exp(wm::SO3::identity(), {0, pi * p[0], pi * p[1], pi * p[2]});
}

/// Returns the ball without its upper quarter in front (z > 0, y < 0): the rest of its surface, and both sides of the
/// cut.
template <class Value>
Solid cut_ball(Panel const& panel, Value const& value) {
  Solid solid({0.13 * pi, 0.17 * pi}, radius, panel.middle());
  auto const add = [&](Steps const& u, Steps const& v, auto const& at) {
    add_surface(solid, u, v, at, [&](double a, double b) { return value(at(a, b)); });
  };
  add({0, 2 * pi, 52}, {-pi / 2, 0, 13}, on_sphere);
  add({0, pi, 26}, {0, pi / 2, 13}, on_sphere);
  auto const floor = [](double r, double t) { return Vector{r * std::cos(t), r * std::sin(t), 0}; };
  auto const wall = [](double r, double t) { return Vector{r * std::cos(t), 0, r * std::sin(t)}; };
  add({0, 1, 13}, {-pi, 0, 26}, floor);
  add({0, 1, 13}, {0, pi, 26}, wall);
  return solid;
}

}  // namespace

void draw_rotations(Panel panel, Claims& claims) {
  using Basis = wm::HypersphericalHarmonics<wm::SO3, 2>;
  Exhibit<Basis> const shown(1, 50);  // w^2 + z^2 - x^2 - y^2
  panel.open("SO3", "HypersphericalHarmonics", shown, claims);
  Solid const solid = cut_ball(panel, [&](Vector const& p) { return shown(rotation_at(p)); });
  solid.draw(panel.svg(), panel.palette());
  solid.draw_line(panel.svg(), line_of({-pi, 0, 80}, [](double t) { return on_sphere(t, 0); }), "cut");
  solid.draw_line(panel.svg(), line_of({0, pi, 80}, [](double t) { return on_sphere(0, t); }), "cut");
  solid.draw_line(panel.svg(), {{-1, 0, 0}, {1, 0, 0}}, "cut");
  panel.mark(solid, shown, ball_point, true);
  for (double const side : {1.0, -1.0}) {  // two points of the surface that are one rotation
    Place const middle = panel.middle();
    panel.svg().line({middle.x + side * radius, middle.y}, {middle.x + side * (radius + 7), middle.y}, "end");
    panel.svg().text({middle.x + side * (radius + 14), middle.y}, "middle", "a", "small");
  }
  panel.close({"angle × axis: a ball, cut open,", "opposite surface points are one (a)"});
}

}  // namespace demo
