#include <wmanifold/manifold/custom_jacobian.hpp>

#include <wmanifold/topology/interval.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

/// A manifold on the interval that is not linear in its parameters.
auto const curved = [](auto const& s, auto const& p, auto const& to) {
  using std::exp, std::sin, std::tanh;
  for (int o = 0; o < 2; ++o) {
    for (int i = 0; i < 3; ++i) {
      to.weight(0, o, i) = tanh(p[static_cast<std::size_t>(3 * o + i)] + s[0] * p[6]) * exp(p[7] * s[0]);
    }
    to.bias(0, o) = sin(p[static_cast<std::size_t>(o)] * p[6]);
  }
};

auto model_at(std::vector<double> const& parameters) {
  return wm::custom_manifold<double, wm::Interval>(curved, parameters, {}, wm::Dense<3, 2>{});
}

}  // namespace

TEST_CASE("a custom manifold's Jacobian is the derivative of its weights, and its transpose the same numbers") {
  auto parameters = support::normals<double>(8, 1);
  auto const model = model_at(parameters);
  wm::detail::CustomJacobian jacobian(model);
  REQUIRE(jacobian.nodes() > 1);
  double share = 0;
  for (std::size_t node = 0; node < jacobian.nodes(); ++node) {
    CAPTURE(node);
    share += jacobian.share(node);
    auto const weights = jacobian.weights(node);
    REQUIRE(weights.size() == 8);
    wm::SmallMatrix const j = jacobian.matrix(node);
    REQUIRE(j.rows() == 8);
    REQUIRE(j.cols() == 8);
    for (Index n = 0; n < 8; ++n) {
      double& x = parameters[static_cast<std::size_t>(n)];
      double const at = x;
      constexpr double h = 1e-5;
      x = at + h;
      auto const above = wm::detail::CustomJacobian(model_at(parameters)).weights(node);
      x = at - h;
      auto const below = wm::detail::CustomJacobian(model_at(parameters)).weights(node);
      x = at;
      for (Index w = 0; w < 8; ++w) {
        auto const i = static_cast<std::size_t>(w);
        CHECK(j(w, n) == doctest::Approx((above[i] - below[i]) / (2 * h)).epsilon(1e-7).scale(1));
      }
    }
    auto const step = support::normals<double>(8, 2);
    auto const change = support::normals<double>(8, 3);
    auto const pushed = jacobian.push(node, step);
    auto const pulled = jacobian.pull(node, change);
    for (Index n = 0; n < 8; ++n) {
      double along = 0;
      double back = 0;
      for (Index m = 0; m < 8; ++m) {
        along += j(n, m) * step[static_cast<std::size_t>(m)];
        back += j(m, n) * change[static_cast<std::size_t>(m)];
      }
      CHECK(pushed[static_cast<std::size_t>(n)] == doctest::Approx(along).epsilon(1e-12).scale(1));
      CHECK(pulled[static_cast<std::size_t>(n)] == doctest::Approx(back).epsilon(1e-12).scale(1));
    }
  }
  CHECK(share == doctest::Approx(1).epsilon(1e-12));
}
