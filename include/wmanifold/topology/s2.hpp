#pragma once

#include <wmanifold/core/legendre.hpp>
#include <wmanifold/topology/topology.hpp>

#include <algorithm>
#include <limits>
#include <numbers>

namespace wmanifold {

/// The unit sphere: a direction (x, y, z) of length 1. Tangent vectors are vectors of R^3.
struct S2 {
  /// Dimension of the space.
  static constexpr int dimension = 2;
  /// Coordinates of a point.
  static constexpr int coordinates = 3;
  /// Returns the name in files and messages.
  static std::string name() { return "s2"; }

  /// Returns the point of a vector of unit length, to 1e-5; it is normalised to the last bit. ArgumentError for other
  /// lengths.
  [[nodiscard]] static Point<S2> vector(double x, double y, double z) { return Point<S2>(Coordinates<S2>{x, y, z}); }
  /// Returns the direction of a vector. ArgumentError for zero and for numbers that are not finite.
  [[nodiscard]] static Point<S2> direction(double x, double y, double z) {
    double const scale = std::max({std::abs(x), std::abs(y), std::abs(z)});
    if (!(is_finite(x) && is_finite(y) && is_finite(z) && scale > 0)) [[unlikely]] {
      fail("s2: expected a finite vector other than zero, got (", x, ", ", y, ", ", z, ")");
    }
    // The vector is scaled first, to keep the length of the largest and smallest vectors in range.
    Coordinates<S2> const c{x / scale, y / scale, z / scale};
    double const length = std::hypot(c[0], c[1], c[2]);
    return Point<S2>::unchecked({c[0] / length, c[1] / length, c[2] / length});
  }
  /// Returns the point at a longitude (any) and a latitude (in [-90, 90]), in degrees. ArgumentError for others.
  [[nodiscard]] static Point<S2> degrees(double longitude, double latitude) {
    if (!(is_finite(longitude) && is_finite(latitude) && latitude >= -90 && latitude <= 90)) [[unlikely]] {
      fail("s2: expected a finite longitude and a latitude in [-90, 90] degrees, got (", longitude, ", ", latitude,
           ")");
    }
    double const lon = std::fmod(longitude, 360.0) * std::numbers::pi / 180;
    double const lat = latitude * std::numbers::pi / 180;
    return direction(std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat));
  }

  /// Returns the canonical coordinates of the same point. ArgumentError for coordinates of no point.
  static Coordinates<S2> canonical(Coordinates<S2> const& c) {
    double const length = std::hypot(c[0], c[1], c[2]);
    if (!(is_finite(length) && std::abs(length - 1) <= 1e-5)) [[unlikely]] {
      fail("s2: expected a vector of length 1, got (", c[0], ", ", c[1], ", ", c[2], ") of length ", length,
           "; S2::direction scales it");
    }
    return {c[0] / length, c[1] / length, c[2] / length};
  }
  /// Maps the unit cube onto the space; the uniform measure becomes mu.
  static Point<S2> from_cube(CubePoint<S2> const& u) noexcept {
    double const z = 1 - 2 * u[1];
    double const radius = std::sqrt(std::max(0.0, 1 - z * z));
    double const longitude = 2 * std::numbers::pi * u[0];
    return Point<S2>::unchecked({radius * std::cos(longitude), radius * std::sin(longitude), z});
  }
  /// Returns the distance of two points.
  static double distance(Point<S2> const& p, Point<S2> const& q) noexcept {
    // This formula is accurate at both ends, unlike the arc cosine of the inner product.
    double const apart = std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
    double const together = std::hypot(p[0] + q[0], p[1] + q[1], p[2] + q[2]);
    return 2 * std::atan2(apart, together);
  }
  /// Returns the point reached from p along the tangent vector v.
  static Point<S2> exp(Point<S2> const& p, Coordinates<S2> const& v) noexcept {
    double const angle = std::hypot(v[0], v[1], v[2]);
    double const along = angle > 0 ? std::sin(angle) / angle : 1;
    Coordinates<S2> c{};
    for (std::size_t i = 0; i < 3; ++i) {
      c[i] = std::cos(angle) * p[i] + along * v[i];
    }
    double const length = std::hypot(c[0], c[1], c[2]);
    return Point<S2>::unchecked({c[0] / length, c[1] / length, c[2] / length});
  }
  /// Returns the tangent vector along the great circle; between opposite points, along one of the shortest paths.
  static Coordinates<S2> log(Point<S2> const& p, Point<S2> const& q) noexcept {
    // q - p, or near the opposite point q + p, has the same tangent part as q: small numbers, small rounding.
    double const side = p[0] * q[0] + p[1] * q[1] + p[2] * q[2] < 0 ? 1 : -1;
    Coordinates<S2> v = tangent(p, {q[0] + side * p[0], q[1] + side * p[1], q[2] + side * p[2]});
    double length = std::hypot(v[0], v[1], v[2]);
    if (side > 0 && !(length > std::numeric_limits<double>::epsilon())) {  // opposite: the rest is rounding
      v = tangent(p, flattest_axis(p));
      length = std::hypot(v[0], v[1], v[2]);
    }
    double const scale = length > 0 ? distance(p, q) / length : 0;
    return {scale * v[0], scale * v[1], scale * v[2]};
  }
  /// Returns the part of v that is tangent at p.
  static Coordinates<S2> tangent(Point<S2> const& p, Coordinates<S2> const& v) noexcept {
    double const normal = p[0] * v[0] + p[1] * v[1] + p[2] * v[2];
    return {v[0] - normal * p[0], v[1] - normal * p[1], v[2] - normal * p[2]};
  }
  /// Returns Gauss nodes in z and equally spaced ones in longitude.
  static Quadrature<S2> quadrature(int degree) {
    int const around = std::max(degree, 0) + 1;
    auto const [z, weights] = gauss_legendre(std::max(degree, 0) / 2 + 1);
    Quadrature<S2> q;
    for (std::size_t i = 0; i < z.size(); ++i) {
      for (int j = 0; j < around; ++j) {
        q.nodes.push_back(from_cube({static_cast<double>(j) / around, (1 - z[i]) / 2}));
        q.weights.push_back(weights[i] / around);
      }
    }
    return q;
  }
  /// Returns the point rotated about each of two axes, and the opposite point.
  static std::array<Point<S2>, 3> symmetries(Point<S2> const& p) noexcept {
    double const c = std::cos(1.0);
    double const s = std::sin(1.0);
    return {Point<S2>::unchecked({c * p[0] - s * p[1], s * p[0] + c * p[1], p[2]}),
            Point<S2>::unchecked({p[0], c * p[1] - s * p[2], s * p[1] + c * p[2]}),
            Point<S2>::unchecked({-p[0], -p[1], -p[2]})};
  }

 private:
  /// Returns the axis nearest to the tangent plane at p.
  static Coordinates<S2> flattest_axis(Point<S2> const& p) noexcept {
    std::size_t flattest = 0;
    for (std::size_t i = 1; i < 3; ++i) {
      flattest = std::abs(p[i]) < std::abs(p[flattest]) ? i : flattest;
    }
    Coordinates<S2> axis{};
    axis[flattest] = 1;
    return axis;
  }
};

}  // namespace wmanifold
