#include <wmanifold/metric/frame_derivatives.hpp>

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/hyperspherical_harmonics.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/topology/sampling.hpp>

#include "support/doctest.hpp"

namespace wm = wmanifold;

TEST_CASE_TEMPLATE("slopes along the frame equal those along geodesics", B, wm::Ellipse,
                   wm::SphericalHarmonics<wm::S2, 2>, wm::HypersphericalHarmonics<wm::SO3, 2>,
                   wm::Tensor<wm::Ellipse, wm::SphericalHarmonics<wm::S2, 1>>) {
  using Space = typename B::Topology;
  constexpr double h = 1e-4;
  B const basis;
  wm::Random random{wm::Seed{1}};
  for (auto const& s : wm::uniform_points<Space>(10, random)) {
    wm::SmallMatrix const slopes = wm::frame_derivatives(basis, s);
    REQUIRE(slopes.rows() == B::size);
    REQUIRE(slopes.cols() == Space::dimension);
    auto const frame = wm::tangent_frame(s);
    for (std::size_t d = 0; d < frame.size(); ++d) {
      auto const at = [&](double step) {
        auto v = frame[d];
        for (double& x : v) {
          x *= step;
        }
        return wm::values_at(basis, Space::exp(s, v));
      };
      auto const ahead = at(h);
      auto const behind = at(-h);
      for (std::size_t k = 0; k < ahead.size(); ++k) {
        CHECK(std::abs(slopes(static_cast<wm::Index>(k), static_cast<wm::Index>(d)) -
                       (ahead[k] - behind[k]) / (2 * h)) < 1e-6);
      }
    }
  }
}
