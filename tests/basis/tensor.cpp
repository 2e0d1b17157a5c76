#include <wmanifold/basis/tensor.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/metric/metric.hpp>
#include <wmanifold/testing/basis_laws.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::Bernstein, wm::Fourier, wm::Interval, wm::Legendre, wm::S1, wm::S2, wm::SphericalHarmonics, wm::Tensor,
    wm::Torus;

TEST_CASE_TEMPLATE("tensor products keep the laws of a basis", B, Tensor<Bernstein<Interval, 1>, Fourier<S1, 1>>,
                   Tensor<Fourier<S1, 1>, SphericalHarmonics<S2, 1>>, Bernstein<wm::Product<Interval, Interval>, 1>,
                   Bernstein<wm::Product<Interval, Interval>, 2>, Tensor<Legendre<Interval, 3>, Bernstein<Interval, 2>>,
                   Tensor<Fourier<Torus<2>, 1>, Bernstein<Interval, 2>>, Tensor<Fourier<S1, 2>>,
                   Tensor<wm::Constant<Interval>, Fourier<S1, 2>>, Tensor<wm::Constant<>, Fourier<S1, 1>>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

using LineOfEllipses = Tensor<wm::Line, wm::Ellipse>;
static_assert(LineOfEllipses::size == 6 && LineOfEllipses::degree == 1);
static_assert(std::is_same_v<LineOfEllipses::Topology, wm::Product<Interval, S1>>);
// Kronecker products at compile time: entry (1, 4) is G_line(0, 1) G_ellipse(1, 1).
static_assert(LineOfEllipses{}.gram(0, 0) == 1.0 / 3 && LineOfEllipses{}.gram(1, 4) == 1.0 / 6 * 0.5);
static_assert(LineOfEllipses{}.gram(1, 5) == 0);
static_assert(LineOfEllipses{}.constant(0) == 1 && LineOfEllipses{}.constant(3) == 1 &&
              LineOfEllipses{}.constant(4) == 0);

TEST_CASE("all products, with the first factor slowest") {
  using T = LineOfEllipses::Topology;
  auto const s = Interval::at(0.3);
  auto const t = S1::radians(2);
  auto const line = wm::values_at(wm::Line{}, s);
  auto const ellipse = wm::values_at(wm::Ellipse{}, t);
  auto const phi = wm::values_at(LineOfEllipses{}, T::at(s, t));
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      CHECK(phi[3 * i + j] == line[i] * ellipse[j]);
    }
  }
  std::array<double, 12> gradient{};
  LineOfEllipses{}.derivatives(T::at(s, t), gradient);
  // phi_4 = s cos t.
  CHECK(gradient[8] == doctest::Approx(std::cos(2.0)));
  CHECK(gradient[9] == doctest::Approx(-0.3 * std::sin(2.0)));
}

TEST_CASE("the Gram matrix is the Kronecker product, and its inverse that of the inverses") {
  using B = Tensor<Bernstein<Interval, 2>, Legendre<Interval, 1>>;
  auto const a = wm::Metric(Bernstein<Interval, 2>{});
  auto const b = wm::Metric(Legendre<Interval, 1>{});
  auto const both = wm::Metric(B{});
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 6; ++j) {
      CHECK(both.gram()(i, j) == doctest::Approx(a.gram()(i / 2, j / 2) * b.gram()(i % 2, j % 2)).epsilon(1e-14));
      CHECK(std::abs(both.inverse()(i, j) - a.inverse()(i / 2, j / 2) * b.inverse()(i % 2, j % 2)) < 1e-12);
    }
  }
}

TEST_CASE("names") {
  CHECK(LineOfEllipses::name() == "bernstein1*fourier1");
  CHECK(Tensor<wm::Ellipse, SphericalHarmonics<S2, 1>>::name() == "fourier1*harmonics1");
  CHECK(Tensor<wm::Ellipse, wm::Ellipse>::name() == "fourier1");
  CHECK(Tensor<wm::Ellipse, Fourier<S1, 2>>::name() == "fourier1*fourier2");
  CHECK(Tensor<wm::Line, wm::Line>::name() == "bernstein1*bernstein1");
}

namespace {

/// 1 and s - center: a user's basis with state.
struct Centred {
  using Topology = Interval;
  static constexpr int size = 2;
  static constexpr int degree = 1;
  static std::string name() { return "centred"; }
  void values(wm::Point<Interval> const& s, std::span<double> out) const noexcept {
    out[0] = 1;
    out[1] = s[0] - centre;
  }
  void derivatives(wm::Point<Interval> const&, std::span<double> out) const noexcept {
    out[0] = 0;
    out[1] = 1;
  }
  double gram(int i, int j) const noexcept {
    double const first = 0.5 - centre;
    return i + j == 0 ? 1 : i + j == 1 ? first : 1.0 / 12 + first * first;
  }
  double constant(int k) const noexcept { return k == 0 ? 1 : 0; }
  double centre = 0;
};

}  // namespace

TEST_CASE("factors with a state keep it, through copies") {
  Tensor<Centred, wm::Ellipse> const basis(Centred{0.25}, wm::Ellipse{});
  support::check_laws(wm::testing::basis_laws(Centred{0.25}, wm::Seed{1}));
  support::check_laws(wm::testing::basis_laws(basis, wm::Seed{1}));
  auto const copy = basis;
  using T = wm::Product<Interval, S1>;
  auto const phi = wm::values_at(copy, T::at(Interval::at(0.75), S1::radians(0)));
  CHECK(phi == std::array<double, 6>{1, 1, 0, 0.5, 0.5, 0});
  CHECK(copy.gram(3, 3) == doctest::Approx(1.0 / 12 + 1.0 / 16));
}
