// Times points, distances, geodesics and tangent frames of topologies.

#include "micro.hpp"

#include <wmanifold/topology/geodesic.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/rp1.hpp>
#include <wmanifold/topology/s1.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/sampling.hpp>
#include <wmanifold/topology/simplex.hpp>
#include <wmanifold/topology/so3.hpp>
#include <wmanifold/topology/torus.hpp>

namespace wm = wmanifold;

namespace {

constexpr std::size_t points = 64;

/// Calls body(point, next point) at a few points in turn.
template <class Space, class Body>
void at_pairs(benchmark::State& state, Body const& body) {
  wm::Random random{wm::Seed{1}};
  auto const all = wm::uniform_points<Space>(points, random);
  std::size_t i = 0;
  for (auto _ : state) {
    auto const result = body(all[i % points], all[(i + 1) % points]);
    benchmark::DoNotOptimize(result);
    ++i;
  }
}

template <wm::SmoothTopology Space>
void add_space(std::string const& name) {
  using Point = wm::Point<Space>;
  std::string const on = "/space:" + name;
  micro::add("topology/canonical" + on, [](benchmark::State& state) {
    at_pairs<Space>(state,
                    [](Point const& p, Point const&) { return Point(std::span<double const>(p.coordinates())); });
  });
  micro::add("topology/distance" + on, [](benchmark::State& state) {
    at_pairs<Space>(state, [](Point const& p, Point const& q) { return Space::distance(p, q); });
  });
  micro::add("topology/geodesic" + on, [](benchmark::State& state) {
    at_pairs<Space>(state, [](Point const& p, Point const& q) { return wm::geodesic(p, q, 0.3); });
  });
  micro::add("topology/tangent_frame" + on, [](benchmark::State& state) {
    at_pairs<Space>(state, [](Point const& p, Point const&) { return wm::tangent_frame(p); });
  });
  micro::add("topology/uniform_points" + on,
             [](benchmark::State& state) {
               wm::Random random{wm::Seed{1}};
               for (auto _ : state) {
                 benchmark::DoNotOptimize(wm::uniform_points<Space>(state.range(0), random));
               }
             })
      ->ArgName("points")
      ->RangeMultiplier(16)
      ->Range(16, 4096);
  micro::add("topology/low_discrepancy_points" + on,
             [](benchmark::State& state) {
               for (auto _ : state) {
                 benchmark::DoNotOptimize(wm::low_discrepancy_points<Space>(0, state.range(0), wm::Seed{1}));
               }
             })
      ->ArgName("points")
      ->RangeMultiplier(16)
      ->Range(16, 4096);
}

}  // namespace

int main(int argc, char** argv) {
  add_space<wm::Interval>("interval");
  add_space<wm::S1>("s1");
  add_space<wm::RP1>("rp1");
  add_space<wm::Torus<2>>("torus2");
  add_space<wm::S2>("s2");
  add_space<wm::SO3>("so3");
  add_space<wm::Simplex<2>>("simplex2");
  return micro::run(argc, argv);
}
