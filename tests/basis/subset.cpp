#include <wmanifold/basis/subset.hpp>

#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/total_degree.hpp>
#include <wmanifold/metric/energy.hpp>
#include <wmanifold/testing/basis_laws.hpp>
#include <wmanifold/testing/nested_laws.hpp>
#include <wmanifold/topology/finite.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::Additive, wm::Fourier, wm::Interval, wm::Legendre, wm::Product, wm::S1, wm::S2, wm::SphericalHarmonics,
    wm::Subset, wm::Tensor, wm::Torus, wm::TotalDegree;

namespace {

using Box2 = Product<Interval, Interval>;
using Box3 = Product<Interval, Interval, Interval>;
using Box12 = Product<Interval, Interval, Interval, Interval, Interval, Interval, Interval, Interval, Interval,
                      Interval, Interval, Interval>;
using Mixed = Product<Interval, S1, S2>;
using Lines = Product<wm::RP1, Interval>;
using Attitude = TotalDegree<Product<wm::SO3, Interval>, 2>;
using ByContext = Subset<wm::OneAlone, wm::Constant<wm::Finite<3>>, Fourier<S1, 2>>;

}  // namespace

// C(m + d, d) on knobs, 1 + m d without products; on the torus those with |j_1| + ... + |j_m| <= h.
static_assert(TotalDegree<Box2, 3>::size == 10 && TotalDegree<Box3, 2>::size == 10 && TotalDegree<Box3, 4>::size == 35);
static_assert(TotalDegree<Box12, 2>::size == 91 && TotalDegree<Box12, 3>::size == 455);
static_assert(Additive<Box2, 3>::size == 7 && Additive<Box12, 5>::size == 61);
static_assert(TotalDegree<Torus<2>, 1>::size == 5 && TotalDegree<Torus<2>, 2>::size == 13);
static_assert(TotalDegree<Torus<3>, 2>::size == 25 && Additive<Torus<3>, 2>::size == 13);
static_assert(TotalDegree<Mixed, 1>::size == 1 + 1 + 2 + 3 && Additive<Mixed, 2>::size == 1 + 2 + 4 + 8);
static_assert(std::same_as<TotalDegree<S1, 2>, Fourier<S1, 2>> &&
              std::same_as<Additive<Interval, 2>, Legendre<Interval, 2>>);
// In the order of the tensor product: 1, P_1(t), P_2(t), P_1(s), P_1(s) P_1(t), P_2(s).
static_assert(TotalDegree<Box2, 2>{}.gram(2, 2) == 1.0 / 5 && TotalDegree<Box2, 2>{}.gram(3, 3) == 1.0 / 3);
static_assert(TotalDegree<Box2, 2>{}.gram(4, 4) == 1.0 / 9 && TotalDegree<Box2, 2>{}.gram(4, 5) == 0);
static_assert(wm::GradedBasis<Fourier<S1, 2>> && wm::GradedBasis<wm::Constant<S2>> &&
              !wm::GradedBasis<wm::BSpline<Interval, 1, 3>>);
static_assert(TotalDegree<Lines, 2>::size == 1 + 2 + 2 + 2 + 1 + 1 && wm::GradedBasis<Fourier<wm::RP1, 2>>);
static_assert(Attitude::size == 1 + 9 + 1 + 1);
// With discrete contexts, as with Tensor.
static_assert(wm::DifferentiableBasis<ByContext> && !wm::SmoothTopology<ByContext::Topology>);

TEST_CASE_TEMPLATE("subsets of products keep the laws of a basis", B, TotalDegree<Box2, 0>, TotalDegree<Box2, 1>,
                   TotalDegree<Box2, 3>, TotalDegree<Box3, 2>, Additive<Box3, 3>, TotalDegree<Torus<2>, 2>,
                   Additive<Torus<2>, 2>, TotalDegree<Torus<1>, 2>, TotalDegree<Mixed, 1>, Additive<Mixed, 1>,
                   Subset<wm::TotalAtMost<2>, Legendre<Interval, 2>, Fourier<S1, 1>>,
                   Subset<wm::OneAlone, wm::Constant<S2>, Fourier<S1, 2>>, TotalDegree<Lines, 2>, Additive<Lines, 2>,
                   Attitude, ByContext, Subset<wm::OneAlone, wm::Constant<wm::Finite<3>>>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE_TEMPLATE("a subset has functions of the tensor product, in its order", B, TotalDegree<Box3, 2>,
                   Additive<Box3, 2>, TotalDegree<Torus<2>, 2>, Additive<Torus<2>, 2>, TotalDegree<Mixed, 2>) {
  using Space = typename B::Topology;
  using All =
      std::conditional_t<std::same_as<Space, Box3>, Legendre<Box3, 2>,
                         std::conditional_t<std::same_as<Space, Torus<2>>, Fourier<Torus<2>, 2>,
                                            Tensor<Legendre<Interval, 2>, Fourier<S1, 2>, SphericalHarmonics<S2, 2>>>>;
  wm::Random random(wm::Seed{3});
  for (auto const& s : wm::uniform_points<Space>(10, random)) {
    auto const some = wm::values_at(B{}, s);
    auto const all = wm::values_at(All{}, s);
    auto from = all.begin();
    for (double const value : some) {  // each is found behind the previous one
      from = std::find_if(from, all.end(), [&](double x) { return std::abs(x - value) < 1e-15; });
      REQUIRE(from != all.end());
      ++from;
    }
  }
  support::check_laws(wm::testing::nested_laws(B{}, All{}, wm::Seed{1}));
}

TEST_CASE("orders are raised, subsets are contained in one another") {
  auto const nested = [](auto const& from, auto const& to) {
    support::check_laws(wm::testing::nested_laws(from, to, wm::Seed{1}));
  };
  nested(TotalDegree<Box2, 2>{}, TotalDegree<Box2, 4>{});
  nested(TotalDegree<Torus<2>, 1>{}, TotalDegree<Torus<2>, 3>{});
  nested(Additive<Box3, 2>{}, TotalDegree<Box3, 2>{});
  nested(Additive<Torus<2>, 1>{}, Additive<Torus<2>, 2>{});
  nested(wm::Constant<Mixed>{}, Additive<Mixed, 1>{});
  nested(Tensor<Legendre<Interval, 1>, Legendre<Interval, 1>>{}, TotalDegree<Box2, 2>{});
  CHECK_THROWS_AS((void)wm::change_of_basis(TotalDegree<Box2, 2>{}, Additive<Box2, 2>{}), wm::ArgumentError);
}

TEST_CASE("many knobs: values by hand") {
  using B = TotalDegree<Box12, 2>;
  wm::Random random(wm::Seed{1});
  auto const s = wm::uniform_point<Box12>(random);
  auto const phi = wm::values_at(B{}, s);
  auto const p1 = [&](std::size_t i) { return 2 * s[i] - 1; };
  CHECK(phi[0] == 1);
  CHECK(phi[1] == doctest::Approx(p1(11)));
  CHECK(phi[2] == doctest::Approx((3 * p1(11) * p1(11) - 1) / 2));
  CHECK(phi[3] == doctest::Approx(p1(10)));
  CHECK(phi[4] == doctest::Approx(p1(10) * p1(11)));
  CHECK(phi[90] == doctest::Approx((3 * p1(0) * p1(0) - 1) / 2));
}

TEST_CASE("names give the rule and the product") {
  CHECK(TotalDegree<Box2, 2>::name() == "total2(legendre2*legendre2)");
  CHECK(TotalDegree<Torus<3>, 2>::name() == "total2(fourier2)");
  CHECK(Additive<Product<Interval, S1>, 3>::name() == "additive(legendre3*fourier3)");
}
