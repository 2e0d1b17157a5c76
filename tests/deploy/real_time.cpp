// Functions marked "Real time" neither allocate nor release nor lock.

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/deploy/flush_denormals.hpp>
#include <wmanifold/deploy/walker.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <check/traps.hpp>
#include <support/batches.hpp>

#ifndef WITHOUT_TRAPS

#include <limits>
#include <memory>
#include <mutex>

namespace wm = wmanifold;
using wm::Dense;
using wm::Index;

namespace {

using Knobs = wm::Tensor<wm::Bernstein<wm::Interval, 2>, wm::Bernstein<wm::Interval, 2>>;
using Fixed = wm::BasicManifold<float, Knobs, Dense<8, 16>, wm::Tanh, Dense<16, 1>>;
using Listed = wm::BasicManifold<double, Knobs, wm::LayerList>;
using Lamp = wm::BasicManifold<float, wm::SphericalHarmonics<wm::S2, 1>, Dense<8, 16>, wm::Relu, Dense<16, 1>>;
using Aimed = wm::Tensor<wm::SphericalHarmonics<wm::S2, 1>, wm::OnePerContext<wm::Finite<3>>>;
using Lamps = wm::BasicManifold<float, Aimed, Dense<8, 16>, wm::Relu, Dense<16, 1>>;

template <class M>
std::shared_ptr<M const> made(std::uint64_t seed) {
  if constexpr (std::same_as<M, Listed>) {
    return std::make_shared<M>(wm::he_normal.spread(1), wm::Seed{seed}, Knobs{},
                               wm::LayerList({8, 16, 1}, {"gelu", "identity"}));
  } else {
    return std::make_shared<M>(wm::he_normal.spread(1), wm::Seed{seed});
  }
}

void check_nothing(support::Calls const& calls) {
  CHECK(calls.allocations == 0);
  CHECK(calls.releases == 0);
  CHECK(calls.locks == 0);
}

}  // namespace

TEST_CASE("the traps catch allocations, releases and locks") {
  CHECK(support::calls_of([] { ::operator delete(::operator new(3)); }).allocations == 1);
#ifdef __GLIBC__
  void* volatile memory = nullptr;
  support::Calls const calls = support::calls_of([&] {
    memory = std::malloc(3);
    std::free(memory);
    std::mutex mutex;
    std::scoped_lock const lock(mutex);
  });
  CHECK(calls.allocations == 1);
  CHECK(calls.releases == 1);
  CHECK(calls.locks == 1);
#endif
}

TEST_CASE_TEMPLATE("a million samples under a randomly moving context, with changing models", M, Fixed, Listed, Lamp,
                   Lamps) {
  using R = typename M::Scalar;
  constexpr Index blocks = 31'250;
  constexpr Index block = 32;
  constexpr std::size_t goals = 1024;
  wm::Random random(wm::Seed{1});
  auto const targets = wm::uniform_points<typename M::Topology>(goals, random);
  auto const x = support::matrix<R>(1, block + 7, 2);
  std::span<R const> const signal(x.data(), static_cast<std::size_t>(x.size()));
  std::vector<R> y(static_cast<std::size_t>(block));
  wm::Walker<M> walker(made<M>(1), targets[0], {.speed = 2e-3, .every = 24});
  bool finite = true;
  support::Calls sum;
  for (Index b = 0; b < blocks; ++b) {
    if (b % 1000 == 999) {
      walker.set_model(made<M>(static_cast<std::uint64_t>(b)));  // in the controlling thread: may allocate
    }
    support::Calls const calls = support::calls_of([&] {
      wm::FlushDenormals const guard;
      walker.set_target(targets[static_cast<std::size_t>(b) % goals]);
      walker.process(signal, 1, y);
    });
    sum.allocations += calls.allocations;
    sum.releases += calls.releases;
    sum.locks += calls.locks;
    finite = finite && std::isfinite(y[0]);
  }
  check_nothing(sum);
  CHECK(finite);
}

TEST_CASE("back and forth between opposite points of each kind, with samples that are not finite") {
  using Space = Aimed::Topology;
  auto const here = Space::at(wm::S2::vector(0.6, 0, 0.8), wm::Finite<3>::at(0));
  auto const there = Space::at(wm::S2::vector(-0.6, 0, -0.8), wm::Finite<3>::at(2));
  wm::Walker<Lamps> walker(made<Lamps>(1), here, {.speed = 0.01, .every = 8});
  std::array<float, 8> const good{1, 2, 3};
  std::array<float, 8> const bad{std::numeric_limits<float>::quiet_NaN(), 2, std::numeric_limits<float>::infinity()};
  std::array<float, 1> y{};
  bool finite = true;
  int arrived = 0;
  check_nothing(support::calls_of([&] {
    for (int way = 0; way < 10; ++way) {
      auto const& goal = way % 2 == 0 ? there : here;
      walker.set_target(goal);
      for (int b = 0; b < 400; ++b) {
        walker.process(b % 3 == 1 ? bad : good, 1, y);
        finite = finite && (b % 3 == 1 || std::isfinite(y[0]));
      }
      arrived += walker.context() == goal ? 1 : 0;
    }
  }));
  CHECK(finite);
  CHECK(arrived == 10);
}

TEST_CASE("samples with a new context each") {
  using Phase = wm::BasicManifold<float, wm::CatmullRom<wm::S1, 4>, Dense<342, 512>, wm::Elu, Dense<512, 512>, wm::Elu,
                                  Dense<512, 311>>;
  using Placed = wm::BasicManifold<double, wm::CatmullRom<wm::S1, 9>, wm::LayerList>;
  using OneThread = wm::Target<wm::HostArch, false>;
  Phase const phase(wm::he_normal.spread(1), wm::Seed{1});
  Placed const placed(wm::he_normal.spread(1), wm::Seed{2}, {},
                      wm::LayerList{Dense<>(8, 30), wm::Elu{}, wm::LowRankDense<>(30, 20, 3), wm::Tanh{},
                                    wm::GainDense<>(20, 10), wm::Tanh{}, wm::SharedDense<>(10, 4)});
  auto const fixed = made<Fixed>(1);
  std::vector<float> const x(342, 1.0F);
  std::vector<double> const z(8, 1.0);
  std::vector<float> y(311);
  std::vector<double> to(4);
  std::vector<double> scratch(static_cast<std::size_t>(placed.scratch_size()));
  auto const knobs = wm::Product<wm::Interval, wm::Interval>::from_cube({0.3, 0.6});
  check_nothing(support::calls_of([&] {
    for (int frame = 0; frame < 100; ++frame) {
      auto const s = wm::S1::radians(0.07 * frame);
      phase.operator()<OneThread>(s, x, y);
      placed(s, z, to, scratch);  // too small for threads
      (*fixed)(knobs, std::span<float const>(x).first(8), std::span<float>(y).first(1));
    }
  }));
}

TEST_CASE("a network, and one formed at a point in place") {
  auto const model = made<Fixed>(1);
  auto network = model->at(wm::Product<wm::Interval, wm::Interval>::from_cube({0.2, 0.7}));
  auto const listed = made<Listed>(1);
  auto run_time = listed->at(wm::Product<wm::Interval, wm::Interval>::from_cube({0.2, 0.7}));
  std::array<float, 8> const x{1, 2, 3};
  std::array<double, 8> const z{1, 2, 3};
  std::array<float, 1> y{};
  std::array<double, 1> to{};
  std::vector<double> scratch(static_cast<std::size_t>(run_time.scratch_size()));
  auto const s = wm::Product<wm::Interval, wm::Interval>::from_cube({0.3, 0.6});
  check_nothing(support::calls_of([&] {
    model->at(s, network);
    network(x, y);
    listed->at(s, run_time);
    run_time(z, to, scratch);
  }));
}

#endif
