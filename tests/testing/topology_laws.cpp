#include <wmanifold/testing/topology_laws.hpp>

#include <wmanifold/topology/interval.hpp>

#include "support/laws.hpp"

#include <algorithm>
#include <numbers>

namespace wm = wmanifold;

namespace {

enum class Fault {
  none,
  takes_nan,
  not_idempotent,
  off_the_circle,
  uneven,
  asymmetric,
  squared_distance,
  distance_to_itself,
  no_distance,
  arc_cosine,
  fast_exp,
  uneven_exp,
  exp_leaves,
  long_way_round,
  log_not_tangent,
  short_log,
  no_log_to_the_opposite,
  tangent_is_all,
  tangent_is_scaled,
  tangent_is_oblique,
  tangent_is_not_linear,
  weights_too_large,
  negative_weights,
  weights_missing,
  nodes_off_the_circle,
  nodes_on_one_side,
  bent_symmetry,
};

/// A user's circle, as unit vectors of the plane, with the fault under test.
struct Circle {
  static inline Fault fault = Fault::none;

  using Vector = std::array<double, 2>;
  static constexpr int dimension = 1;
  static constexpr int coordinates = 2;
  static std::string name() { return "circle"; }

  static bool has(Fault f) { return f == fault; }
  static wm::Point<Circle> at(double angle, double radius = 1) noexcept {
    return wm::Point<Circle>::unchecked({radius * std::cos(angle), radius * std::sin(angle)});
  }
  static double angle(wm::Point<Circle> const& p, wm::Point<Circle> const& q) noexcept {
    return std::atan2(p[0] * q[1] - p[1] * q[0], p[0] * q[0] + p[1] * q[1]);
  }

  static Vector canonical(Vector const& c) {
    double const length = std::hypot(c[0], c[1]);
    if (!has(Fault::takes_nan) && !(std::abs(length - 1) < 1e-5)) {
      wm::fail("circle: expected a vector of length 1, got one of ", length);
    }
    double const scale = has(Fault::not_idempotent) ? 1 + 1e-9 : 1 / length;
    return {scale * c[0], scale * c[1]};
  }
  static wm::Point<Circle> from_cube(std::array<double, 1> const& u) noexcept {
    double const turn = has(Fault::uneven) ? u[0] * u[0] : u[0];
    return at(2 * std::numbers::pi * turn, has(Fault::off_the_circle) ? 1.1 : 1);
  }
  static double distance(wm::Point<Circle> const& p, wm::Point<Circle> const& q) noexcept {
    double const a = angle(p, q);
    double const d = std::abs(a);
    switch (fault) {
      case Fault::asymmetric:
        return a > 0 ? d : 1.01 * d;
      case Fault::squared_distance:
        return d * d;
      case Fault::distance_to_itself:
        return d + 1e-6;
      case Fault::no_distance:
        return std::max(0.0, d - 0.5);
      case Fault::arc_cosine:
        return std::acos(std::clamp(p[0] * q[0] + p[1] * q[1], -1.0, 1.0));
      default:
        return d;
    }
  }
  static wm::Point<Circle> exp(wm::Point<Circle> const& p, Vector const& v) noexcept {
    double a = p[0] * v[1] - p[1] * v[0];
    a *= has(Fault::fast_exp) ? 1.01 : 1;
    a += has(Fault::uneven_exp) ? 0.01 * std::sin(2 * a) : 0;
    return at(std::atan2(p[1], p[0]) + a, has(Fault::exp_leaves) ? 1 + 0.01 * std::abs(a) : 1);
  }
  static Vector log(wm::Point<Circle> const& p, wm::Point<Circle> const& q) noexcept {
    double a = angle(p, q);
    a -= has(Fault::long_way_round) ? std::copysign(2 * std::numbers::pi, a) : 0;
    a *= has(Fault::short_log) ? 1 - 1e-6 : 1;
    a *= has(Fault::no_log_to_the_opposite) && std::abs(a) > std::numbers::pi - 1e-15 ? 0 : 1;
    double const out = has(Fault::log_not_tangent) ? 0.01 * a : 0;
    return {-a * p[1] + out * p[0], a * p[0] + out * p[1]};
  }
  static Vector tangent(wm::Point<Circle> const& p, Vector const& v) noexcept {
    double along = p[0] * v[1] - p[1] * v[0];
    along *= has(Fault::tangent_is_scaled) ? 1.01 : 1;
    along += has(Fault::tangent_is_oblique) ? 0.1 * (p[0] * v[0] + p[1] * v[1]) : 0;
    along = has(Fault::tangent_is_not_linear) ? std::max(along, 0.0) : along;
    return has(Fault::tangent_is_all) ? v : Vector{-along * p[1], along * p[0]};
  }
  static wm::Quadrature<Circle> quadrature(int degree) {
    wm::Quadrature<Circle> q;
    int const count = degree + 1;
    for (int i = 0; i < count; ++i) {
      double const turn = static_cast<double>(i) / count;
      q.nodes.push_back(at((has(Fault::nodes_on_one_side) ? 1 : 2) * std::numbers::pi * turn,
                           has(Fault::nodes_off_the_circle) ? 1 + 1e-8 : 1));
      q.weights.push_back((has(Fault::weights_too_large) ? 1.001 : 1) / count);
    }
    if (has(Fault::negative_weights)) {
      q.nodes.insert(q.nodes.end(), 2, q.nodes.front());
      q.weights.insert(q.weights.end(), {0.5, -0.5});
    }
    if (has(Fault::weights_missing)) {
      q.weights.pop_back();
    }
    return q;
  }
  static std::array<wm::Point<Circle>, 2> symmetries(wm::Point<Circle> const& p) noexcept {
    double const a = std::atan2(p[1], p[0]);
    return {at(a + 1), at(has(Fault::bent_symmetry) ? -a + 0.01 * std::cos(a) : -a)};
  }
};

/// Checks that the suite names this law, possibly among others.
void check_caught(Fault fault, std::string const& law) {
  Circle::fault = fault;
  auto const violations = wm::testing::topology_laws<Circle>(wm::Seed{1});
  Circle::fault = Fault::none;
  CAPTURE(law);
  INFO(wm::testing::to_string(violations));
  CHECK(std::any_of(violations.begin(), violations.end(), [&](auto const& v) { return v.law == law; }));
}

/// An angle that is wrapped at 6.28.
struct BadlyWrapped {
  static constexpr int dimension = 1;
  static constexpr int coordinates = 1;
  static constexpr double turn = 6.28;
  using Numbers = std::array<double, 1>;
  using Point = wm::Point<BadlyWrapped>;

  static std::string name() { return "badly wrapped"; }
  static double wrapped(double angle) noexcept { return angle - turn * std::floor(angle / turn); }
  static Numbers canonical(Numbers const& c) {
    if (!std::isfinite(c[0])) {
      wm::fail("badly wrapped: expected a finite angle, got ", c[0]);
    }
    return {wrapped(c[0])};
  }
  static Point from_cube(Numbers const& u) noexcept { return Point::unchecked({wrapped(turn * u[0])}); }
  static double distance(Point const& p, Point const& q) noexcept { return std::abs(log(p, q)[0]); }
  static Point exp(Point const& p, Numbers const& v) noexcept { return Point::unchecked({wrapped(p[0] + v[0])}); }
  static Numbers log(Point const& p, Point const& q) noexcept {
    return {std::remainder(q[0] - p[0], 2 * std::numbers::pi)};
  }
  static Numbers tangent(Point const&, Numbers const& v) noexcept { return v; }
  static std::array<Numbers, 1> other_names(Point const& p) noexcept { return {{{p[0] + 2 * std::numbers::pi}}}; }
  static wm::Quadrature<BadlyWrapped> quadrature(int degree) {
    wm::Quadrature<BadlyWrapped> q;
    for (int i = 0; i <= degree; ++i) {
      q.nodes.push_back(from_cube({static_cast<double>(i) / (degree + 1)}));
      q.weights.push_back(1.0 / (degree + 1));
    }
    return q;
  }
};

/// Frequencies up to 20 kHz, in Hz: a topology much larger than 1.
struct Frequency {
  static constexpr int dimension = 1;
  static constexpr int coordinates = 1;
  static constexpr double highest = 20000;
  using Numbers = std::array<double, 1>;
  using Point = wm::Point<Frequency>;

  static std::string name() { return "frequency"; }
  static Numbers canonical(Numbers const& c) {
    if (!(c[0] >= 0 && c[0] <= highest)) {
      wm::fail("frequency: expected a number in [0, 20000], got ", c[0]);
    }
    return c;
  }
  static Point from_cube(Numbers const& u) noexcept { return Point::unchecked({highest * u[0]}); }
  static double distance(Point const& p, Point const& q) noexcept { return std::abs(p[0] - q[0]); }
  static Point exp(Point const& p, Numbers const& v) noexcept {
    return Point::unchecked({std::clamp(p[0] + v[0], 0.0, highest)});
  }
  static Numbers log(Point const& p, Point const& q) noexcept { return {q[0] - p[0]}; }
  static Numbers tangent(Point const&, Numbers const& v) noexcept { return v; }
  static wm::Quadrature<Frequency> quadrature(int degree) {
    auto const unit = wm::Interval::quadrature(degree);
    wm::Quadrature<Frequency> q{{}, unit.weights};
    for (auto const& node : unit.nodes) {
      q.nodes.push_back(from_cube({node[0]}));
    }
    return q;
  }
};

}  // namespace

static_assert(wm::Topology<Circle> && wm::Topology<BadlyWrapped> && wm::Topology<Frequency>);

TEST_CASE("a user's own circle keeps the laws") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    support::check_laws(wm::testing::topology_laws<Circle>(wm::Seed{seed}));
  }
}

TEST_CASE("a large topology keeps the laws") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    support::check_laws(wm::testing::topology_laws<Frequency>(wm::Seed{seed}));
  }
}

TEST_CASE("every fault is caught by its law") {
  check_caught(Fault::takes_nan, "canonical refuses what is not finite with an ArgumentError");
  check_caught(Fault::not_idempotent, "canonical is idempotent");
  check_caught(Fault::off_the_circle, "from_cube and exp land on canonical points");
  check_caught(Fault::uneven, "from_cube carries the uniform measure to quadrature's");
  check_caught(Fault::asymmetric, "distance is symmetric");
  check_caught(Fault::squared_distance, "the triangle inequality");
  check_caught(Fault::distance_to_itself, "a point has no distance to itself");
  check_caught(Fault::no_distance, "different points are apart");
  check_caught(Fault::arc_cosine, "distances of close points are accurate");
  check_caught(Fault::fast_exp, "exp(p, log(p, q)) = q");
  check_caught(Fault::fast_exp, "short ways are shortest");
  check_caught(Fault::uneven_exp, "exp runs at constant speed");
  check_caught(Fault::uneven_exp, "exp runs along a shortest way");
  check_caught(Fault::exp_leaves, "exp stays on the topology");
  check_caught(Fault::long_way_round, "log is as long as the distance");
  check_caught(Fault::log_not_tangent, "log is tangent");
  check_caught(Fault::short_log, "log(p, exp(p, v)) = v");
  check_caught(Fault::no_log_to_the_opposite, "log is as long as the distance");
  check_caught(Fault::no_log_to_the_opposite, "exp(p, log(p, q)) = q");
  check_caught(Fault::tangent_is_all, "the tangent space has the topology's dimension");
  check_caught(Fault::tangent_is_scaled, "tangent is idempotent");
  check_caught(Fault::tangent_is_oblique, "tangent is an orthogonal projection");
  check_caught(Fault::tangent_is_not_linear, "tangent is linear");
  check_caught(Fault::weights_too_large, "quadrature weights sum to 1");
  check_caught(Fault::negative_weights, "quadrature weights are positive");
  check_caught(Fault::weights_missing, "quadrature has a weight per node");
  check_caught(Fault::nodes_off_the_circle, "quadrature nodes are canonical");
  check_caught(Fault::bent_symmetry, "symmetries keep distances");
  check_caught(Fault::nodes_on_one_side, "symmetries keep means");
  check_caught(Fault::nodes_on_one_side, "from_cube carries the uniform measure to quadrature's");
}

TEST_CASE("a circle that is wrapped at 6.28 is found") {
  auto const violations = wm::testing::topology_laws<BadlyWrapped>(wm::Seed{1});
  INFO(wm::testing::to_string(violations));
  CHECK(std::any_of(violations.begin(), violations.end(),
                    [](auto const& v) { return v.law == "other names of a point are canonically that point"; }));
}

TEST_CASE("equal seeds give equal answers") {
  auto const once = to_string(wm::testing::topology_laws<BadlyWrapped>(wm::Seed{3}));
  CHECK(once == to_string(wm::testing::topology_laws<BadlyWrapped>(wm::Seed{3})));
  CHECK(once != to_string(wm::testing::topology_laws<BadlyWrapped>(wm::Seed{4})));
}
