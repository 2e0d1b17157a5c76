#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/metric/change.hpp>
#include <wmanifold/metric/energy.hpp>
#include <wmanifold/metric/metric.hpp>
#include <wmanifold/testing/basis_laws.hpp>

#include "support/laws.hpp"

#include <numeric>

namespace wm = wmanifold;
using wm::CatmullRom, wm::Fourier, wm::S1, wm::Tensor, wm::Torus;

static_assert(CatmullRom<S1, 4>::size == 4 && CatmullRom<S1, 3>::support == 3 && CatmullRom<S1, 9>::support == 4);
static_assert(CatmullRom<Torus<2>, 5>::size == 25 && CatmullRom<Torus<2>, 5>::support == 16);
static_assert(wm::PiecewiseBasis<CatmullRom<S1, 4>> && wm::PiecewiseBasis<CatmullRom<Torus<2>, 4>>);
static_assert(wm::PiecewiseBasis<Tensor<Fourier<S1, 1>, CatmullRom<S1, 4>>>);
static_assert(!wm::PiecewiseBasis<Fourier<Torus<2>, 1>>);

namespace {

constexpr double turn = 2 * std::numbers::pi;

/// The curve through p_0, ..., p_(n-1) by Hermite's form: from p_i to p_(i+1) with the slopes
/// (p_(i+1) - p_(i-1)) / 2 and (p_(i+2) - p_i) / 2.
double hermite(std::vector<double> const& p, double t) {
  auto const n = static_cast<int>(p.size());
  int const i = static_cast<int>(std::floor(t / turn * n));
  double const x = t / turn * n - i;
  auto const at = [&](int j) { return p[static_cast<std::size_t>(((j % n) + n) % n)]; };
  double const from = (at(i + 1) - at(i - 1)) / 2;
  double const to = (at(i + 2) - at(i)) / 2;
  double const x2 = x * x;
  double const x3 = x2 * x;
  return (2 * x3 - 3 * x2 + 1) * at(i) + (x3 - 2 * x2 + x) * from + (-2 * x3 + 3 * x2) * at(i + 1) + (x3 - x2) * to;
}

}  // namespace

TEST_CASE_TEMPLATE("closed Catmull-Rom splines keep the laws of a basis", B, CatmullRom<S1, 3>, CatmullRom<S1, 4>,
                   CatmullRom<S1, 5>, CatmullRom<S1, 8>, CatmullRom<S1, 13>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE_TEMPLATE("products of Catmull-Rom splines, with other bases too, keep the laws of a basis", B,
                   CatmullRom<Torus<1>, 4>, CatmullRom<Torus<2>, 4>, Tensor<Fourier<S1, 2>, CatmullRom<S1, 5>>,
                   Tensor<CatmullRom<S1, 3>, Fourier<S1, 1>>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE_TEMPLATE("values are those of Hermite's form", B, CatmullRom<S1, 3>, CatmullRom<S1, 4>, CatmullRom<S1, 7>) {
  for (int k = 0; k < B::size; ++k) {
    std::vector<double> unit(static_cast<std::size_t>(B::size));
    unit[static_cast<std::size_t>(k)] = 1;
    for (double t = 0; t < turn; t += 0.0137) {
      CHECK(std::abs(wm::values_at(B{}, S1::radians(t))[static_cast<std::size_t>(k)] - hermite(unit, t)) < 1e-14);
    }
  }
}

TEST_CASE_TEMPLATE("at a control point its own value is 1 and the others are 0", B, CatmullRom<S1, 3>,
                   CatmullRom<S1, 4>, CatmullRom<S1, 7>, CatmullRom<S1, 8>) {
  for (int i = 0; i < B::size; ++i) {
    auto const phi = wm::values_at(B{}, S1::radians(turn * i / B::size));
    for (int k = 0; k < B::size; ++k) {
      CHECK(std::abs(phi[static_cast<std::size_t>(k)] - (k == i ? 1 : 0)) < 4e-15);
    }
  }
}

TEST_CASE_TEMPLATE("values sum to 1, and the seam is like any other place", B, CatmullRom<S1, 3>, CatmullRom<S1, 4>,
                   CatmullRom<S1, 11>) {
  for (double t = 0; t < turn; t += 0.01) {
    auto const phi = wm::values_at(B{}, S1::radians(t));
    CHECK(std::abs(std::accumulate(phi.begin(), phi.end(), -1.0)) < 1e-15);
  }
  auto const start = wm::values_at(B{}, S1::radians(0));
  for (double const before : {std::nextafter(turn, 0.0), turn - 1e-12, -1e-17, -1e-15}) {
    auto const end = wm::values_at(B{}, S1::radians(before));
    for (std::size_t k = 0; k < end.size(); ++k) {
      CHECK(std::abs(end[k] - start[k]) < 1e-11);
    }
  }
}

TEST_CASE("slopes are continuous at control points, and the next derivative is not") {
  using B = CatmullRom<S1, 4>;
  auto const slope = [](double t) {
    std::array<double, 4> out{};
    B{}.derivatives(S1::radians(t), out);
    return out;
  };
  auto const before = slope(turn / 4 - 1e-6);
  auto const here = slope(turn / 4);
  auto const behind = slope(turn / 4 + 1e-6);
  CHECK(std::abs(before[1] - behind[1]) < 1e-5);
  CHECK(here[0] == doctest::Approx(-0.5 * 4 / turn));
  CHECK(here[2] == doctest::Approx(0.5 * 4 / turn));
  CHECK(std::abs((behind[0] - here[0]) / 1e-6 - (here[0] - before[0]) / 1e-6) > 0.1);
}

TEST_CASE("the Gram matrix is circulant, its entries sum to 1, and it is known while compiling") {
  using B = CatmullRom<S1, 6>;
  static_assert(B::gram(0, 1) == B::gram(5, 0) && B::gram(2, 5) == B::gram(0, 3) && B::gram(0, 4) == B::gram(0, 2));
  wm::SmallMatrix const gram = wm::gram_matrix(B{});
  CHECK(gram.sum() == doctest::Approx(1).epsilon(1e-15));
  // By hand: the squares of the inner pieces integrate to 17 / 42, those of the outer ones to 1 / 420.
  CHECK(gram(0, 0) == doctest::Approx(2 * (17.0 / 42 + 1.0 / 420) / 6).epsilon(1e-15));
  wm::SmallMatrix const by_quadrature = [] {
    auto const [nodes, weights] = wm::quadrature_of(B{}, 6);
    wm::SmallMatrix sum = wm::SmallMatrix::Zero(6, 6);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      auto const phi = wm::values_at(B{}, nodes[i]);
      Eigen::Map<Eigen::VectorXd const> const v(phi.data(), 6);
      sum += weights[i] * v * v.transpose();
    }
    return sum;
  }();
  CHECK((gram - by_quadrature).cwiseAbs().maxCoeff() < 1e-16);
}

TEST_CASE("the topology's own rule is not exact for pieces, the basis's rule is") {
  using B = CatmullRom<S1, 4>;
  auto const error = [](wm::Quadrature<S1> const& rule) {
    double sum = 0;
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
      sum += rule.weights[i] * std::pow(wm::values_at(B{}, rule.nodes[i])[0], 2);
    }
    return std::abs(sum - B::gram(0, 0));
  };
  CHECK(error(S1::quadrature(6)) > 1e-5);
  CHECK(error(wm::quadrature_of(B{}, 6)) < 1e-16);
  CHECK(wm::quadrature_of(wm::Ellipse{}, 2).nodes.size() == 3);
}

TEST_CASE("the energy of a spline is the mean square of its slope") {
  using B = CatmullRom<S1, 5>;
  wm::SmallMatrix const energy = wm::energy_matrix(B{});
  std::vector<double> const p{0.3, -1, 2, 0.5, -0.7};
  double mean = 0;
  int const steps = 200'000;
  for (int i = 0; i < steps; ++i) {
    double const t = turn * (i + 0.5) / steps;
    mean += std::pow((hermite(p, t + 1e-6) - hermite(p, t - 1e-6)) / 2e-6, 2) / steps;
  }
  Eigen::Map<Eigen::VectorXd const> const v(p.data(), 5);
  CHECK(v.dot(energy * v) == doctest::Approx(mean).epsilon(1e-7));
}

TEST_CASE("changes of basis: constants and networks are lifted; Fourier series and other splines are refused") {
  auto const lift = wm::change_of_basis(wm::Constant<S1>{}, CatmullRom<S1, 4>{});
  CHECK((lift.array() - 1).abs().maxCoeff() < 1e-14);
  wm::SmallMatrix const same = wm::change_of_basis(CatmullRom<S1, 5>{}, CatmullRom<S1, 5>{});
  CHECK((same - wm::SmallMatrix::Identity(5, 5)).cwiseAbs().maxCoeff() < 1e-13);
  auto const refuses = [](auto const& from, auto const& to) {
    CHECK_THROWS_WITH_AS((void)wm::change_of_basis(from, to), doctest::Contains("expected a basis that contains"),
                         wm::ArgumentError);
  };
  refuses(wm::Ellipse{}, CatmullRom<S1, 4>{});
  refuses(CatmullRom<S1, 4>{}, Fourier<S1, 12>{});
  refuses(CatmullRom<S1, 4>{}, CatmullRom<S1, 8>{});
  refuses(CatmullRom<S1, 40>{}, CatmullRom<S1, 4>{});
}
