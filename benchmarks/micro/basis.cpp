// Times the values and derivatives of bases at a point, and their Gram matrices.

#include "micro.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bernstein_bezier.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/hyperspherical_harmonics.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/sampling.hpp>
#include <wmanifold/topology/simplex.hpp>
#include <wmanifold/topology/so3.hpp>

namespace wm = wmanifold;

namespace {

constexpr std::size_t points = 64;

/// Calls body(point) at one of a few points in turn.
template <class Space, class Body>
void at_points(benchmark::State& state, Body const& body) {
  wm::Random random{wm::Seed{1}};
  auto const all = wm::uniform_points<Space>(points, random);
  std::size_t i = 0;
  for (auto _ : state) {
    body(all[i++ % points]);
  }
}

template <wm::DifferentiableBasis Basis>
void add_basis(std::string const& name) {
  using Space = typename Basis::Topology;
  std::string const size = "/basis:" + name + "/K:" + std::to_string(Basis::size);
  micro::add("basis/values" + size, [](benchmark::State& state) {
    Basis const basis{};
    std::array<double, Basis::size> phi{};
    at_points<Space>(state, [&](wm::Point<Space> const& s) {
      basis.values(s, phi);
      benchmark::DoNotOptimize(phi);
    });
  });
  micro::add("basis/derivatives" + size, [](benchmark::State& state) {
    Basis const basis{};
    std::array<double, static_cast<std::size_t>(Basis::size * Space::coordinates)> slopes{};
    at_points<Space>(state, [&](wm::Point<Space> const& s) {
      basis.derivatives(s, slopes);
      benchmark::DoNotOptimize(slopes);
    });
  });
  micro::add("basis/gram" + size, [](benchmark::State& state) {
    Basis const basis{};
    for (auto _ : state) {
      benchmark::DoNotOptimize(wm::gram_matrix(basis));
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  using Knobs = wm::Product<wm::Interval, wm::Interval>;
  micro::for_numbers<1, 2, 4, 8, 16>([]<int n>() {
    add_basis<wm::Fourier<wm::S1, n>>("fourier");
    add_basis<wm::Legendre<wm::Interval, 2 * n>>("legendre");
    add_basis<wm::Bernstein<wm::Interval, 2 * n>>("bernstein");
    add_basis<wm::BSpline<wm::Interval, 2, 2 * n + 1>>("bspline2");
    add_basis<wm::PeriodicBSpline<wm::S1, 3, 3 + 2 * n>>("periodic_bspline3");
    add_basis<wm::CatmullRom<wm::S1, 3 + 2 * n>>("catmull_rom");
  });
  micro::for_numbers<1, 2, 3, 4>([]<int n>() {
    add_basis<wm::Fourier<wm::Torus<2>, n>>("fourier_torus");
    add_basis<wm::Bernstein<Knobs, n>>("bernstein_knobs");
    add_basis<wm::SphericalHarmonics<wm::S2, n>>("spherical_harmonics");
  });
  micro::for_numbers<1, 2, 3>([]<int n>() { add_basis<wm::BernsteinBezier<wm::Simplex<2>, n>>("bernstein_bezier"); });
  micro::for_numbers<2, 4>(
      []<int n>() { add_basis<wm::HypersphericalHarmonics<wm::SO3, n>>("hyperspherical_harmonics"); });
  return micro::run(argc, argv);
}
