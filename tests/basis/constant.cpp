#include <wmanifold/basis/constant.hpp>
#include <wmanifold/testing/basis_laws.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/torus.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;

TEST_CASE_TEMPLATE("the constant keeps the laws of a basis on every topology", T, wm::OnePoint, wm::Interval, wm::S1,
                   wm::S2, wm::Torus<2>, wm::Torus<3>, wm::Product<wm::S1, wm::S2>,
                   wm::Product<wm::Torus<2>, wm::Interval>) {
  support::check_laws(wm::testing::basis_laws(wm::Constant<T>{}, wm::Seed{1}));
}

TEST_CASE("one function, of mean square 1") {
  static_assert(wm::Constant<>::size == 1 && wm::Constant<>::gram(0, 0) == 1 && wm::Constant<>::constant(0) == 1);
  CHECK(wm::Constant<wm::S2>::name() == "constant");
}
