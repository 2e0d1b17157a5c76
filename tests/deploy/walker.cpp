#include <wmanifold/deploy/walker.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <numbers>
#include <numeric>
#include <thread>

namespace wm = wmanifold;
using wm::Dense;
using wm::Index;

namespace {

template <class R, class B>
using Static = wm::BasicManifold<R, B, Dense<3, 8>, wm::Tanh, Dense<8, 2>>;
template <class R, class B>
using Listed = wm::BasicManifold<R, B, wm::LayerList>;

template <class M>
std::shared_ptr<M const> made(std::uint64_t seed) {
  auto const init = wm::he_normal.spread(1);
  if constexpr (std::constructible_from<M, decltype(init), wm::Seed>) {
    return std::make_shared<M>(init, wm::Seed{seed});
  } else {
    return std::make_shared<M>(init, wm::Seed{seed}, typename M::Basis{},
                               wm::LayerList({3, 8, 2}, {"tanh", "identity"}));
  }
}

/// A signal under a sliding window of three.
template <class R>
std::vector<R> signal(Index samples) {
  auto const numbers = support::matrix<R>(1, samples + 2, 5);
  return {numbers.data(), numbers.data() + numbers.size()};
}

template <class Topology>
wm::Point<Topology> somewhere(std::uint64_t seed) {
  wm::Random random(wm::Seed{seed});
  return wm::uniform_points<Topology>(1, random)[0];
}

template <class R>
struct Outputs {
  R first;
  R second;
};

template <class Network, class R>
Outputs<R> evaluated(Network const& network, std::vector<R> const& x, Index b) {
  std::vector<R> scratch(static_cast<std::size_t>(network.block_scratch_size(1)));
  Outputs<R> y{};
  std::array<R, 2> to{};
  network.process(std::span<R const>(x.data() + b, 3), 1, to, scratch);
  y = {to[0], to[1]};
  return y;
}

using EllipseF = Static<float, wm::Ellipse>;
using EllipseRelu = wm::BasicManifold<float, wm::Ellipse, Dense<3, 8>, wm::Relu, Dense<8, 2>>;
using Manifold1 = wm::BasicManifold<float, wm::Ellipse, Dense<1, 8>, wm::Tanh, Dense<8, 1>>;

/// A knob and one of three machines.
using Machines = wm::Finite<3, wm::path_graph<3>()>;
using KnobAndMachine = wm::Tensor<wm::Bernstein<wm::Interval, 2>, wm::OnePerContext<Machines>>;
wm::Point<KnobAndMachine::Topology> knob_and_machine(double knob, int machine) {
  return KnobAndMachine::Topology::at(wm::Interval::at(knob), Machines::at(machine));
}

/// Returns the outputs of samples three numbers apart.
template <class M>
std::vector<typename M::Scalar> processed(wm::Walker<M>& walker, std::vector<typename M::Scalar> const& x) {
  std::vector<typename M::Scalar> y(2 * x.size() / 3);
  walker.process(x, 3, y);
  return y;
}

}  // namespace

TEST_CASE_TEMPLATE("a resting walker equals the network at its context, to the last bit", M, Static<float, wm::Ellipse>,
                   Static<double, wm::Bernstein<wm::Interval, 2>>, Static<float, wm::SphericalHarmonics<wm::S2, 1>>,
                   Static<float, wm::Constant<>>, Static<float, KnobAndMachine>, Listed<float, wm::Ellipse>,
                   Listed<double, wm::Ellipse>) {
  using R = typename M::Scalar;
  constexpr Index samples = 40;
  auto const model = made<M>(1);
  auto const s = somewhere<typename M::Topology>(2);
  auto const x = signal<R>(samples);
  std::vector<R> y(2 * samples);
  wm::Walker<M> walker(model, s, {.speed = 0.01, .every = 16});
  walker.process(x, 1, y);
  walker.set_target(s);
  walker.process(x, 1, y);
  CHECK(walker.context() == s);
  auto const network = model->at(s);
  bool same = true;
  for (Index b = 0; b < samples; ++b) {
    auto const expected = evaluated(network, x, b);
    same = same && y[static_cast<std::size_t>(2 * b)] == expected.first &&
           y[static_cast<std::size_t>(2 * b + 1)] == expected.second;
  }
  CHECK(same);
}

TEST_CASE_TEMPLATE("a context moves along the geodesic at its speed, and arrives", B, wm::Bernstein<wm::Interval, 2>,
                   wm::Ellipse, wm::SphericalHarmonics<wm::S2, 2>, wm::Fourier<wm::Torus<2>, 1>) {
  using M = Static<double, B>;
  using Topology = typename B::Topology;
  constexpr Index every = 8;
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    CAPTURE(seed);
    auto const start = somewhere<Topology>(2 * seed);
    auto const goal = somewhere<Topology>(2 * seed + 1);
    double const whole = Topology::distance(start, goal);
    double const speed = whole / (4.5 * every);  // five moves
    wm::Walker<M> walker(made<M>(1), start, {.speed = speed, .every = every});
    walker.set_target(goal);
    auto const x = signal<double>(every);
    std::vector<double> y(2 * every);
    for (int moves = 1; moves <= 4; ++moves) {
      walker.process(x, 1, y);
      double const gone = speed * every * moves;
      CHECK(Topology::distance(start, walker.context()) == doctest::Approx(gone).epsilon(1e-9));
      CHECK(Topology::distance(walker.context(), goal) == doctest::Approx(whole - gone).epsilon(1e-9));
    }
    walker.process(x, 1, y);
    CHECK(walker.context() == goal);
    walker.process(x, 1, y);
    CHECK(walker.context() == goal);
  }
}

TEST_CASE("a context moves to the opposite point of a sphere, and arrives") {
  using Knob = wm::Bernstein<wm::Interval, 1>;
  using B = wm::Tensor<wm::SphericalHarmonics<wm::S2, 1>, Knob>;
  using M = Static<float, B>;
  using Topology = B::Topology;
  constexpr Index every = 4;
  constexpr double speed = 0.02;
  auto const goal = Topology::at(wm::S2::direction(-1, -2, -3), wm::Interval::at(0.5));
  wm::Walker<M> walker(made<M>(1), Topology::at(wm::S2::direction(1, 2, 3), wm::Interval::at(0)),
                       {.speed = speed, .every = every});
  walker.set_target(goal);
  auto const x = signal<float>(every);
  std::vector<float> y(2 * every);
  auto before = walker.context();
  int moves = 0;
  for (; moves < 100 && !(walker.context() == goal); ++moves) {
    walker.process(x, 1, y);
    CHECK(Topology::distance(before, walker.context()) < speed * every + 1e-12);
    CHECK(Topology::distance(walker.context(), goal) < Topology::distance(before, goal));
    before = walker.context();
  }
  CHECK(moves == static_cast<int>(std::ceil(std::hypot(std::numbers::pi, 0.5) / (speed * every))));
}

TEST_CASE("a discrete factor switches once at the next move while the knob moves, and the output fades linearly") {
  using M = Static<double, KnobAndMachine>;
  constexpr Index every = 8;
  constexpr double speed = 0.1 / every;
  auto const model = made<M>(3);
  wm::Walker<M> walker(model, knob_and_machine(0, 0), {.speed = speed, .every = every});
  std::vector<double> const x(3 * every, 0.7);
  auto const output = [&](double knob, int machine) {
    return evaluated(model->at(knob_and_machine(knob, machine)), x, 0).first;
  };
  processed(walker, {0.7, 0.7, 0.7});
  walker.set_target(knob_and_machine(0.25, 2));  // two numbers further in the graph, two and a half moves of the knob
  auto const rest = processed(walker, std::vector<double>(3 * (every - 1), 0.7));
  CHECK(walker.context() == knob_and_machine(0, 0));
  CHECK(rest.back() == evaluated(model->at(knob_and_machine(0, 0)), x, 0).second);
  std::vector<double> const knob{0, 0.1, 0.2, 0.25, 0.25};
  for (std::size_t move = 1; move < knob.size(); ++move) {
    double const from = output(knob[move - 1], move == 1 ? 0 : 2);
    double const to = output(knob[move], 2);
    REQUIRE((move != 1 || std::abs(from - to) > 0.1));
    auto const y = processed(walker, x);
    CHECK(Machines::index(KnobAndMachine::Topology::part<1>(walker.context())) == 2);
    CHECK(KnobAndMachine::Topology::part<0>(walker.context())[0] == doctest::Approx(knob[move]).epsilon(1e-12));
    for (Index b = 0; b < every; ++b) {
      CHECK(y[static_cast<std::size_t>(2 * b)] == doctest::Approx(from + (to - from) * static_cast<double>(b) / every));
    }
  }
  CHECK(walker.context() == knob_and_machine(0.25, 2));
}

TEST_CASE("with discrete contexts alone, a walker switches") {
  using M = Static<double, wm::OnePerContext<Machines>>;
  constexpr Index every = 8;
  auto const model = made<M>(3);
  std::vector<double> const x(3 * every, 0.7);
  wm::Walker<M> walker(model, Machines::at(0), {.speed = 1e-6, .every = every});
  walker.set_target(Machines::at(1));
  walker.set_target(Machines::at(2));
  double const from = evaluated(model->at(Machines::at(0)), x, 0).first;
  double const to = evaluated(model->at(Machines::at(2)), x, 0).first;
  auto y = processed(walker, x);
  CHECK(walker.context() == Machines::at(2));
  for (Index b = 0; b < every; ++b) {
    CHECK(y[static_cast<std::size_t>(2 * b)] == doctest::Approx(from + (to - from) * static_cast<double>(b) / every));
  }
  y = processed(walker, x);
  CHECK(y.front() == to);
  CHECK(y.back() == evaluated(model->at(Machines::at(2)), x, 0).second);
}

TEST_CASE("of many targets between two moves the last counts; a target at the context moves nothing") {
  auto const model = made<EllipseF>(1);
  auto const x = signal<float>(3 * 32 - 2);
  constexpr Index every = 8;
  wm::Walker<EllipseF> once(model, wm::S1::radians(1), {.speed = 0.01, .every = every});
  wm::Walker<EllipseF> often(model, wm::S1::radians(1), {.speed = 0.01, .every = every});
  once.set_target(wm::S1::radians(3));
  for (int i = 0; i < 100; ++i) {
    often.set_target(wm::S1::radians(0.1 * i));
  }
  often.set_target(wm::S1::radians(3));
  CHECK(processed(often, x) == processed(once, x));
  CHECK(often.context() == once.context());

  wm::Walker<EllipseF> resting(model, wm::S1::radians(1), {.speed = 0.01, .every = every});
  std::vector<float> y(2);
  for (Index b = 0; b < 24; ++b) {
    resting.set_target(wm::S1::radians(b % every == 0 ? 1 : 2));  // elsewhere only between moves
    resting.process(std::span(x).subspan(static_cast<std::size_t>(b), 3), 1, y);
    CHECK(y[0] == evaluated(model->at(wm::S1::radians(1)), x, b).first);
  }
}

TEST_CASE("zero and infinite speed; a move with every sample") {
  auto const model = made<EllipseF>(1);
  auto const start = wm::S1::radians(1);
  auto const goal = wm::S1::radians(3);
  auto const x = signal<float>(8);
  for (double const speed : {5e-324, 1e-300, 1e-30}) {
    wm::Walker<EllipseF> walker(model, start, {.speed = speed, .every = 2});
    walker.set_target(goal);
    std::vector<float> y(2 * 8);
    walker.process(x, 1, y);
    CHECK(wm::S1::distance(walker.context(), start) < 1e-15);
  }
  for (double const speed : {4.0, 1e300, std::numeric_limits<double>::max(), std::numeric_limits<double>::infinity()}) {
    for (Index const every : {Index{1}, Index{2}}) {
      wm::Walker<EllipseF> walker(model, start, {.speed = speed, .every = every});
      walker.set_target(goal);
      std::vector<float> y(2 * 8);
      walker.process(x, 1, y);
      CHECK(walker.context() == goal);
      CHECK(y[0] == evaluated(model->at(start), x, 0).first);  // the fade begins here
      for (Index b = every; b < 8; ++b) {
        CHECK(y[static_cast<std::size_t>(2 * b)] == evaluated(model->at(goal), x, b).first);
      }
    }
  }
}

TEST_CASE_TEMPLATE("a sample that is not finite affects no other sample", M, EllipseF, EllipseRelu,
                   Listed<double, wm::Ellipse>) {
  using R = typename M::Scalar;
  constexpr Index every = 8;
  constexpr Index samples = 6 * every;
  constexpr R nan = std::numeric_limits<R>::quiet_NaN();
  constexpr R infinity = std::numeric_limits<R>::infinity();
  auto const model = made<M>(4);
  auto const other = made<M>(5);
  auto const walked = [&](std::vector<R> const& x) {
    wm::Walker<M> walker(model, wm::S1::radians(0), {.speed = 0.3 / every, .every = every});
    walker.set_target(wm::S1::radians(1));  // four moves, then rest
    auto y = processed(walker, {x.begin(), x.begin() + 3 * every});
    walker.set_model(other);
    auto const rest = processed(walker, {x.begin() + 3 * every, x.end()});
    y.insert(y.end(), rest.begin(), rest.end());
    return y;
  };
  std::vector<R> const clean(3 * samples, R{7} / 10);
  auto const expected = walked(clean);
  std::vector<Index> all_of_a_move(every);
  std::iota(all_of_a_move.begin(), all_of_a_move.end(), every);
  for (std::vector<Index> const& bad : {std::vector<Index>{0},
                                        {8},
                                        {8, 9, 10},
                                        {7, 8},
                                        {8, 10, 12},
                                        {15},
                                        {15, 16, 17},
                                        {0, 8, 16, 24, 32, 40},
                                        {24},
                                        {45},
                                        all_of_a_move}) {
    for (std::array<R, 3> const& sample : {std::array<R, 3>{nan, nan, nan},
                                           {0, nan, 0},
                                           {infinity, 0, 0},
                                           {-infinity, 1, 1},
                                           {infinity, -infinity, 0}}) {
      CAPTURE(bad);
      CAPTURE(sample);
      auto x = clean;
      for (Index const b : bad) {
        std::copy(sample.begin(), sample.end(), x.begin() + 3 * b);
      }
      auto const y = walked(x);
      double worst = 0;
      for (Index b = 0; b < samples; ++b) {
        if (std::find(bad.begin(), bad.end(), b) == bad.end()) {
          for (auto const o : {static_cast<std::size_t>(2 * b), static_cast<std::size_t>(2 * b + 1)}) {
            double const off = std::abs(static_cast<double>(y[o]) - static_cast<double>(expected[o]));
            worst = off <= worst ? worst : off;  // keeps a NaN
          }
        }
      }
      CHECK(worst < 50 * static_cast<double>(std::numeric_limits<R>::epsilon()));
    }
  }
}

TEST_CASE("outputs may overwrite the samples") {
  auto const model = made<Manifold1>(4);
  std::vector<float> const x(40, 0.7F);
  auto const walked = [&](std::vector<float> const& from, std::vector<float>& to) {
    wm::Walker<Manifold1> walker(model, wm::S1::radians(0), {.speed = 0.1, .every = 8});
    walker.set_target(wm::S1::radians(2));
    walker.process(from, 1, to);
  };
  std::vector<float> apart(x.size());
  walked(x, apart);
  auto same = x;
  walked(same, same);
  CHECK(same == apart);
}

TEST_CASE("a sample whose outputs overflow affects no other sample") {
  constexpr Index every = 8;
  auto const model = made<EllipseRelu>(4);
  auto const from = model->at(wm::S1::radians(0));
  auto const to = model->at(wm::S1::radians(1));
  std::vector<float> x(3 * 2 * every, 0.7F);
  x[0] = x[1] = x[2] = std::numeric_limits<float>::max();
  REQUIRE_FALSE(std::isfinite(evaluated(from, x, 0).first - evaluated(to, x, 0).first));
  wm::Walker<EllipseRelu> walker(model, wm::S1::radians(0), {.speed = 1, .every = every});
  walker.set_target(wm::S1::radians(1));
  auto const y = processed(walker, x);
  float const before = evaluated(from, x, 3).first;
  float const after = evaluated(to, x, 3).first;
  for (Index b = 1; b < 2 * every; ++b) {
    float const part = std::min(static_cast<float>(b) / every, 1.0F);
    CHECK(y[static_cast<std::size_t>(2 * b)] == doctest::Approx(before + part * (after - before)).epsilon(1e-5));
  }
}

TEST_CASE("on the circle it takes the short way, over the seam") {
  wm::Walker<EllipseF> walker(made<EllipseF>(1), wm::S1::degrees(350), {.speed = 0.01, .every = 1});
  walker.set_target(wm::S1::degrees(10));
  auto const x = signal<float>(17);
  std::vector<float> y(34);
  walker.process(x, 1, y);
  CHECK(wm::S1::distance(walker.context(), wm::S1::degrees(0)) < 0.01);
}

TEST_CASE_TEMPLATE("while the context moves, an output fades linearly from network to network", R, float, double) {
  using M = Static<R, wm::Ellipse>;
  constexpr Index every = 16;
  constexpr Index moves = 6;
  double const speed = 0.2 / every;
  auto const model = made<M>(3);
  wm::Walker<M> walker(model, wm::S1::radians(1), {.speed = speed, .every = every});
  walker.set_target(wm::S1::radians(1 + 0.2 * 4));  // four moves, then rest
  auto const x = signal<R>(every * moves);
  std::vector<R> y(2 * every * moves);
  walker.process(x, 1, y);
  double worst = 0;
  for (Index b = 0; b < every * moves; ++b) {
    Index const move = b / every;
    auto const at = [&](Index m) {
      return model->at(wm::S1::radians(1 + 0.2 * static_cast<double>(std::min(m, Index{4}))));
    };
    auto const now = evaluated(at(move + 1), x, b);
    auto const seam_before = evaluated(at(move), x, move * every);
    auto const seam_now = evaluated(at(move + 1), x, move * every);
    double const share = 1 - static_cast<double>(b % every) / every;
    double const expected = now.first + share * (seam_before.first - seam_now.first);
    worst = std::max(worst, std::abs(static_cast<double>(y[static_cast<std::size_t>(2 * b)]) - expected));
  }
  CHECK(worst < 50 * std::numeric_limits<R>::epsilon());
}

TEST_CASE("with a constant signal, a moving context makes no jump") {
  constexpr Index every = 32;
  constexpr Index samples = every * 20;
  auto const model = made<EllipseF>(4);
  std::vector<float> const x(samples + 2, 0.7F);
  auto const largest_step = [&](Index cut) {
    wm::Walker<EllipseF> walker(model, wm::S1::radians(0), {.speed = 0.1 / every, .every = every});
    walker.set_target(wm::S1::radians(2));
    std::vector<float> y(2 * samples);
    for (Index b = 0; b < samples; b += cut) {
      walker.process(std::span(x).subspan(static_cast<std::size_t>(b)), 1,
                     std::span(y).subspan(static_cast<std::size_t>(2 * b), static_cast<std::size_t>(2 * cut)));
    }
    double step = 0;
    for (std::size_t b = 2; b < y.size(); b += 2) {
      step = std::max(step, std::abs(static_cast<double>(y[b]) - static_cast<double>(y[b - 2])));
    }
    return step;
  };
  double jump = 0;  // largest difference of networks one move apart
  for (int m = 0; m < 20; ++m) {
    auto const a = evaluated(model->at(wm::S1::radians(0.1 * m)), x, 0);
    auto const b = evaluated(model->at(wm::S1::radians(0.1 * (m + 1))), x, 0);
    jump = std::max(jump, std::abs(static_cast<double>(a.first) - static_cast<double>(b.first)));
  }
  REQUIRE(jump > 0.01);
  CHECK(largest_step(64) < 1.01 * jump / every);
}

TEST_CASE_TEMPLATE("outputs do not depend on the cut of samples into blocks, to the last bit", M,
                   Static<float, wm::Ellipse>, Listed<double, wm::Ellipse>) {
  using R = typename M::Scalar;
  constexpr Index samples = 100;
  auto const x = signal<R>(samples);
  auto const run = [&](std::vector<Index> const& blocks) {
    wm::Walker<M> walker(made<M>(1), wm::S1::radians(0), {.speed = 0.01, .every = 7});
    walker.set_target(wm::S1::radians(0.5));
    std::vector<R> y(2 * samples);
    Index at = 0;
    for (Index const block : blocks) {
      walker.process(std::span(x).subspan(static_cast<std::size_t>(at)), 1,
                     std::span(y).subspan(static_cast<std::size_t>(2 * at), static_cast<std::size_t>(2 * block)));
      at += block;
    }
    CHECK(at == samples);
    return y;
  };
  auto const whole = run({100});
  CHECK(run({1, 1, 5, 0, 7, 13, 64, 9}) == whole);
  CHECK(run({50, 50}) == whole);
}

TEST_CASE("samples may lie a stride apart") {
  auto const model = made<EllipseF>(1);
  auto const s = wm::S1::radians(1);
  wm::Walker<EllipseF> walker(model, s, {.speed = 1});
  auto const x = signal<float>(10);
  std::vector<float> y(8);
  walker.process(x, 3, y);
  for (Index b = 0; b < 4; ++b) {
    CHECK(y[static_cast<std::size_t>(2 * b)] == evaluated(model->at(s), x, 3 * b).first);
  }
}

TEST_CASE("another model takes over at the next move, linearly, and the controlling thread releases the old one") {
  constexpr Index every = 8;
  auto const s = wm::S1::radians(1);
  auto first = made<EllipseF>(1);
  auto const before = first->at(s);
  std::weak_ptr<EllipseF const> const seen = first;
  wm::Walker<EllipseF> walker(std::move(first), s, {.speed = 1, .every = every});
  std::vector<float> const x(every + 2, 0.3F);
  std::vector<float> y(2 * every);
  walker.process(x, 1, y);
  auto const second = made<EllipseF>(2);
  walker.set_model(second);
  walker.process(x, 1, y);
  float const from = evaluated(before, x, 0).first;
  float const to = evaluated(second->at(s), x, 0).first;
  REQUIRE(std::abs(from - to) > 0.01F);
  for (Index b = 0; b < every; ++b) {
    float const share = static_cast<float>(b) / every;
    CHECK(y[static_cast<std::size_t>(2 * b)] == doctest::Approx(from + share * (to - from)).epsilon(1e-5));
  }
  walker.process(x, 1, y);
  CHECK(y[0] == to);
  CHECK_FALSE(seen.expired());
  walker.set_model(made<EllipseF>(3));
  walker.set_model(made<EllipseF>(4));
  walker.set_model(made<EllipseF>(5));
  CHECK(seen.expired());
}

TEST_CASE("invalid arguments are refused, and change nothing") {
  auto const model = made<EllipseF>(1);
  auto const s = wm::S1::radians(1);
  CHECK_THROWS_WITH_AS(wm::Walker<EllipseF>(nullptr, s, {.speed = 1}), "wmanifold: walker: expected a model, got none",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::Walker<EllipseF>(model, s, {.speed = 0}),
                       "wmanifold: walker: expected a positive speed (distance per sample), got 0", wm::ArgumentError);
  CHECK_THROWS_AS(wm::Walker<EllipseF>(model, s, {.speed = std::nan("")}), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::Walker<EllipseF>(model, s, {.speed = 1, .every = 0}),
                       "wmanifold: walker: expected at least 1 sample between moves, got 0", wm::ArgumentError);
  wm::Walker<EllipseF> walker(model, s, {.speed = 1});
  auto const x = signal<float>(10);
  std::vector<float> y(20);
  CHECK_THROWS_WITH_AS(walker.process(std::span(x).first(11), 1, y),
                       "wmanifold: walker: expected at least 12 numbers for 10 samples of 3 inputs, 1 apart, got 11",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(walker.process(std::span(x).first(12), 3, y),
                       "wmanifold: walker: expected at least 30 numbers for 10 samples of 3 inputs, 3 apart, got 12",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(walker.process(x, std::numeric_limits<Index>::max() / 2, y),
                       doctest::Contains("expected at least 9223372036854775807 numbers"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(walker.process(std::span(x).first(2), 1, std::span(y).first(2)),
                       doctest::Contains("expected at least 3 numbers for 1 samples of 3 inputs"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(walker.process(x, 0, y),
                       "wmanifold: walker: expected samples at least 1 apart and whole samples of 2 outputs, got "
                       "samples 0 apart and 20 outputs",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(walker.process(x, 1, std::span(y).first(3)), doctest::Contains("1 apart and 3 outputs"),
                       wm::ArgumentError);
  CHECK(std::all_of(y.begin(), y.end(), [](float n) { return n == 0; }));
  CHECK_THROWS_AS(walker.set_model(nullptr), wm::ArgumentError);
  auto const left = std::make_shared<EllipseF>(*model);
  EllipseF const taken = std::move(*left);
  CHECK_THROWS_WITH_AS(walker.set_model(left),
                       "wmanifold: model: expected a model with parameters, got a moved-from one", wm::ArgumentError);
  auto const damaged = [&](float number) {
    auto copy = std::make_shared<EllipseF>(*model);
    copy->bias(1, 1)[0] = number;
    return copy;
  };
  CHECK_THROWS_WITH_AS(walker.set_model(damaged(std::numeric_limits<float>::quiet_NaN())),
                       "wmanifold: walker: expected finite parameters, got nan", wm::ArgumentError);
  CHECK_THROWS_WITH_AS(walker.set_model(damaged(-std::numeric_limits<float>::infinity())),
                       "wmanifold: walker: expected finite parameters, got -inf", wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::Walker<EllipseF>(damaged(std::numeric_limits<float>::infinity()), s, {.speed = 1}),
                       "wmanifold: walker: expected finite parameters, got inf", wm::ArgumentError);
  walker.process(x, 1, std::span(y).first(2));
  CHECK(y[0] == evaluated(model->at(s), x, 0).first);

  using M = Listed<float, wm::Ellipse>;
  wm::Walker<M> listed(made<M>(1), s, {.speed = 1});
  auto const other =
      std::make_shared<M>(wm::he_normal, wm::Seed{1}, wm::Ellipse{}, wm::LayerList({3, 9, 2}, {"tanh", "identity"}));
  CHECK_THROWS_WITH_AS(
      listed.set_model(other),
      "wmanifold: walker: expected a model of the same layers as the one before, got 3 inputs, 2 outputs and 2 "
      "dense layers, or other activations; make a new Walker",
      wm::ArgumentError);
  std::vector<float> z(20);
  listed.process(x, 1, z);
  CHECK(z[0] == evaluated(made<M>(1)->at(s), x, 0).first);
}

TEST_CASE("targets and models from one thread, samples in another") {
  auto const x = signal<float>(32);
  wm::Walker<EllipseF> walker(made<EllipseF>(1), wm::S1::radians(0), {.speed = 0.01, .every = 8});
  std::atomic<bool> stop{false};
  std::thread control([&] {
    wm::Random random(wm::Seed{1});
    for (std::uint64_t i = 0; !stop; ++i) {
      walker.set_target(wm::uniform_points<wm::S1>(1, random)[0]);
      if (i % 64 == 0) {
        walker.set_model(made<EllipseF>(i));
      }
      std::this_thread::yield();
    }
  });
  bool finite = true;
  std::vector<float> y(64);
  for (int i = 0; i < 2000; ++i) {
    walker.process(x, 1, y);
    finite = finite && std::all_of(y.begin(), y.end(), [](float n) { return std::isfinite(n); });
  }
  stop = true;
  control.join();
  CHECK(finite);
}
