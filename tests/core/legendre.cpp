#include <wmanifold/core/legendre.hpp>

#include "support/doctest.hpp"

#include <limits>
#include <numeric>

namespace wm = wmanifold;

namespace {

constexpr double at(int degree, double x, bool derivative) {
  double values[8] = {};
  double derivatives[8] = {};
  wm::legendre_polynomials(degree, x, values, derivatives);
  return derivative ? derivatives[degree] : values[degree];
}

}  // namespace

static_assert(at(0, 0.3, false) == 1 && at(0, 0.3, true) == 0);
static_assert(at(2, 0.5, false) == -0.125);  // (3 x^2 - 1) / 2
static_assert(at(2, 0.5, true) == 1.5);
static_assert(at(7, 1, false) == 1 && at(7, -1, false) == -1);

TEST_CASE("Legendre polynomials and their derivatives by closed forms") {
  for (double x = -1; x <= 1; x += 0.125) {
    CHECK(std::abs(at(3, x, false) - (5 * x * x * x - 3 * x) / 2) < 1e-15);
    CHECK(std::abs(at(3, x, true) - (15 * x * x - 3) / 2) < 1e-14);
    CHECK(std::abs(at(4, x, false) - (35 * x * x * x * x - 30 * x * x + 3) / 8) < 1e-15);
    CHECK(std::abs(at(4, x, true) - (140 * x * x * x - 60 * x) / 8) < 1e-14);
  }
  // P_n'(1) = n (n + 1) / 2, where the formula with 1 / (1 - x^2) would fail.
  CHECK(at(7, 1, true) == 28);
  CHECK(at(7, -1, true) == 28);
}

TEST_CASE("derivatives are optional") {
  double values[4] = {};
  wm::legendre_polynomials(3, 0.25, values);
  CHECK(values[3] == at(3, 0.25, false));
}

TEST_CASE("Gauss's rule is exact up to degree 2 n - 1 and no further") {
  for (int count = 1; count <= 40; ++count) {
    CAPTURE(count);
    auto const [nodes, weights] = wm::gauss_legendre(count);
    REQUIRE(nodes.size() == static_cast<std::size_t>(count));
    REQUIRE(weights.size() == nodes.size());
    CHECK(std::abs(std::accumulate(weights.begin(), weights.end(), 0.0) - 1) < 1e-14);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      CHECK(std::abs(nodes[i]) < 1);
      CHECK(weights[i] > 0);
      CHECK((i == 0 || nodes[i - 1] < nodes[i]));
      CHECK(std::abs(nodes[i] + nodes[nodes.size() - 1 - i]) < 1e-15);
    }
    auto const mean_of_power = [&, &x = nodes, &w = weights](int power) {
      double mean = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        mean += w[i] * std::pow(x[i], power);
      }
      return mean;
    };
    for (int power = 0; power <= 2 * count - 1; ++power) {
      CHECK(std::abs(mean_of_power(power) - (power % 2 == 0 ? 1.0 / (power + 1) : 0)) < 1e-14);
    }
    if (count <= 8) {
      CHECK(std::abs(mean_of_power(2 * count) - 1.0 / (2 * count + 1)) > 1e-8);
    }
  }
}

TEST_CASE("Gauss's well-known rules") {
  auto const [nodes, weights] = wm::gauss_legendre(3);
  CHECK(std::abs(nodes[0] + std::sqrt(0.6)) < 1e-15);
  CHECK(std::abs(nodes[1]) < 1e-16);
  CHECK(std::abs(weights[0] - 5.0 / 18) < 1e-15);
  CHECK(std::abs(weights[1] - 8.0 / 18) < 1e-15);
}

TEST_CASE("invalid numbers of nodes are refused") {
  for (int const count : {0, -1, 10'001, std::numeric_limits<int>::max()}) {
    CHECK_THROWS_WITH_AS((void)wm::gauss_legendre(count), doctest::Contains("expected from 1 to 10000 nodes"),
                         wm::ArgumentError);
  }
}
