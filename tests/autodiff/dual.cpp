#include <wmanifold/autodiff/dual.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;

TEST_CASE("a dual carries the gradient in several directions at once") {
  using D = wm::Dual<double, 3>;
  auto const x = D::variable(2, 0);
  auto const y = D::variable(3, 1);
  auto const z = D::variable(5, 2);
  auto const f = x * y / z + 4 * x;
  CHECK(f.value == doctest::Approx(2 * 3 / 5.0 + 8));
  CHECK(f.derivatives[0] == doctest::Approx(3 / 5.0 + 4));
  CHECK(f.derivatives[1] == doctest::Approx(2 / 5.0));
  CHECK(f.derivatives[2] == doctest::Approx(-6 / 25.0));
}

TEST_CASE("a constant has no derivatives, and comparisons look at values") {
  using D = wm::Dual<float>;
  D const c = 3;
  CHECK(c.derivatives[0] == 0);
  CHECK(c == D::variable(3));
  CHECK(c < D::variable(4));
  CHECK(c >= 3.0F);
}

TEST_CASE("duals work at compile time") {
  constexpr auto square = [](auto x) { return x * x; };
  static_assert(square(wm::Dual<double>::variable(3)).derivatives[0] == 6);
  CHECK(true);
}
