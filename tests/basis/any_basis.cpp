#include <wmanifold/basis/any_basis.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/basis/total_degree.hpp>
#include <wmanifold/metric/orthonormal.hpp>
#include <wmanifold/topology/sampling.hpp>
#include <wmanifold/topology/torus.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;

namespace {

/// Checks that the basis of that name has the values of this one at random points.
template <wm::Basis B>
void agrees(B const& basis = {}) {
  using Space = typename B::Topology;
  wm::AnyBasis const any(Space::name(), B::name(), wm::state_of(basis));
  CAPTURE(any.topology());
  CAPTURE(any.name());
  REQUIRE(any.size() == B::size);
  REQUIRE(any.coordinates() == Space::coordinates);
  wm::Random random(wm::Seed{1});
  std::vector<double> values(static_cast<std::size_t>(B::size));
  for (auto const& s : wm::uniform_points<Space>(20, random)) {
    any.values(s.coordinates(), values);
    auto const expected = wm::values_at(basis, s);
    for (std::size_t k = 0; k < values.size(); ++k) {
      CHECK(std::abs(values[k] - expected[k]) <= 1e-14 * std::max(1.0, std::abs(expected[k])));
    }
  }
}

}  // namespace

TEST_CASE("a basis by name has the values of the type with that name") {
  agrees<wm::Constant<>>();
  agrees<wm::Constant<wm::S2>>();
  agrees<wm::Ellipse>();
  agrees<wm::Fourier<wm::S1, 7>>();
  agrees<wm::CatmullRom<wm::S1, 3>>();
  agrees<wm::CatmullRom<wm::S1, 32>>();
  agrees<wm::Bernstein<wm::Interval, 12>>();
  agrees<wm::Legendre<wm::Interval, 0>>();
  agrees<wm::SphericalHarmonics<wm::S2, 6>>();
  agrees<wm::Fourier<wm::Torus<3>, 1>>();
  agrees<wm::Fourier<wm::Torus<1>, 2>>();
  agrees<wm::Tensor<wm::Fourier<wm::S1, 1>, wm::Fourier<wm::S1, 2>>>();
  agrees<wm::Tensor<wm::Bernstein<wm::Interval, 1>, wm::Ellipse, wm::SphericalHarmonics<wm::S2, 2>>>();
  agrees<wm::Tensor<wm::Fourier<wm::Torus<2>, 1>, wm::Legendre<wm::Interval, 2>>>();
  agrees<wm::Legendre<wm::Product<wm::Interval, wm::Interval>, 2>>();
  agrees<wm::Fourier<wm::RP1, 2>>();
  agrees<wm::HypersphericalHarmonics<wm::SO3, 2>>();
  agrees<wm::BernsteinBezier<wm::Simplex<2>, 2>>();
  agrees<wm::BernsteinBezier<wm::Simplex<3>, 3>>();
  agrees<wm::Constant<wm::Simplex<3>>>();
}

TEST_CASE("the same on discrete contexts, with the graph in the name of the topology") {
  constexpr auto path = wm::path_graph<5>();
  constexpr auto odd = wm::graph_of<4>({{0, 1}, {0, 2, 0.1}, {3, 2, 1e-3}, {0, 3, 2.25e+2}});
  agrees<wm::OnePerContext<wm::Finite<3>>>();
  agrees<wm::Constant<wm::Finite<3, wm::path_graph<3>()>>>();
  agrees<wm::LaplacianEigenvectors<wm::Finite<5, path>, 3>>();
  agrees<wm::LaplacianEigenvectors<wm::Finite<8>, 8>>();
  agrees<wm::LaplacianEigenvectors<wm::Finite<4, odd>, 2>>();
  agrees<wm::Tensor<wm::LaplacianEigenvectors<wm::Finite<6, wm::cycle_graph<6>()>, 3>, wm::Ellipse>>();
  wm::AnyBasis const basis("finite3*s1", "one_per_context*fourier1");
  std::vector<double> values(9);
  CHECK_THROWS_WITH_AS(basis.values(std::array{1.5, 0.0}, values),
                       "wmanifold: finite3: expected a whole number in [0, 2], got 1.5", wm::ArgumentError);
}

TEST_CASE("the same for splines, uniform ones and with knots of their own") {
  using Chain = wm::PolygonalChain<wm::Interval, 3>;
  using Closed = wm::PeriodicBSpline<wm::S1, 2, 4>;
  std::vector<double> const knots{0, 0, 0.25, 1, 1};
  std::vector<double> const angles{1, 2, 2, 5};
  agrees<wm::BSpline<wm::Interval, 3, 8>>();
  agrees<wm::PeriodicBSpline<wm::Torus<2>, 3, 5>>();
  agrees<wm::Tensor<Chain, wm::Ellipse>>();
  agrees(Chain(knots));
  agrees(Closed(angles));
  agrees(wm::Tensor<Chain, Chain>(Chain(knots), Chain{}));
  agrees(wm::Tensor<wm::Ellipse, Closed, Chain>(wm::Ellipse{}, Closed(angles), Chain(knots)));
  agrees(wm::Tensor<wm::Tensor<Closed, Closed>, Chain>(wm::Tensor<Closed, Closed>(Closed{}, Closed(angles)), Chain{}));
  agrees(wm::Tensor<Chain>(Chain(knots)));
  CHECK(wm::AnyBasis("interval", "bspline1_3", knots) == wm::AnyBasis("interval", "bspline1_3", knots));
  CHECK(!(wm::AnyBasis("interval", "bspline1_3", knots) == wm::AnyBasis("interval", "bspline1_3")));
}

TEST_CASE("the same for parts of products") {
  using Box = wm::Product<wm::Interval, wm::Interval, wm::Interval>;
  agrees<wm::TotalDegree<Box, 3>>();
  agrees<wm::TotalDegree<Box, 0>>();
  agrees<wm::Additive<Box, 2>>();
  agrees<wm::TotalDegree<wm::Torus<2>, 3>>();
  agrees<wm::Additive<wm::Torus<3>, 2>>();
  agrees<wm::TotalDegree<wm::Product<wm::Interval, wm::S1, wm::S2>, 2>>();
  agrees<wm::Subset<wm::TotalAtMost<2>, wm::Legendre<wm::Interval, 1>, wm::Constant<wm::S2>>>();
  agrees<wm::TotalDegree<wm::Product<wm::RP1, wm::Interval>, 2>>();
  using Path = wm::Finite<3, wm::path_graph<3>()>;
  agrees<wm::Subset<wm::OneAlone, wm::Constant<Path>, wm::Fourier<wm::S1, 2>, wm::Legendre<wm::Interval, 1>>>();
}

TEST_CASE("a state of another basis is refused") {
  auto const refuses = [](char const* topology, char const* basis, std::vector<double> const& state, char const* what) {
    CHECK_THROWS_WITH_AS(wm::AnyBasis(topology, basis, state), doctest::Contains(what), wm::ArgumentError);
  };
  refuses("s1", "fourier1", {1}, "expected the knots of 'fourier1'");
  refuses("finite3[0-1,1-2]", "one_per_context", {1}, "expected the knots of 'one_per_context'");
  refuses("interval", "bspline1_3", {0, 0, 2, 1, 1}, "knots in [0, 1], got 2");
  refuses("interval", "bspline1_3", {0, 0, 1e-310, 1, 1},
          "equal or at least 1e-05 apart, got 1e-310 between knots 1 and 2");
  refuses("s1", "bspline2_3", {0, 1, 6.283185}, "got 3.07179587e-07 between knots 2 and 0");
  refuses("interval", "bspline1_3", {0, 0, 1, 1}, "expected 5 knots, got 4");
  refuses("interval*interval", "bspline1_3*bspline1_3", {5, 0, 0, 0.25, 1, 1, 0, 7}, "got 8 other numbers");
  refuses("interval*interval", "bspline1_3*bspline1_3", {7, 0, 0, 0.25, 1, 1, 0}, "got 7 other numbers");
  refuses("interval*interval", "bspline1_3*bspline1_3", {0.5}, "got 1 other numbers");
  refuses("interval*interval", "bspline1_3*bspline1_3", {std::nan("")}, "got 1 other numbers");
}

TEST_CASE("points are accepted and refused as by their topology") {
  wm::AnyBasis const basis("interval*s1", "bernstein1*fourier1");
  std::vector<double> values(6, -7.0);
  std::vector<double> same(6);
  basis.values(std::array{0.25, 1.0}, values);
  basis.values(std::array{0.25, 1.0 + 2 * std::numbers::pi}, same);
  for (std::size_t k = 0; k < 6; ++k) {
    CHECK(values[k] == doctest::Approx(same[k]).epsilon(1e-14));
  }
  auto const before = values;
  CHECK_THROWS_WITH_AS(basis.values(std::array{1.25, 1.0}, values), doctest::Contains("1.25"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(basis.values(std::array{0.5}, values), doctest::Contains("expected 2 coordinates, got 1"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(basis.values(std::array{0.5, 0.5}, std::span(values).first(5)),
                       doctest::Contains("expected 6 values, got 5"), wm::ArgumentError);
  CHECK(values == before);
}

TEST_CASE("unknown names and names that do not fit together are refused") {
  auto const refuses = [](char const* topology, char const* basis) {
    CAPTURE(topology);
    CAPTURE(basis);
    CHECK_THROWS_WITH_AS(wm::AnyBasis(topology, basis),
                         doctest::Contains("expected a known topology and basis, such as"), wm::ArgumentError);
  };
  refuses("", "");
  refuses("s1", "");
  refuses("s1", "bernstein1");
  refuses("s1", "fourier");
  refuses("s1", "fourier01");
  refuses("s1", "fourier1000000000000");
  refuses("s1", "fourier1*fourier1");
  refuses("interval*s1", "fourier1*bernstein1");
  refuses("interval*s1", "bernstein1");
  refuses("t2", "fourier1*fourier1*fourier1");
  refuses("t", "fourier1");
  refuses("t0", "fourier1");
  refuses("t-1", "fourier1");
  refuses("t2x", "fourier1");
  refuses("t999", "fourier1");
  refuses("*", "*");
  refuses("simplex2", "bernstein2");
  refuses("so3", "hyperspherical1");
  for (char const* space : {"finite", "finite0", "finite-3", "finite257", "finite99999999999", "finite3x", "finite3[",
                            "finite3[]", "finite3[0-1]", "finite3[0-1,1-3]", "finite3[0-1,1-1]", "finite3[0-1,1-2",
                            "finite3[0-1,1-2:0]", "finite3[0-1,1-2:-1]", "finite3[0-1,1-2:inf]", "finite3[0-1,1-2:1:1]",
                            "finite3[0-1-2]", "finite3[0-1,1-2]]", "finite3[0-1, 1-2]"}) {
    refuses(space, "one_per_context");
  }
  refuses("finite3", "laplacian0");
  refuses("finite3", "laplacian4");
  refuses("finite3", "laplacian");
  refuses("finite3", "laplacian02");
  refuses("finite03", "laplacian2");
  refuses("finite3", "fourier1");
  refuses("interval", "bspline3");
  refuses("interval", "bspline3_3");
  refuses("interval", "bspline0_3");
  refuses("interval", "bspline10_20");
  refuses("interval", "bspline3_257");
  refuses("interval", "bspline03_8");
  refuses("interval", "bspline3_8 ");
  refuses("interval", "bspline_");
  refuses("s2", "bspline3_8");
  refuses("t2", "total2(fourier2");
  refuses("t2", "total(fourier2)");
  refuses("t2", "total-1(fourier2)");
  refuses("t2", "total-0(fourier2)");
  refuses("t2*interval", "total2(fourier2)*legendre2");
  refuses("t2*t2", "total2(fourier2)*total2(fourier2)");
  refuses("interval*s1*interval", "total2(legendre2*fourier2)*legendre2");
  refuses("t2", "additive2(fourier2)");
  refuses("t2", "(fourier2)");
  refuses("t2", "total2(total2(fourier2))");
  refuses("interval*interval", "total2(bernstein2*bernstein2)");
  refuses("t64", "total32(fourier32)");
  refuses("finite3*s1", "total2(one_per_context*fourier2)");
  refuses("finite3[0-1,1-2]*s1", "additive(laplacian2*fourier2)");
  refuses("interval", wm::Orthonormal<wm::Line>::name().c_str());
  refuses("s2*s2*s2*s2", "harmonics12*harmonics12*harmonics12*harmonics12");
  refuses("t64*interval", "additive(fourier1*legendre1)");  // 65 coordinates
  CHECK(wm::AnyBasis("t64", "additive(fourier1)").size() == 129);
}
