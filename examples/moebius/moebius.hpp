#pragma once

#include <wmanifold/core/legendre.hpp>
#include <wmanifold/topology/topology.hpp>

#include <algorithm>
#include <numbers>

namespace demo {
/// The Moebius strip: [0, 1] x R with (s, t + 2 pi) and (1 - s, t) the same point, so that a turn comes back upside
/// down. t is kept in [0, 2 pi). Flat: locally, distances are those of the plane. `exp` stops at the edge.
struct Moebius {
  static constexpr int dimension = 2, coordinates = 2;
  using Point = wmanifold::Point<Moebius>;
  using Vector = std::array<double, 2>;
  static constexpr std::array<bool, 2> has_ends{true, false};
  static std::string name() { return "moebius"; }
  [[nodiscard]] static Point at(double s, double t) { return Point(Vector{s, t}); }
  static Vector canonical(Vector const& c) {
    if (!(c[0] >= 0 && c[0] <= 1 && std::isfinite(c[1]))) [[unlikely]]
      wmanifold::fail("moebius: expected s in [0, 1] and a finite t, got (", c[0], ", ", c[1], ")");
    return glued(c[0], c[1]);
  }
  static Point from_cube(Vector const& u) noexcept { return Point::unchecked(glued(u[0], turn * u[1])); }
  static double distance(Point const& p, Point const& q) noexcept { return std::hypot(log(p, q)[0], log(p, q)[1]); }
  static Point exp(Point const& p, Vector const& v) noexcept {
    return Point::unchecked(glued(std::clamp(p[0] + v[0], 0.0, 1.0), p[1] + v[1]));
  }
  /// Returns the way to the nearest image of q: q itself, or q a turn away and upside down.
  static Vector log(Point const& p, Point const& q) noexcept {
    Vector const there{q[0] - p[0], q[1] - p[1]};
    Vector const over{1 - q[0] - p[0], there[1] < 0 ? there[1] + turn : there[1] - turn};
    return std::hypot(there[0], there[1]) <= std::hypot(over[0], over[1]) ? there : over;
  }
  static Vector tangent(Point const&, Vector const& v) noexcept { return v; }
  /// Gauss's nodes across the strip, equally spaced ones along one turn.
  static wmanifold::Quadrature<Moebius> quadrature(int degree) {
    auto const [across, weights] = wmanifold::gauss_legendre(std::max(degree, 0) / 2 + 1);
    wmanifold::Quadrature<Moebius> q;
    for (std::size_t i = 0; i < across.size(); ++i) {
      for (int j = 0; j <= degree; ++j) {
        q.nodes.push_back(at((1 + across[i]) / 2, turn * j / (degree + 1)));
        q.weights.push_back(weights[i] / (degree + 1));
      }
    }
    return q;
  }
  /// For the laws: another name of a point, a turn less and upside down; and symmetries, along the strip and upside
  /// down.
  static std::array<Vector, 1> other_names(Point const& p) noexcept { return {Vector{1 - p[0], p[1] - turn}}; }
  static std::array<Point, 2> symmetries(Point const& p) noexcept { return {exp(p, {0, 1}), at(1 - p[0], p[1])}; }

 private:
  static constexpr double turn = 2 * std::numbers::pi;
  static Vector glued(double s, double t) noexcept {
    double const turns = std::floor(t / turn);
    double const rest = std::clamp(t - turn * turns, 0.0, std::nextafter(turn, 0.0));
    return {std::fmod(turns, 2) == 0 ? s : 1 - s, rest};
  }
};
}  // namespace demo
