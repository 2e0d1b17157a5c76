#include <wmanifold/manifold/warp.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;

TEST_CASE("a warp of equal numbers bends nothing") {
  wm::Warp<5> const warp(std::array<double, 5>{3, 3, 3, 3, 3});
  for (double s = 0; s <= 1; s += 0.0625) {
    CHECK(warp(s).u == doctest::Approx(s).epsilon(1e-15));
    CHECK(warp(s).slope == doctest::Approx(1).epsilon(1e-14));
  }
}

TEST_CASE("a warp keeps the ends and the order, and knows its derivatives") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    auto theta = support::normals<double>(4, seed);
    wm::Warp<4> const warp(theta);
    CHECK(warp(0).u == 0);
    CHECK(warp(1).u == doctest::Approx(1).epsilon(1e-15));
    for (double s = 0.0625; s < 1; s += 0.0625) {
      auto const here = warp(s);
      CHECK(here.slope > 0);
      double const h = 1e-6;
      CHECK(here.slope == doctest::Approx((warp(s + h).u - warp(s - h).u) / (2 * h)).epsilon(1e-8));
      double sum = 0;
      for (std::size_t j = 0; j < 4; ++j) {
        double const at = theta[j];
        theta[j] = at + h;
        double const above = wm::Warp<4>(theta)(s).u;
        theta[j] = at - h;
        double const below = wm::Warp<4>(theta)(s).u;
        theta[j] = at;
        CHECK(here.in_theta[j] == doctest::Approx((above - below) / (2 * h)).epsilon(1e-8));
        sum += here.in_theta[j];
      }
      CHECK(std::abs(sum) < 1e-15);  // softmax does not see a constant
    }
  }
}
