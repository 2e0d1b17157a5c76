#include <wmanifold/basis/hyperspherical_harmonics.hpp>
#include <wmanifold/metric/change.hpp>
#include <wmanifold/metric/energy.hpp>
#include <wmanifold/testing/basis_laws.hpp>
#include <wmanifold/testing/nested_laws.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::HypersphericalHarmonics, wm::SO3;

static_assert(HypersphericalHarmonics<SO3, 2>::size == 10 && HypersphericalHarmonics<SO3, 4>::size == 35);
static_assert(std::is_empty_v<HypersphericalHarmonics<SO3, 2>>);

TEST_CASE_TEMPLATE("hyperspherical harmonics keep the laws of a basis", B, HypersphericalHarmonics<SO3, 0>,
                   HypersphericalHarmonics<SO3, 2>, HypersphericalHarmonics<SO3, 4>, HypersphericalHarmonics<SO3, 6>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE("degree 2 is products and differences of squares") {
  CHECK(HypersphericalHarmonics<SO3, 2>::name() == "hyperspherical2");
  wm::Random random{wm::Seed{2}};
  for (auto const& p : wm::uniform_points<SO3>(50, random)) {
    auto const [w, x, y, z] = p.coordinates();
    double const root3 = std::sqrt(3.0);
    double const root6 = std::sqrt(6.0);
    double const root24 = std::sqrt(24.0);
    double const expected[] = {1,
                               root3 * (w * w + z * z - x * x - y * y),
                               root6 * (x * x - y * y),
                               root6 * 2 * x * y,
                               root24 * w * x,
                               root24 * w * y,
                               root24 * z * x,
                               root24 * z * y,
                               root6 * (w * w - z * z),
                               root6 * 2 * w * z};
    auto const phi = wm::values_at(HypersphericalHarmonics<SO3, 2>{}, p);
    for (std::size_t k = 0; k < 10; ++k) {
      CAPTURE(k);
      CHECK(std::abs(phi[k] - expected[k]) < 3e-15);
    }
  }
}

TEST_CASE("values at q and at -q are the same, to the last bit") {
  using B = HypersphericalHarmonics<SO3, 6>;
  wm::Random random{wm::Seed{3}};
  for (auto const& p : wm::uniform_points<SO3>(50, random)) {
    auto const opposite = wm::Point<SO3>::unchecked({-p[0], -p[1], -p[2], -p[3]});
    CHECK(wm::values_at(B{}, opposite) == wm::values_at(B{}, p));
  }
}

/// Checks sum_k Y_k(p) Y_k(q) over degree n, which depends on the angle a between p and q alone: (n + 1) sin((n + 1)
/// a/2) / sin(a/2).
template <int L>
void check_addition_theorem() {
  using B = HypersphericalHarmonics<SO3, L>;
  wm::Random random{wm::Seed{4}};
  for (auto const& p : wm::uniform_points<SO3>(10, random)) {
    auto const q = wm::uniform_point<SO3>(random);
    auto const a = wm::values_at(B{}, p);
    auto const b = wm::values_at(B{}, q);
    double const half = SO3::distance(p, q) / 2;
    std::size_t k = 0;
    for (int n = 0; n <= L; n += 2) {
      double sum = 0;
      for (int i = 0; i < (n + 1) * (n + 1); ++i, ++k) {
        sum += a[k] * b[k];
      }
      CHECK(std::abs(sum - (n + 1) * std::sin((n + 1) * half) / std::sin(half)) < 1e-11 * (n + 1) * (n + 1));
    }
    CHECK(k == a.size());
  }
}

TEST_CASE("the addition theorem, up to the largest degree: no rotation is favoured") {
  check_addition_theorem<4>();
  check_addition_theorem<12>();
}

TEST_CASE("degree 2 contains the entries of the rotation matrix, which so are linear in it") {
  using B = HypersphericalHarmonics<SO3, 2>;
  auto const quadrature = SO3::quadrature(4);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      std::array<double, 10> c{};
      for (std::size_t n = 0; n < quadrature.nodes.size(); ++n) {
        auto const phi = wm::values_at(B{}, quadrature.nodes[n]);
        c = wm::testing::sum(c, quadrature.weights[n] * SO3::matrix_of(quadrature.nodes[n])[i][j], phi);
      }
      auto const p = SO3::yaw_pitch_roll(20, -50, 130);
      CHECK(wm::testing::dot(c, wm::values_at(B{}, p)) == doctest::Approx(SO3::matrix_of(p)[i][j]).epsilon(1e-13));
      CHECK(wm::testing::dot(c, c) == doctest::Approx(1.0 / 3));
    }
  }
}

TEST_CASE("lower degrees come first, and the energy is the one of angles") {
  support::check_laws(
      wm::testing::nested_laws(HypersphericalHarmonics<SO3, 2>{}, HypersphericalHarmonics<SO3, 4>{}, wm::Seed{5}));
  // n (n + 2) on the sphere of quaternions. A quarter of it counts, as an angle of rotation is twice theirs.
  auto const energy = wm::energy_matrix(HypersphericalHarmonics<SO3, 4>{});
  for (wm::Index i = 0; i < 35; ++i) {
    for (wm::Index j = 0; j < 35; ++j) {
      double const expected = i != j ? 0 : i == 0 ? 0 : i < 10 ? 2 : 6;
      CHECK(std::abs(energy(i, j) - expected) < 1e-12);
    }
  }
}
