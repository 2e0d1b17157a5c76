#pragma once

#include "palette.hpp"
#include "svg.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace demo {

/// A vector of the world (x, y, and z up) or of the picture (right, up, and towards the eye).
using Vector = std::array<double, 3>;

/// A view of the world from far away. It turns the world about z, counter-clockwise from above, then looks from a
/// height, in radians; pi / 2 is from above, with x to the right and y up.
class View {
 public:
  View(double turn, double height) noexcept;
  [[nodiscard]] Vector operator()(Vector const& world) const noexcept;

 private:
  double cosine_, sine_;  // of the turn
  double cosine_height_, sine_height_;
};

/// Returns the view of a plane, x to the right and y up.
[[nodiscard]] inline View from_above() noexcept { return {0, std::numbers::pi / 2}; }

/// Returns a point of the unit sphere.
[[nodiscard]] inline Vector on_sphere(double longitude, double latitude) noexcept {
  return {std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude), std::sin(latitude)};
}

/// Opaque surfaces, in patches that each have a value.
class Solid {
 public:
  /// `scale` is the pixels of a unit; the origin lies at `middle`.
  Solid(View const& view, double scale, Place middle) : view_(view), scale_(scale), middle_(middle) {}

  /// Adds a flat patch of the world, its corners counter-clockwise from its outer side. Skips it if it is turned away.
  void add(std::vector<Vector> const& corners, double value);

  [[nodiscard]] Place place(Vector const& world) const noexcept;
  /// Returns whether a point lies behind a patch.
  [[nodiscard]] bool hides(Vector const& world) const noexcept { return is_behind(view_(world)); }

  /// Draws the visible patches.
  void draw(Svg& svg, Palette& palette) const;
  /// Draws the visible part of a line in the world.
  void draw_line(Svg& svg, std::vector<Vector> const& line, std::string_view classes) const;

 private:
  struct Patch {
    std::vector<Vector> corners;  // as seen
    double near;                  // their mean
    double value;
    double light;
  };

  [[nodiscard]] bool is_behind(Vector const& seen) const noexcept;
  /// Returns path data about the middle, in steps from corner to corner.
  [[nodiscard]] std::string path_of(std::vector<Vector> const& corners) const;

  View view_;
  double scale_;
  Place middle_;
  std::vector<Patch> patches_;
};

/// Equal steps from the first to the last.
struct Steps {
  double first;
  double last;
  int count;

  [[nodiscard]] double operator()(double step) const noexcept { return first + (last - first) * step / count; }
};

/// Returns the line at(t) of the world.
template <class At>
[[nodiscard]] std::vector<Vector> line_of(Steps const& t, At const& at) {
  std::vector<Vector> line;
  for (int i = 0; i <= t.count; ++i) {
    line.push_back(at(t(i)));
  }
  return line;
}

/// Adds the surface at(u, v), visible where u to v is counter-clockwise, with value(u, v) in the middle of each patch.
template <class At, class Value>
void add_surface(Solid& solid, Steps const& u, Steps const& v, At const& at, Value const& value) {
  for (int i = 0; i < u.count; ++i) {
    for (int j = 0; j < v.count; ++j) {
      solid.add({at(u(i), v(j)), at(u(i + 1), v(j)), at(u(i + 1), v(j + 1)), at(u(i), v(j + 1))},
                value(u(i + 0.5), v(j + 0.5)));
    }
  }
}

}  // namespace demo
