#include <wmanifold/basis/laplacian_eigenvectors.hpp>

#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/metric/change.hpp>
#include <wmanifold/testing/basis_laws.hpp>
#include <wmanifold/testing/nested_laws.hpp>

#include "support/laws.hpp"

#include <numbers>

namespace wm = wmanifold;
using wm::Finite, wm::LaplacianEigenvectors;

using Days = Finite<7, wm::cycle_graph<7>()>;
using Sizes = Finite<5, wm::path_graph<5>()>;
using Rooms = Finite<6, wm::grid_graph<2, 3>()>;
using Star = Finite<4, wm::graph_of<4>({{0, 1}, {0, 2}, {0, 3}})>;
using Tree = Finite<4, wm::graph_of<4>({{0, 1}, {0, 2, 0.5}, {3, 2, 2.25}})>;

namespace {

constexpr double pi = std::numbers::pi;

/// Returns the eigenvalues: the Laplacian of each function over its value, the same at all nodes.
template <class Space, int k>
std::vector<double> eigenvalues() {
  LaplacianEigenvectors<Space, k> const basis;
  std::vector<double> values;
  for (std::size_t f = 0; f < k; ++f) {
    auto const at = [&](int i) { return wm::values_at(basis, Space::at(i))[f]; };
    double quotient = 0;
    std::vector<double> laplacian;
    for (int i = 0; i < Space::size; ++i) {
      double sum = 0;
      for (int j = 0; j < Space::size; ++j) {
        sum += Space::weights.weight(i, j) * (at(i) - at(j));
      }
      laplacian.push_back(sum);
      quotient += at(i) * sum / Space::size;
    }
    for (int i = 0; i < Space::size; ++i) {
      CHECK(std::abs(laplacian[static_cast<std::size_t>(i)] - quotient * at(i)) < 1e-13);
    }
    values.push_back(quotient);
  }
  CHECK(std::is_sorted(values.begin(), values.end(), [](double a, double b) { return a < b - 1e-12; }));
  return values;
}

}  // namespace

TEST_CASE_TEMPLATE("eigenvectors of a graph keep the laws of a basis", B, LaplacianEigenvectors<Days, 1>,
                   LaplacianEigenvectors<Days, 3>, LaplacianEigenvectors<Days, 7>, LaplacianEigenvectors<Sizes, 3>,
                   LaplacianEigenvectors<Rooms, 6>, LaplacianEigenvectors<Tree, 4>, LaplacianEigenvectors<Star, 4>,
                   LaplacianEigenvectors<Finite<9>, 9>, LaplacianEigenvectors<Finite<1>, 1>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE("they are eigenvectors, the smoothest first") {
  auto const path = eigenvalues<Sizes, 5>();
  auto const cycle = eigenvalues<Days, 7>();
  auto const complete = eigenvalues<Finite<9>, 9>();
  static_cast<void>(eigenvalues<Rooms, 6>());
  static_cast<void>(eigenvalues<Tree, 4>());
  for (std::size_t f = 0; f < 5; ++f) {
    CHECK(std::abs(path[f] - (2 - 2 * std::cos(pi * static_cast<double>(f) / 5))) < 1e-13);
  }
  for (std::size_t f = 0; f < 7; ++f) {
    CHECK(std::abs(cycle[f] - (2 - 2 * std::cos(2 * pi * static_cast<double>((f + 1) / 2) / 7))) < 1e-13);
  }
  CHECK(std::abs(complete[8] - 9) < 1e-12);
}

TEST_CASE("on a cycle they are harmonics, on a path cosines") {
  CHECK(LaplacianEigenvectors<Days, 5>::name() == "laplacian5");
  LaplacianEigenvectors<Days, 5> const days;
  LaplacianEigenvectors<Sizes, 3> const sizes;
  double const root2 = std::sqrt(2.0);
  for (int i = 0; i < 7; ++i) {
    auto const phi = wm::values_at(days, Days::at(i));
    for (int h = 1; h <= 2; ++h) {
      auto const at = static_cast<std::size_t>(2 * h);
      CHECK(std::abs(phi[at - 1] - root2 * std::cos(2 * pi * h * i / 7)) < 1e-13);
      CHECK(std::abs(phi[at] - root2 * std::sin(2 * pi * h * i / 7)) < 1e-13);
    }
  }
  for (int i = 0; i < 5; ++i) {
    CHECK(std::abs(wm::values_at(sizes, Sizes::at(i))[1] - root2 * std::cos(pi * (i + 0.5) / 5)) < 1e-13);
  }
}

TEST_CASE("on a star, functions of one eigenvalue that vanish at the centre differ at the leaves") {
  LaplacianEigenvectors<Star, 4> const basis;
  double const one = std::sqrt(2.0 / 3);
  double const expected[4][2] = {{0, 0}, {2 * one, 0}, {-one, std::sqrt(2.0)}, {-one, -std::sqrt(2.0)}};
  for (int i = 0; i < 4; ++i) {
    auto const phi = wm::values_at(basis, Star::at(i));
    CHECK(std::abs(phi[1] - expected[i][0]) < 1e-13);
    CHECK(std::abs(phi[2] - expected[i][1]) < 1e-13);
  }
}

TEST_CASE("all of them equal a network per context, fewer contain the constant and less") {
  support::check_laws(
      wm::testing::nested_laws(LaplacianEigenvectors<Days, 3>{}, LaplacianEigenvectors<Days, 5>{}, wm::Seed{2}));
  support::check_laws(
      wm::testing::nested_laws(wm::OnePerContext<Rooms>{}, LaplacianEigenvectors<Rooms, 6>{}, wm::Seed{2}));
  support::check_laws(
      wm::testing::nested_laws(LaplacianEigenvectors<Tree, 2>{}, wm::OnePerContext<Tree>{}, wm::Seed{2}));
  support::check_laws(wm::testing::nested_laws(wm::Constant<Tree>{}, LaplacianEigenvectors<Tree, 2>{}, wm::Seed{2}));
}

TEST_CASE("a nearly disconnected graph is refused") {
  constexpr auto torn = wm::graph_of<4>({{0, 1}, {1, 2, 1e-12}, {2, 3}});
  using Torn = LaplacianEigenvectors<Finite<4, torn>, 2>;
  CHECK_THROWS_WITH_AS(Torn{}, doctest::Contains("laplacian: expected a graph of weights of similar size"),
                       wm::ArgumentError);
}
