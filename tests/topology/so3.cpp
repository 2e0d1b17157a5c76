#include <wmanifold/topology/so3.hpp>

#include <wmanifold/testing/topology_laws.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/product.hpp>

#include "support/integrals.hpp"
#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::SO3;

namespace {

constexpr double pi = std::numbers::pi;

double length(wm::Coordinates<SO3> const& v) { return wm::testing::norm(v); }

void check_same(wm::Point<SO3> const& p, wm::Point<SO3> const& q) { CHECK(SO3::distance(p, q) < 2e-15); }

SO3::Vector turned(SO3::RotationMatrix const& m, SO3::Vector const& v) {
  SO3::Vector result{};
  for (std::size_t i = 0; i < 3; ++i) {
    result[i] = wm::testing::dot(m[i], v);
  }
  return result;
}

}  // namespace

static_assert(wm::SmoothTopology<SO3>);

TEST_CASE_TEMPLATE("rotations keep the laws of a topology", T, SO3, wm::Product<SO3, wm::Interval>) {
  support::check_laws(wm::testing::topology_laws<T>(wm::Seed{1}));
  support::check_laws(wm::testing::topology_laws<T>(wm::Seed{2}));
}

TEST_CASE("q and -q are one rotation") {
  CHECK(SO3::name() == "so3");
  CHECK(SO3::quaternion(-0.5, 0.5, -0.5, 0.5) == SO3::quaternion(0.5, -0.5, 0.5, -0.5));
  CHECK(SO3::quaternion(0, -1, 0, 0) == SO3::quaternion(0, 1, 0, 0));
  CHECK(SO3::quaternion(0, 0, 0, -1) == SO3::quaternion(0, 0, 0, 1));
  CHECK(SO3::quaternion(-1, 0, 0, 0) == SO3::identity());
  // The distance across the seam w = 0 is small.
  double const small = 1e-9;
  auto const p = SO3::normalised(small, 0.6, 0.8, 0);
  auto const q = SO3::normalised(-small, 0.6, 0.8, 0);
  CHECK(SO3::distance(p, q) == doctest::Approx(4 * small).epsilon(1e-6));
  CHECK(length(SO3::log(p, q)) == doctest::Approx(4 * small).epsilon(1e-6));
}

TEST_CASE("unit quaternions are normalised to the last bit, others on request") {
  CHECK(std::abs(length(SO3::quaternion(0.6F, 0.8F, 0, 0).coordinates()) - 1) < 3e-16);
  using wm::ArgumentError;
  CHECK_THROWS_WITH_AS(
      SO3::quaternion(0, 2, 0, 0),
      "wmanifold: so3: expected a quaternion of length 1, got (0, 2, 0, 0) of length 2; SO3::normalised scales it",
      ArgumentError);
  CHECK_THROWS_WITH_AS(SO3::quaternion(std::nan(""), 0, 0, 1), doctest::Contains("got (nan, 0, 0, 1)"), ArgumentError);
  CHECK(SO3::normalised(0, 0, -7, 0) == SO3::quaternion(0, 0, 1, 0));
  for (double const scale : {1e308, 1.0, 1e-300}) {
    check_same(SO3::normalised(scale, -scale, scale, scale), SO3::quaternion(0.5, -0.5, 0.5, 0.5));
  }
  CHECK_THROWS_WITH_AS(SO3::normalised(0, 0, 0, 0),
                       "wmanifold: so3: expected a finite quaternion other than zero, got (0, 0, 0, 0)", ArgumentError);
  CHECK_THROWS_WITH_AS(SO3::normalised(1, std::numeric_limits<double>::infinity(), 0, 0),
                       doctest::Contains("got (1, inf, 0, 0)"), ArgumentError);
}

TEST_CASE("an axis and an angle") {
  check_same(SO3::axis_angle({0, 0, 5}, pi / 2), SO3::normalised(1, 0, 0, 1));
  check_same(SO3::axis_angle({1, 2, 3}, 0.5), SO3::axis_angle({-1, -2, -3}, -0.5));
  check_same(SO3::axis_angle({1, 2, 3}, 0.5), SO3::axis_angle({1, 2, 3}, 0.5 + 2 * pi));
  CHECK(SO3::distance(SO3::identity(), SO3::axis_angle({3, -1, 2}, 1.25)) == support::close_to(1.25));
  CHECK(SO3::distance(SO3::identity(), SO3::axis_angle({3, -1, 2}, 4)) == support::close_to(2 * pi - 4));
  check_same(SO3::rotation_vector({0, 0, pi / 2}), SO3::normalised(1, 0, 0, 1));
  check_same(SO3::rotation_vector({0, 0, 0}), SO3::identity());
  wm::Random random{wm::Seed{1}};
  for (auto const& q : wm::uniform_points<SO3>(100, random)) {
    check_same(SO3::rotation_vector(SO3::rotation_vector_of(q)), q);
  }
  CHECK(SO3::rotation_vector_of(SO3::axis_angle({0, 2, 0}, 3))[1] == support::close_to(3));
  CHECK(SO3::rotation_vector_of(SO3::axis_angle({0, 2, 0}, 4))[1] == support::close_to(4 - 2 * pi));
  CHECK_THROWS_WITH_AS(SO3::rotation_vector({0, std::nan(""), 0}), doctest::Contains("so3: expected a finite axis"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(SO3::axis_angle({0, 0, 0}, 1),
                       "wmanifold: so3: expected a finite axis other than zero and a finite angle, got (0, 0, 0) and 1",
                       wm::ArgumentError);
  CHECK_THROWS_AS(SO3::axis_angle({1, 0, 0}, std::nan("")), wm::ArgumentError);
}

TEST_CASE("yaw, pitch and roll") {
  check_same(SO3::yaw_pitch_roll(0, 0, 0), SO3::identity());
  check_same(SO3::yaw_pitch_roll(90, 0, 0), SO3::axis_angle({0, 0, 1}, pi / 2));
  check_same(SO3::yaw_pitch_roll(0, 30, 0), SO3::axis_angle({0, 1, 0}, pi / 6));
  check_same(SO3::yaw_pitch_roll(0, 0, -60), SO3::axis_angle({1, 0, 0}, -pi / 3));
  // The nose (x) of an aircraft that has turned left by 90 degrees, then lowered it by 30: with z up, y = left.
  auto const nose = turned(SO3::matrix_of(SO3::yaw_pitch_roll(90, 30, 77)), {1, 0, 0});
  CHECK(nose[0] == support::close_to(0));
  CHECK(nose[1] == support::close_to(std::cos(pi / 6)));
  CHECK(nose[2] == support::close_to(-0.5));
  CHECK_THROWS_WITH_AS(SO3::yaw_pitch_roll(0, std::nan(""), 0),
                       "wmanifold: so3: expected finite angles of yaw, pitch and roll, got 0, nan and 0",
                       wm::ArgumentError);
}

TEST_CASE("rotation matrices and back") {
  auto const quarter = SO3::matrix_of(SO3::axis_angle({0, 0, 1}, pi / 2));
  SO3::RotationMatrix const expected{{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      CHECK(quarter[i][j] == support::close_to(expected[i][j]));
    }
  }
  wm::testing::Probes<SO3> const probes(wm::Seed{6});  // half turns and seams among them
  for (auto const& p : probes.points()) {
    check_same(SO3::matrix(SO3::matrix_of(p)), p);
    for (auto const& q : probes.random()) {
      // The product of matrices is that of rotations.
      SO3::Vector const v{0.3, -1.2, 0.7};
      auto const once = turned(SO3::matrix_of(SO3::composed(p, q)), v);
      auto const twice = turned(SO3::matrix_of(p), turned(SO3::matrix_of(q), v));
      CHECK(wm::testing::largest(wm::testing::sum(once, -1, twice)) < 2e-15);
    }
  }
  CHECK_THROWS_WITH_AS(SO3::matrix({{{1, 0, 0}, {0, 1, 0}, {0, 0, -1}}}),
                       "wmanifold: so3: expected a rotation matrix, orthonormal and of determinant 1, got one that is "
                       "off by 0 and has the determinant -1",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(SO3::matrix({{{2, 0, 0}, {0, 1, 0}, {0, 0, 1}}}), doctest::Contains("off by 3"),
                       wm::ArgumentError);
  CHECK_THROWS_AS(SO3::matrix({{{std::nan(""), 0, 0}, {0, 1, 0}, {0, 0, 1}}}), wm::ArgumentError);
}

TEST_CASE("distances are angles of rotation, invariant under rotations before and after") {
  wm::Random random{wm::Seed{7}};
  for (int i = 0; i < 100; ++i) {
    auto const p = wm::uniform_point<SO3>(random);
    auto const q = wm::uniform_point<SO3>(random);
    auto const r = wm::uniform_point<SO3>(random);
    double const d = SO3::distance(p, q);
    CHECK(SO3::distance(SO3::composed(r, p), SO3::composed(r, q)) == support::close_to(d));
    CHECK(SO3::distance(SO3::composed(p, r), SO3::composed(q, r)) == support::close_to(d));
    CHECK(SO3::distance(SO3::inverse(p), SO3::inverse(q)) == support::close_to(d));
    check_same(SO3::composed(p, SO3::inverse(p)), SO3::identity());
    // 1 + 2 cos(angle) is the trace.
    auto const m = SO3::matrix_of(SO3::composed(p, SO3::inverse(q)));
    CHECK(1 + 2 * std::cos(d) == support::close_to(m[0][0] + m[1][1] + m[2][2]));
  }
}

TEST_CASE("tangent vectors are as long as the rotation") {
  auto const q = SO3::exp(SO3::identity(), {0, 0, 0, 0.3});
  check_same(q, SO3::axis_angle({0, 0, 1}, 0.3));
  // A whole turn, and half of it.
  check_same(SO3::exp(SO3::identity(), {0, 0, 0, 2 * pi}), SO3::identity());
  auto const half = SO3::exp(SO3::identity(), {0, pi, 0, 0});
  CHECK(SO3::distance(half, SO3::identity()) == support::close_to(pi));
  CHECK(length(SO3::log(SO3::identity(), half)) == support::close_to(pi));
}

TEST_CASE("uniform rotations: angles have the density (1 - cos) / pi") {
  wm::Random random{wm::Seed{8}};
  int small = 0;
  for (auto const& p : wm::uniform_points<SO3>(20000, random)) {
    small += SO3::distance(p, SO3::identity()) < pi / 2 ? 1 : 0;
  }
  double const share = (pi / 2 - 1) / pi;
  CHECK(std::abs(small - 20000 * share) < 5 * std::sqrt(20000 * share * (1 - share)));
}

TEST_CASE("integrals over rotations") {
  auto const double_factorial = [](int n) {
    double product = 1;
    for (; n > 1; n -= 2) {
      product *= n;
    }
    return product;
  };
  // All monomials of even degree: even powers are (a-1)!! (b-1)!! (c-1)!! (e-1)!! / (4 6 ... (2 + degree)).
  for (int degree = 0; degree <= 8; degree += 2) {
    double whole = 1;
    for (int i = 4; i <= degree + 2; i += 2) {
      whole *= i;
    }
    for (int a = 0; a <= degree; ++a) {
      for (int b = 0; a + b <= degree; ++b) {
        for (int c = 0; a + b + c <= degree; ++c) {
          int const e = degree - a - b - c;
          bool const even = a % 2 == 0 && b % 2 == 0 && c % 2 == 0 && e % 2 == 0;
          double const expected = even ? double_factorial(a - 1) * double_factorial(b - 1) * double_factorial(c - 1) *
                                             double_factorial(e - 1) / whole
                                       : 0;
          CHECK(support::mean<SO3>(degree, [&](auto const& p) {
                  return std::pow(p[0], a) * std::pow(p[1], b) * std::pow(p[2], c) * std::pow(p[3], e);
                }) == support::close_to(expected));
        }
      }
    }
  }
  // The mean of exp(trace / 2) = exp(1/2 + cos angle): sqrt(e) (I_0(1) - I_1(1)).
  CHECK(support::mean<SO3>(40, [](auto const& p) {
          auto const m = SO3::matrix_of(p);
          return std::exp((m[0][0] + m[1][1] + m[2][2]) / 2);
        }) == support::close_to(std::exp(0.5) * (1.2660658777520084 - 0.5651591039924851)));
  CHECK(SO3::quadrature(-1).nodes.size() == 1);
  CHECK(SO3::quadrature(4).nodes.size() == 2 * 3 * 5);
}
