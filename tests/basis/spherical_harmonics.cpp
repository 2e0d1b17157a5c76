#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/testing/basis_laws.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::S2, wm::SphericalHarmonics;

static_assert(SphericalHarmonics<S2, 3>::size == 16 && SphericalHarmonics<S2, 3>::degree == 3);
static_assert(SphericalHarmonics<S2, 3>::gram(4, 4) == 1 && SphericalHarmonics<S2, 3>::gram(4, 5) == 0);

TEST_CASE_TEMPLATE("spherical harmonics keep the laws of a basis", B, SphericalHarmonics<S2, 0>,
                   SphericalHarmonics<S2, 1>, SphericalHarmonics<S2, 2>, SphericalHarmonics<S2, 3>,
                   SphericalHarmonics<S2, 4>, SphericalHarmonics<S2, 5>, SphericalHarmonics<S2, 6>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE("degree 1 is (1, sqrt3 y, sqrt3 z, sqrt3 x), degree 2 its well-known polynomials") {
  CHECK(SphericalHarmonics<S2, 2>::name() == "harmonics2");
  wm::Random random{wm::Seed{6}};
  for (auto const& p : wm::uniform_points<S2>(50, random)) {
    double const x = p[0];
    double const y = p[1];
    double const z = p[2];
    double const a = std::sqrt(15.0);
    double const expected[] = {1,
                               std::sqrt(3.0) * y,
                               std::sqrt(3.0) * z,
                               std::sqrt(3.0) * x,
                               a * x * y,
                               a * y * z,
                               std::sqrt(5.0) * (3 * z * z - 1) / 2,
                               a * x * z,
                               a * (x * x - y * y) / 2};
    auto const phi = wm::values_at(SphericalHarmonics<S2, 2>{}, p);
    for (std::size_t k = 0; k < 9; ++k) {
      CAPTURE(k);
      CHECK(std::abs(phi[k] - expected[k]) < 2e-15);
    }
  }
}

TEST_CASE("poles are like other points") {
  for (double const z : {1.0, -1.0}) {
    auto const phi = wm::values_at(SphericalHarmonics<S2, 4>{}, S2::vector(0, 0, z));
    for (int l = 0; l <= 4; ++l) {
      for (int m = -l; m <= l; ++m) {
        double const expected = m == 0 ? std::sqrt(2 * l + 1.0) * std::pow(z, l) : 0;
        CHECK(std::abs(phi[static_cast<std::size_t>(l * (l + 1) + m)] - expected) < 1e-14);
      }
    }
  }
}

template <int L>
void check_addition_theorem() {
  wm::Random random{wm::Seed{7}};
  for (auto const& p : wm::uniform_points<S2>(10, random)) {
    auto const q = wm::uniform_point<S2>(random);
    auto const a = wm::values_at(SphericalHarmonics<S2, L>{}, p);
    auto const b = wm::values_at(SphericalHarmonics<S2, L>{}, q);
    std::array<double, static_cast<std::size_t>(L + 1)> legendre{};
    wm::legendre_polynomials(L, p[0] * q[0] + p[1] * q[1] + p[2] * q[2], legendre.data());
    for (int l = 0; l <= L; ++l) {
      double sum = 0;
      for (int k = l * l; k < (l + 1) * (l + 1); ++k) {
        sum += a[static_cast<std::size_t>(k)] * b[static_cast<std::size_t>(k)];
      }
      CHECK(std::abs(sum - (2 * l + 1) * legendre[static_cast<std::size_t>(l)]) < 1e-12 * (2 * l + 1));
    }
  }
}

TEST_CASE("the addition theorem: sum_m Y_lm(p) Y_lm(q) = (2 l + 1) P_l(p . q), up to the largest degree") {
  check_addition_theorem<6>();
  check_addition_theorem<40>();
}
