#include "spaces.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bernstein_bezier.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/basis/total_degree.hpp>
#include <wmanifold/topology/box.hpp>

namespace demo {

using std::numbers::pi;

void draw_box(Panel panel, Claims& claims) {
  using Space = wm::Box<2>;
  using Basis = wm::TotalDegree<Space, 4>;
  Exhibit<Basis> const shown(11, 40);  // P_2(s) P_2(t)
  panel.open("Box<2>", "TotalDegree", shown, claims);
  auto const at = [](double s, double t) { return Vector{s - 0.5, t - 0.5, 0}; };
  Solid solid(from_above(), 164, panel.middle());
  Steps const side{0, 1, 28};
  add_surface(solid, side, side, at,
              [&](double s, double t) { return shown(Space::at(wm::Interval::at(s), wm::Interval::at(t))); });
  solid.draw(panel.svg(), panel.palette());
  solid.draw_line(panel.svg(), {at(0, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0)}, "end");
  panel.mark(solid, shown, [&](auto const& p) { return at(p[0], p[1]); });
  panel.close({"two knobs, which stop at the edges"});
}

void draw_simplex(Panel panel, Claims& claims) {
  using Space = wm::Simplex<2>;
  using Basis = wm::BernsteinBezier<Space, 3>;
  Exhibit<Basis> const shown(4, 30);  // 6 x_0 x_1 x_2
  panel.open("Simplex<2>", "BernsteinBezier", shown, claims);
  double const high = std::sqrt(0.75);
  auto const world = [&](auto const& shares) {
    return Vector{(shares[1] - shares[0]) / 2, high * (shares[2] - 0.5), 0};
  };
  constexpr int steps = 28;
  auto const shares = [](double i, double j) {
    return wm::Coordinates<Space>{(steps - i - j) / steps, i / steps, j / steps};
  };
  Solid solid(from_above(), 178, {panel.middle().x, panel.middle().y - 2});
  auto const add = [&](double i, double j, double turn) {
    double const middle = turn / 3;
    solid.add({world(shares(i, j)), world(shares(i + turn, j)), world(shares(i, j + turn))},
              shown(Space::normalised(shares(i + middle, j + middle))));
  };
  for (int i = 0; i < steps; ++i) {
    for (int j = 0; i + j < steps; ++j) {
      add(i, j, 1);
      if (i + j + 1 < steps) {
        add(i + 1, j + 1, -1);  // the inverted one
      }
    }
  }
  solid.draw(panel.svg(), panel.palette());
  solid.draw_line(panel.svg(),
                  {world(shares(0, 0)), world(shares(steps, 0)), world(shares(0, steps)), world(shares(0, 0))}, "end");
  panel.mark(solid, shown, world);
  panel.close({"a mixture of three: shares sum to 1"});
}

void draw_torus(Panel panel, Claims& claims) {
  using Space = wm::Torus<2>;
  using Basis = wm::Fourier<Space, 2>;
  Exhibit<Basis> const shown(7, 70);  // cos t sin u
  panel.open("Torus<2>", "Fourier", shown, claims);
  auto const at = [](double t, double u) {
    double const from_axis = 1 + 0.5 * std::cos(u);
    return Vector{from_axis * std::cos(t), from_axis * std::sin(t), 0.5 * std::sin(u)};
  };
  Solid solid({-0.4 * pi, 0.24 * pi}, 62, panel.middle());
  add_surface(solid, {0, 2 * pi, 56}, {0, 2 * pi, 26}, at,
              [&](double t, double u) { return shown(Space::at(wm::S1::radians(t), wm::S1::radians(u))); });
  solid.draw(panel.svg(), panel.palette());
  Steps const turn{0, 2 * pi, 80};
  solid.draw_line(panel.svg(), line_of(turn, [&](double t) { return at(t, 0); }), "seam");
  solid.draw_line(panel.svg(), line_of(turn, [&](double u) { return at(0, u); }), "seam");
  panel.mark(solid, shown, [&](auto const& p) { return at(p[0], p[1]); });
  panel.close({"two angles: both seams are glued"});
}

void draw_sphere(Panel panel, Claims& claims) {
  using Basis = wm::SphericalHarmonics<wm::S2, 3>;
  Exhibit<Basis> const shown(14, 70);  // l = 3, m = 2
  panel.open("S2", "SphericalHarmonics", shown, claims);
  Solid solid({0.1 * pi, 0.14 * pi}, 87, panel.middle());
  add_surface(solid, {0, 2 * pi, 56}, {-pi / 2, pi / 2, 28}, on_sphere, [&](double longitude, double latitude) {
    auto const [x, y, z] = on_sphere(longitude, latitude);
    return shown(wm::S2::direction(x, y, z));
  });
  solid.draw(panel.svg(), panel.palette());
  Steps const turn{0, 2 * pi, 80};
  for (double const latitude : {-pi / 6, 0.0, pi / 6, pi / 3}) {
    solid.draw_line(panel.svg(), line_of(turn, [&](double t) { return on_sphere(t, latitude); }), "graticule");
  }
  for (double longitude = 0; longitude < pi; longitude += pi / 6) {
    solid.draw_line(panel.svg(), line_of(turn, [&](double t) { return on_sphere(longitude, t); }), "graticule");
  }
  panel.mark(solid, shown, [](auto const& p) { return p.coordinates(); });
  panel.close({"a direction: no seam and no edge"});
}

void draw_cylinder(Panel panel, Claims& claims) {
  using Space = wm::Product<wm::S1, wm::Interval>;
  using Basis = wm::Tensor<wm::Fourier<wm::S1, 2>, wm::Bernstein<wm::Interval, 3>>;
  Exhibit<Basis> const shown(3 * 4 + 2, 60);  // cos 2t times the third of four
  panel.open("S1 × Interval", "Tensor<Fourier, Bernstein>", shown, claims);
  auto const at = [](double t, double s) { return Vector{std::cos(t), std::sin(t), 1.7 * (s - 0.5)}; };
  auto const value = [&](double t, double s) { return shown(Space::at(wm::S1::radians(t), wm::Interval::at(s))); };
  Solid solid({-0.36 * pi, 0.13 * pi}, 75, panel.middle());
  add_surface(solid, {0, 2 * pi, 56}, {0, 1, 22}, at, value);
  add_surface(solid, {2 * pi, 0, 56}, {0, 1, 22}, at, value);  // the inner side
  solid.draw(panel.svg(), panel.palette());
  Steps const turn{0, 2 * pi, 80};
  for (double const end : {0.0, 1.0}) {
    solid.draw_line(panel.svg(), line_of(turn, [&](double t) { return at(t, end); }), "end");
  }
  solid.draw_line(panel.svg(), line_of({0, 1, 40}, [&](double s) { return at(0, s); }), "seam");
  panel.mark(solid, shown, [&](auto const& p) { return at(p[0], p[1]); });
  panel.close({"a Product: an angle and a knob"});
}

}  // namespace demo
