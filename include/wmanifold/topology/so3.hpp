#pragma once

#include <wmanifold/core/legendre.hpp>
#include <wmanifold/topology/topology.hpp>

#include <algorithm>
#include <numbers>

namespace wmanifold {

/// The rotations of space, attitudes. A point is a unit quaternion (w, x, y, z) that takes v to q v q*. q and -q are
/// the same rotation; the canonical one has its first nonzero component positive. Distances are angles of rotation, at
/// most pi.
///
/// Tangent vectors are vectors of R^4 orthogonal to q. Their length is an angle of rotation, twice the movement of the
/// quaternion: exp(q, v) rotates from q by |v|. Gradients have this scale too.
struct SO3 {
  /// Dimension of the space.
  static constexpr int dimension = 3;
  /// Coordinates of a point.
  static constexpr int coordinates = 4;
  /// Returns the name in files and messages.
  static std::string name() { return "so3"; }

  /// A vector of space.
  using Vector = std::array<double, 3>;
  /// A rotation matrix, by rows; it takes v to q v q*.
  using RotationMatrix = std::array<Vector, 3>;

  /// Returns the rotation of a quaternion of unit length, to 1e-5; it is normalised to the last bit. ArgumentError for
  /// others.
  [[nodiscard]] static Point<SO3> quaternion(double w, double x, double y, double z) {
    return Point<SO3>(Coordinates<SO3>{w, x, y, z});
  }
  /// Returns the rotation of a quaternion of any length. ArgumentError for zero and for numbers that are not finite.
  [[nodiscard]] static Point<SO3> normalised(double w, double x, double y, double z) {
    double const most = std::max({std::abs(w), std::abs(x), std::abs(y), std::abs(z)});
    bool const are_numbers = is_finite(w) && is_finite(x) && is_finite(y) && is_finite(z);
    if (!(are_numbers && most > 0)) [[unlikely]] {
      fail("so3: expected a finite quaternion other than zero, got (", w, ", ", x, ", ", y, ", ", z, ")");
    }
    // The quaternion is scaled first, to keep the length of the largest and smallest in range.
    return Point<SO3>::unchecked(of_one_sign(of_unit_length({w / most, x / most, y / most, z / most})));
  }
  /// Returns the identity rotation.
  [[nodiscard]] static Point<SO3> identity() noexcept { return Point<SO3>::unchecked({1, 0, 0, 0}); }
  /// Returns the rotation by an angle in radians about an axis of any length but zero; counter-clockwise, seen from its
  /// tip. ArgumentError for a zero axis and for numbers that are not finite.
  [[nodiscard]] static Point<SO3> axis_angle(Vector const& axis, double angle) {
    double const most = std::max({std::abs(axis[0]), std::abs(axis[1]), std::abs(axis[2])});
    bool const are_numbers = is_finite(axis[0]) && is_finite(axis[1]) && is_finite(axis[2]);
    if (!(are_numbers && is_finite(angle) && most > 0)) [[unlikely]] {
      fail("so3: expected a finite axis other than zero and a finite angle, got (", axis[0], ", ", axis[1], ", ",
           axis[2], ") and ", angle);
    }
    Vector const a{axis[0] / most, axis[1] / most, axis[2] / most};
    double const part = std::sin(angle / 2) / std::hypot(a[0], a[1], a[2]);
    return normalised(std::cos(angle / 2), part * a[0], part * a[1], part * a[2]);
  }
  /// Returns the rotation by a vector's length in radians about its direction; zero is the identity. ArgumentError for
  /// numbers that are not finite.
  [[nodiscard]] static Point<SO3> rotation_vector(Vector const& v) {
    return v == Vector{} ? identity() : axis_angle(v, std::hypot(v[0], v[1], v[2]));
  }
  /// Returns the shortest rotation vector of q, of length at most pi.
  [[nodiscard]] static Vector rotation_vector_of(Point<SO3> const& q) noexcept {
    auto const v = log(identity(), q);
    return {v[1], v[2], v[3]};
  }
  /// Returns the rotation of yaw about z, then pitch about the new y, then roll about the newest x, in degrees: the
  /// convention of aircraft, R = R_z(yaw) R_y(pitch) R_x(roll). ArgumentError for angles that are not finite.
  [[nodiscard]] static Point<SO3> yaw_pitch_roll(double yaw, double pitch, double roll) {
    if (!(is_finite(yaw) && is_finite(pitch) && is_finite(roll))) [[unlikely]] {
      fail("so3: expected finite angles of yaw, pitch and roll, got ", yaw, ", ", pitch, " and ", roll);
    }
    auto const radians = [](double degrees) { return std::fmod(degrees, 360.0) * (std::numbers::pi / 180); };
    auto const about = [](Vector const& axis, double angle) { return axis_angle(axis, angle); };
    return composed(composed(about({0, 0, 1}, radians(yaw)), about({0, 1, 0}, radians(pitch))),
                    about({1, 0, 0}, radians(roll)));
  }
  /// Returns the rotation of a rotation matrix, by rows: orthonormal and of determinant 1, to 1e-5. ArgumentError for
  /// others.
  [[nodiscard]] static Point<SO3> matrix(RotationMatrix const& m) {
    double off = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        double const product = m[i][0] * m[j][0] + m[i][1] * m[j][1] + m[i][2] * m[j][2];
        off = std::max(off, std::abs(product - (i == j ? 1 : 0)));
      }
    }
    double const determinant = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
                               m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
                               m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
    if (!(is_finite(determinant) && off <= 1e-5 && determinant > 0)) [[unlikely]] {
      fail("so3: expected a rotation matrix, orthonormal and of determinant 1, got one that is off by ", off,
           " and has the determinant ", determinant);
    }
    // A row of q q^T, times 4: the row of the largest component, without cancellation (Shepperd 1978).
    double const trace = m[0][0] + m[1][1] + m[2][2];
    Coordinates<SO3> const squares{1 + trace, 1 + 2 * m[0][0] - trace, 1 + 2 * m[1][1] - trace,
                                   1 + 2 * m[2][2] - trace};
    auto const row = std::max_element(squares.begin(), squares.end()) - squares.begin();
    double const x = m[2][1] - m[1][2];
    double const y = m[0][2] - m[2][0];
    double const z = m[1][0] - m[0][1];
    double const xy = m[0][1] + m[1][0];
    double const xz = m[0][2] + m[2][0];
    double const yz = m[1][2] + m[2][1];
    switch (row) {
      case 0:
        return normalised(squares[0], x, y, z);
      case 1:
        return normalised(x, squares[1], xy, xz);
      case 2:
        return normalised(y, xy, squares[2], yz);
      default:
        return normalised(z, xz, yz, squares[3]);
    }
  }

  /// Returns the matrix of a rotation.
  [[nodiscard]] static RotationMatrix matrix_of(Point<SO3> const& q) noexcept {
    auto const [w, x, y, z] = q.coordinates();
    return {{{w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)},
             {2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)},
             {2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z}}};
  }
  /// Returns the rotation by q, followed by p.
  [[nodiscard]] static Point<SO3> composed(Point<SO3> const& p, Point<SO3> const& q) noexcept {
    return Point<SO3>::unchecked(of_one_sign(of_unit_length({p[0] * q[0] - p[1] * q[1] - p[2] * q[2] - p[3] * q[3],
                                                             p[0] * q[1] + p[1] * q[0] + p[2] * q[3] - p[3] * q[2],
                                                             p[0] * q[2] - p[1] * q[3] + p[2] * q[0] + p[3] * q[1],
                                                             p[0] * q[3] + p[1] * q[2] - p[2] * q[1] + p[3] * q[0]})));
  }
  /// Returns the inverse rotation.
  [[nodiscard]] static Point<SO3> inverse(Point<SO3> const& q) noexcept {
    return Point<SO3>::unchecked(of_one_sign({q[0], -q[1], -q[2], -q[3]}));
  }

  /// Returns the canonical coordinates of the same point. ArgumentError for coordinates of no point.
  static Coordinates<SO3> canonical(Coordinates<SO3> const& c) {
    double const length = norm(c);
    if (!(is_finite(length) && std::abs(length - 1) <= 1e-5)) [[unlikely]] {
      fail("so3: expected a quaternion of length 1, got (", c[0], ", ", c[1], ", ", c[2], ", ", c[3], ") of length ",
           length, "; SO3::normalised scales it");
    }
    return of_one_sign(of_unit_length(c));
  }
  /// Returns the rotation with Hopf's coordinates: w + i z = sqrt(1 - u_0) e^(i a) and x + i y = sqrt(u_0) e^(i b),
  /// with the angle a in half a turn and b in a whole one. Each rotation has one such name.
  static Point<SO3> from_cube(CubePoint<SO3> const& u) noexcept {
    return hopf(u[0], std::numbers::pi * u[1], 2 * std::numbers::pi * u[2]);
  }
  /// Returns the distance of two points.
  static double distance(Point<SO3> const& p, Point<SO3> const& q) noexcept {
    // This formula is accurate at both ends, unlike the arc cosine of the inner product.
    double const apart = norm(sum(p.coordinates(), -1, q.coordinates()));
    double const together = norm(sum(p.coordinates(), 1, q.coordinates()));
    return 4 * std::atan2(std::min(apart, together), std::max(apart, together));
  }
  /// Returns the point reached from p along the tangent vector v.
  static Point<SO3> exp(Point<SO3> const& p, Coordinates<SO3> const& v) noexcept {
    double const half = norm(v) / 2;
    double const along = half > 0 ? std::sin(half) / (2 * half) : 0.5;
    Coordinates<SO3> c{};
    for (std::size_t i = 0; i < 4; ++i) {
      c[i] = std::cos(half) * p[i] + along * v[i];
    }
    return Point<SO3>::unchecked(of_one_sign(of_unit_length(c)));
  }
  /// Returns the tangent vector of the shorter rotation; half a turn apart, of one of the two.
  static Coordinates<SO3> log(Point<SO3> const& p, Point<SO3> const& q) noexcept {
    // q - p, or -q - p where -q is nearer: small numbers, small rounding.
    double const sign = detail::dot(p.coordinates(), q.coordinates()) < 0 ? -1 : 1;
    Coordinates<SO3> const v = tangent(p, sum(scaled(sign, q.coordinates()), -1, p.coordinates()));
    double const length = norm(v);
    return scaled(length > 0 ? distance(p, q) / length : 0, v);
  }
  /// Returns the part of v that is tangent at p.
  static Coordinates<SO3> tangent(Point<SO3> const& p, Coordinates<SO3> const& v) noexcept {
    return sum(v, -detail::dot(p.coordinates(), v), p.coordinates());
  }
  /// Returns Gauss nodes in |x + i y|^2 and equally spaced ones in both angles: exact for even polynomials of the
  /// quaternion up to the degree.
  static Quadrature<SO3> quadrature(int degree) {
    int const d = std::max(degree, 0);
    int const half = d / 2 + 1;
    auto const [t, weights] = gauss_legendre(d / 4 + 1);
    Quadrature<SO3> q;
    for (std::size_t i = 0; i < t.size(); ++i) {
      for (int a = 0; a < half; ++a) {
        for (int b = 0; b <= d; ++b) {
          q.nodes.push_back(hopf((1 + t[i]) / 2, std::numbers::pi * a / half, 2 * std::numbers::pi * b / (d + 1)));
          q.weights.push_back(weights[i] / (half * (d + 1)));
        }
      }
    }
    return q;
  }
  /// Returns the opposite quaternion.
  static std::array<Coordinates<SO3>, 1> other_names(Point<SO3> const& p) noexcept {
    return {scaled(-1, p.coordinates())};
  }
  /// Returns the rotation composed with another on either side, and its inverse.
  static std::array<Point<SO3>, 3> symmetries(Point<SO3> const& p) noexcept {
    auto const other = Point<SO3>::unchecked({0.5, 0.1, -0.7, 0.5});
    return {composed(other, p), composed(p, other), inverse(p)};
  }

 private:
  static double norm(Coordinates<SO3> const& c) noexcept { return std::sqrt(detail::dot(c, c)); }
  static Coordinates<SO3> scaled(double scale, Coordinates<SO3> const& c) noexcept {
    return {scale * c[0], scale * c[1], scale * c[2], scale * c[3]};
  }
  /// Returns a + scale * b.
  static Coordinates<SO3> sum(Coordinates<SO3> const& a, double scale, Coordinates<SO3> const& b) noexcept {
    return {a[0] + scale * b[0], a[1] + scale * b[1], a[2] + scale * b[2], a[3] + scale * b[3]};
  }
  static Coordinates<SO3> of_unit_length(Coordinates<SO3> const& c) noexcept {
    double const length = norm(c);
    return {c[0] / length, c[1] / length, c[2] / length, c[3] / length};
  }
  static Coordinates<SO3> of_one_sign(Coordinates<SO3> const& c) noexcept {
    auto const first = std::find_if(c.begin(), c.end(), [](double x) { return x != 0; });
    return first != c.end() && *first < 0 ? scaled(-1, c) : c;
  }
  static Point<SO3> hopf(double t, double a, double b) noexcept {
    double const near = std::sqrt(1 - t);
    double const far = std::sqrt(t);
    return Point<SO3>::unchecked(
        of_one_sign(of_unit_length({near * std::cos(a), far * std::cos(b), far * std::sin(b), near * std::sin(a)})));
  }
};

}  // namespace wmanifold
