#include <wmanifold/testing/basis_laws.hpp>

#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/s1.hpp>

#include "support/laws.hpp"

#include <algorithm>
#include <numbers>

namespace wm = wmanifold;

namespace {

enum class Fault {
  none,
  a_value_missing,
  a_value_too_many,
  a_derivative_missing,
  wrong_constant,
  half_an_angle,
  derivative_off_by_a_percent,
  wrong_gram,
  skew_gram,
  indefinite_gram,
  degree_too_small,
  support_too_small,
  rough,
};

/// A user's 1, cos t, sin t, with a fault.
template <Fault fault>
struct Ellipse {
  using Topology = wm::S1;
  static constexpr int size = 3;
  static constexpr int degree = fault == Fault::degree_too_small ? 0 : 1;
  static constexpr int support = fault == Fault::support_too_small ? 2 : 3;
  static std::string name() { return "ellipse"; }
  static bool has(Fault f) { return f == fault; }

  void values(wm::Point<wm::S1> const& s, std::span<double> out) const noexcept {
    double const t = (has(Fault::half_an_angle) ? 0.5 : 1) * s[0];
    out[0] = 1;
    out[1] = std::cos(t) + (has(Fault::rough) ? 1e-5 * std::cos(777 * t) : 0);
    if (!has(Fault::a_value_missing)) {
      out[2] = std::sin(t);
    }
    if (has(Fault::a_value_too_many)) {
      out.data()[3] = 0;
    }
  }
  void derivatives(wm::Point<wm::S1> const& s, std::span<double> out) const noexcept {
    double const scale = has(Fault::derivative_off_by_a_percent) ? 1.01 : 1;
    out[0] = 0;
    out[1] = -scale * std::sin(s[0]);
    if (!has(Fault::a_derivative_missing)) {
      out[2] = scale * std::cos(s[0]);
    }
  }
  double gram(int i, int j) const noexcept {
    double const diagonal = i == 0 ? 1 : has(Fault::wrong_gram) ? 0.51 : has(Fault::indefinite_gram) ? -0.5 : 0.5;
    return i == j ? diagonal : has(Fault::skew_gram) && i == 2 && j == 1 ? 0.01 : 0;
  }
  double constant(int k) const noexcept { return k == 0 || has(Fault::wrong_constant) ? 1 : 0; }
};

/// Lines without a direction that keep their angle within a whole turn, so that each has two names.
struct Lines {
  static constexpr int dimension = 1;
  static constexpr int coordinates = 1;
  using Numbers = std::array<double, 1>;
  using Point = wm::Point<Lines>;
  static std::string name() { return "lines"; }
  static Numbers canonical(Numbers const& c) { return wm::S1::canonical(c); }
  static Point from_cube(Numbers const& u) noexcept { return Point::unchecked({std::numbers::pi * u[0]}); }
  static double distance(Point const& p, Point const& q) noexcept { return std::abs(log(p, q)[0]); }
  static Point exp(Point const& p, Numbers const& v) noexcept { return Point::unchecked({p[0] + v[0]}); }
  static Numbers log(Point const& p, Point const& q) noexcept {
    return {std::remainder(q[0] - p[0], std::numbers::pi)};
  }
  static Numbers tangent(Point const&, Numbers const& v) noexcept { return v; }
  static wm::Quadrature<Lines> quadrature(int degree) {
    return wm::detail::equally_spaced<Lines>(degree, std::numbers::pi);
  }
  static std::array<Numbers, 1> other_names(Point const& p) noexcept { return {{{p[0] + std::numbers::pi}}}; }
};

/// 1 and cos kt, which for odd k differs between the names of a line.
template <int k>
struct Harmonic {
  using Topology = Lines;
  static constexpr int size = 2;
  static constexpr int degree = k;
  static std::string name() { return "harmonic"; }
  void values(wm::Point<Lines> const& s, std::span<double> out) const noexcept {
    out[0] = 1;
    out[1] = std::cos(k * s[0]);
  }
  void derivatives(wm::Point<Lines> const& s, std::span<double> out) const noexcept {
    out[0] = 0;
    out[1] = -k * std::sin(k * s[0]);
  }
  double gram(int i, int j) const noexcept { return i != j ? 0 : i == 0 ? 1 : 0.5; }
  double constant(int i) const noexcept { return i == 0 ? 1 : 0; }
};

/// Checks that the suite names this law, possibly among others.
template <class B>
void check_caught(B const& basis, std::string const& law) {
  auto const violations = wm::testing::basis_laws(basis, wm::Seed{1});
  CAPTURE(law);
  INFO(wm::testing::to_string(violations));
  CHECK(std::any_of(violations.begin(), violations.end(), [&](auto const& v) { return v.law == law; }));
}

/// Harmonics with the derivatives of the polynomials, without projection.
struct NotTangent : wm::SphericalHarmonics<wm::S2, 1> {
  void derivatives(wm::Point<wm::S2> const& s, std::span<double> out) const noexcept {
    wm::SphericalHarmonics<wm::S2, 1>::derivatives(s, out);
    out[3] += 0.1 * s[0];
    out[4] += 0.1 * s[1];
    out[5] += 0.1 * s[2];
  }
};

/// A basis without a slope at the end of the interval.
struct SquareRoot {
  using Topology = wm::Interval;
  static constexpr int size = 2;
  static constexpr int degree = 1;
  static std::string name() { return "square root"; }
  void values(wm::Point<wm::Interval> const& s, std::span<double> out) const noexcept {
    out[0] = 1;
    out[1] = std::sqrt(s[0]);
  }
  void derivatives(wm::Point<wm::Interval> const& s, std::span<double> out) const noexcept {
    out[0] = 0;
    out[1] = s[0] > 0 ? 0.5 / std::sqrt(s[0]) : 1;
  }
  double gram(int i, int j) const noexcept { return i + j == 0 ? 1 : i + j == 1 ? 2.0 / 3 : 0.5; }
  double constant(int k) const noexcept { return k == 0 ? 1 : 0; }
};

}  // namespace

TEST_CASE("a user's own ellipse keeps the laws") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    support::check_laws(wm::testing::basis_laws(Ellipse<Fault::none>{}, wm::Seed{seed}));
  }
}

TEST_CASE("points may have several names if values agree") {
  support::check_laws(wm::testing::basis_laws(Harmonic<2>{}, wm::Seed{1}));
}

TEST_CASE("every fault is caught by its law") {
  check_caught(Ellipse<Fault::a_value_missing>{}, "values writes K finite numbers");
  check_caught(Ellipse<Fault::a_derivative_missing>{}, "derivatives writes K x coordinates finite numbers");
  check_caught(Ellipse<Fault::wrong_constant>{}, "the constant's coefficients give 1");
  check_caught(Ellipse<Fault::half_an_angle>{}, "values are continuous");
  check_caught(Ellipse<Fault::derivative_off_by_a_percent>{}, "derivatives are what differences along geodesics say");
  check_caught(Ellipse<Fault::rough>{}, "derivatives are what differences along geodesics say");
  check_caught(Ellipse<Fault::wrong_gram>{}, "the Gram matrix equals quadrature(2 * degree)");
  check_caught(Ellipse<Fault::skew_gram>{}, "the Gram matrix is symmetric");
  check_caught(Ellipse<Fault::indefinite_gram>{}, "the Gram matrix is positive definite");
  check_caught(Ellipse<Fault::indefinite_gram>{}, "the Gram matrix equals means of uniform samples");
  check_caught(Ellipse<Fault::degree_too_small>{}, "the Gram matrix equals quadrature(2 * degree)");
  check_caught(Ellipse<Fault::degree_too_small>{}, "the energy matrix is exact by quadrature(2 * degree)");
  check_caught(Ellipse<Fault::wrong_constant>{}, "constants have no energy");
  check_caught(Ellipse<Fault::support_too_small>{}, "at most `support` values are not zero");
  check_caught(NotTangent{}, "derivatives are tangent");
  check_caught(Harmonic<1>{}, "values do not depend on a point's name");
  check_caught(SquareRoot{}, "values are continuous");
  check_caught(SquareRoot{}, "derivatives are what differences along geodesics say");
}

TEST_CASE("a value beyond the end of the array is found") {
  // By its own law only: other callers pass arrays without room.
  wm::testing::Report report;
  wm::testing::laws::sizes_are_as_stated(Ellipse<Fault::a_value_too_many>{}, wm::testing::Probes<wm::S1>(wm::Seed{1}),
                                         report);
  REQUIRE(report.violations().size() == 1);
  CHECK(report.violations()[0].law == "values writes K finite numbers");
}
