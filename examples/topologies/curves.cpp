#include "spaces.hpp"

#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/fourier.hpp>

namespace demo {
namespace {

using std::numbers::pi;

constexpr int pieces = 90;  // of a curve

/// Colours the area between inner(t) and outer(t) by value(t).
template <class Inner, class Outer, class Value>
void fill_between(Solid& solid, Steps const& t, Inner const& inner, Outer const& outer, Value const& value) {
  auto const at = [&](double s, double share) {
    Vector const from = inner(s);
    Vector const to = outer(s);
    return Vector{std::lerp(from[0], to[0], share), std::lerp(from[1], to[1], share), 0};
  };
  auto const value_at = [&](double s, double) { return value(s); };
  add_surface(solid, t, {0, 1, 1}, at, value_at);
  add_surface(solid, t, {1, 0, 1}, at, value_at);  // visible where `outer` is the lower one
}

Vector on_circle(double angle, double radius) { return {radius * std::cos(angle), radius * std::sin(angle), 0}; }

/// Draws a closed space of angles from 0 to `period` as a band round the middle. The function's graph is outside of it,
/// the nodes are on it, the samples along its inner side; its seam is dashed.
template <wm::Basis B>
void draw_round(Panel const& panel, Exhibit<B> const& shown, double period) {
  constexpr double inner = 41;
  constexpr double outer = 55;
  constexpr double zero = 75;
  constexpr double high = 15;
  Steps const t{0, period, pieces};
  auto const value = [&](double angle) { return shown(B::Topology::radians(angle)); };
  auto const at = [](double radius) { return [radius](double angle) { return on_circle(angle, radius); }; };
  auto const graph = [&](double angle) { return on_circle(angle, zero + high * value(angle)); };
  Solid solid(from_above(), 1, panel.middle());
  fill_between(solid, t, at(inner), at(outer), value);
  fill_between(solid, t, at(zero), graph, value);
  solid.draw(panel.svg(), panel.palette());
  solid.draw_line(panel.svg(), line_of(t, at(zero)), "thin");
  solid.draw_line(panel.svg(), line_of(t, graph), "graph");
  for (double const end : {0.0, period}) {
    solid.draw_line(panel.svg(), {on_circle(end, inner - 9), on_circle(end, zero + high + 2)}, "seam");
  }
  auto const& [nodes, weights] = shown.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    panel.node(solid.place(on_circle(nodes[i][0], (inner + outer) / 2)), weights[i]);
  }
  for (auto const& s : shown.samples()) {
    panel.sample(solid.place(on_circle(s[0], inner - 6)));
  }
}

}  // namespace

void draw_interval(Panel panel, Claims& claims) {
  using Basis = wm::BSpline<wm::Interval, 3, 7>;
  constexpr int function = 3;
  constexpr double across = 176;
  constexpr double high = 110;
  constexpr double top = -44;  // of the band
  constexpr double bottom = -58;
  Exhibit<Basis> const shown(function, 16);
  panel.open("Interval", "BSpline", shown, claims);
  auto const at = [](double y) { return [y](double s) { return Vector{across * (s - 0.5), y, 0}; }; };
  auto const graph = [&](int k) {
    return [&, k](double s) { return at(high * shown.value(k, wm::Interval::at(s)) - 36)(s); };
  };
  auto const value = [&](double s) { return shown(wm::Interval::at(s)); };
  Steps const t{0, 1, pieces};
  Solid solid(from_above(), 1, panel.middle());
  fill_between(solid, t, at(bottom), at(top), value);
  fill_between(solid, t, at(-36), graph(function), value);
  solid.draw(panel.svg(), panel.palette());
  for (int k = 0; k < Basis::size; ++k) {
    solid.draw_line(panel.svg(), line_of(t, graph(k)), k == function ? "graph" : "other");
  }
  solid.draw_line(panel.svg(), line_of({0, 1, 1}, at(-36)), "thin");
  for (double const end : {0.0, 1.0}) {
    solid.draw_line(panel.svg(), {at(top + 3)(end), at(bottom - 11)(end)}, "end");
    panel.svg().text(solid.place(at(bottom - 20)(end)), "middle", fixed(end, 0), "small");
  }
  auto const& [nodes, weights] = shown.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    panel.node(solid.place(at((top + bottom) / 2)(nodes[i][0])), weights[i]);
  }
  for (auto const& s : shown.samples()) {
    panel.sample(solid.place(at(bottom - 6)(s[0])));
  }
  panel.close({"a knob, which stops at both ends"});
}

void draw_circle(Panel panel, Claims& claims) {
  using Basis = wm::Fourier<wm::S1, 3>;
  Exhibit<Basis> const shown(5, 20);  // cos 3t
  panel.open("S1", "Fourier", shown, claims);
  draw_round(panel, shown, 2 * pi);
  panel.svg().text({panel.middle().x + 26, panel.middle().y}, "end", "0 = 2π", "small");
  panel.close({"an angle: its seam is glued"});
}

void draw_lines(Panel panel, Claims& claims) {
  using Basis = wm::Fourier<wm::RP1, 2>;
  Exhibit<Basis> const shown(1, 12);  // cos 2t
  panel.open("RP1", "Fourier", shown, claims);
  // Lines through the middle; their other ends are the other half of the circle.
  Solid const plane(from_above(), 48, panel.middle());
  auto const at = [](double angle) { return on_circle(angle, 1); };
  plane.draw_line(panel.svg(), line_of({pi, 2 * pi, pieces}, at), "thin");
  for (auto const& line : shown.nodes().nodes) {
    plane.draw_line(panel.svg(), {at(line[0]), at(line[0] + pi)}, "thin");
  }
  draw_round(panel, shown, pi);
  panel.svg().text({panel.middle().x + 75, panel.middle().y + 12}, "middle", "0", "small");
  panel.svg().text({panel.middle().x - 75, panel.middle().y + 12}, "middle", "π", "small");
  panel.close({"a line without direction:", "half a turn on, it is the same"});
}

}  // namespace demo
