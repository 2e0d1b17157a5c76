#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/metric/metric.hpp>
#include <wmanifold/testing/basis_laws.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::Fourier, wm::RP1, wm::S1, wm::Torus;

static_assert(wm::Ellipse::size == 3 && wm::Ellipse::degree == 1);
static_assert(wm::Ellipse::gram(0, 0) == 1 && wm::Ellipse::gram(1, 1) == 0.5 && wm::Ellipse::gram(1, 2) == 0);
static_assert(Fourier<Torus<2>, 2>::size == 25 && Fourier<Torus<3>, 1>::size == 27);

TEST_CASE_TEMPLATE("Fourier bases keep the laws of a basis", B, Fourier<S1, 0>, Fourier<S1, 1>, Fourier<S1, 2>,
                   Fourier<S1, 3>, Fourier<S1, 12>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE_TEMPLATE("Fourier bases on tori keep the laws of a basis", B, Fourier<Torus<1>, 2>, Fourier<Torus<2>, 1>,
                   Fourier<Torus<2>, 2>, Fourier<Torus<2>, 3>, Fourier<Torus<3>, 1>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE_TEMPLATE("Fourier bases on lines without a direction keep the laws of a basis", B, Fourier<RP1, 0>,
                   Fourier<RP1, 1>, Fourier<RP1, 3>, Fourier<wm::Product<S1, RP1>, 1>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE("on lines without a direction, the even harmonics") {
  using B = Fourier<RP1, 2>;
  CHECK(B::name() == "fourier2");
  for (double const t : {0.0, 0.3, 2.0, 3.0}) {
    auto const phi = wm::values_at(B{}, RP1::radians(t));
    auto const all = wm::values_at(Fourier<S1, 4>{}, S1::radians(t));
    std::array<double, 5> const even{all[0], all[3], all[4], all[7], all[8]};
    for (std::size_t k = 0; k < 5; ++k) {
      CHECK(std::abs(phi[k] - even[k]) < 2e-15);
    }
  }
}

TEST_CASE("values by closed forms") {
  using B = Fourier<S1, 3>;
  CHECK(B::name() == "fourier3");
  for (double const t : {0.0, 0.3, 2.0, 3.0, 6.2}) {
    auto const phi = wm::values_at(B{}, S1::radians(t));
    CHECK(phi[0] == 1);
    for (std::size_t k = 1; k <= 3; ++k) {
      CHECK(std::abs(phi[2 * k - 1] - std::cos(static_cast<double>(k) * t)) < 2e-15);
      CHECK(std::abs(phi[2 * k] - std::sin(static_cast<double>(k) * t)) < 2e-15);
    }
  }
}

TEST_CASE("t and t + 2 pi are one point, with one value") {
  using B = Fourier<S1, 3>;
  for (double const t : {0.0, 1e-17, 1.0, 3.14, 6.28}) {
    auto const phi = wm::values_at(B{}, S1::radians(t));
    for (double const turns : {-3.0, -1.0, 1.0, 2.0}) {
      auto const again = wm::values_at(B{}, S1::radians(t + turns * 2 * std::numbers::pi));
      for (std::size_t k = 0; k < phi.size(); ++k) {
        CHECK(std::abs(phi[k] - again[k]) < 2e-14);
      }
    }
  }
}

TEST_CASE("high orders stay accurate") {
  auto const phi = wm::values_at(Fourier<S1, 60>{}, S1::radians(2.5));
  CHECK(std::abs(phi[119] - std::cos(150.0)) < 1e-13);
  CHECK(std::abs(phi[120] - std::sin(150.0)) < 1e-13);
}

TEST_CASE("the inverse metric") {
  wm::SmallMatrix const expected = Eigen::Vector3d(1, 2, 2).asDiagonal();
  CHECK((wm::Metric(wm::Ellipse{}).inverse() - expected).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("on a torus, all products, with the first angle slowest") {
  using T = Torus<2>;
  using B = Fourier<T, 1>;
  CHECK(B::name() == "fourier1");
  auto const phi = wm::values_at(B{}, T::at(S1::radians(0.4), S1::radians(1.1)));
  CHECK(phi[1] == doctest::Approx(std::cos(1.1)));
  CHECK(phi[3] == doctest::Approx(std::cos(0.4)));
  CHECK(phi[7] == doctest::Approx(std::sin(0.4) * std::cos(1.1)));
}
