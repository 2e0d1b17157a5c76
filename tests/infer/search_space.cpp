#include <wmanifold/infer/search_space.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/infer/context.hpp>
#include <wmanifold/manifold/custom.hpp>
#include <wmanifold/manifold/slice.hpp>
#include <wmanifold/topology/sampling.hpp>
#include <wmanifold/topology/torus.hpp>

#include <support/batches.hpp>
#include <support/doctest.hpp>

#include <algorithm>
#include <limits>
#include <numeric>

namespace wm = wmanifold;
using wm::Finite, wm::Index, wm::Interval, wm::OnePoint, wm::Product, wm::S1;

namespace {

using Modes = wm::Tensor<wm::OnePerContext<Finite<3>>, wm::Fourier<S1, 1>>;
using Mode = Modes::Topology;
using Nested = wm::Tensor<wm::Tensor<wm::Fourier<S1, 1>, wm::OnePerContext<Finite<2>>>, wm::Line>;
using Robot = Nested::Topology;
template <class B>
using Model = wm::BasicManifold<double, B, wm::LayerList>;

template <class B>
Model<B> random_model(Index outputs = 4) {
  Model<B> model(wm::zeros, {}, wm::LayerList({3, 8, outputs}, {"tanh", "identity"}));
  support::randomise(model, 1);
  return model;
}

template <class M>
wm::Matrix<double> said(M const& model, wm::Matrix<double> const& inputs, wm::Point<typename M::Topology> const& s) {
  return model.predict(inputs, wm::Contexts<typename M::Topology>::constant(s, inputs.rows()));
}

wm::InferenceOptions const exact{.most_steps = 200, .tolerance = 1e-10};

template <class Whole, class Known = wm::NothingHeld>
using Searched = typename wm::detail::SearchSpace<Whole, Known>::Searched;
template <class Known>
using RobotSearched = Searched<Robot, Known>;

}  // namespace

static_assert(std::same_as<Searched<wm::Torus<2>>, wm::Torus<2>> && std::same_as<Searched<Mode>, S1>);
static_assert(std::same_as<Searched<Robot>, Product<S1, Interval>> && std::same_as<Searched<Finite<3>>, OnePoint>);
static_assert(std::same_as<RobotSearched<decltype(wm::hold<1>(Interval::at(0)))>, S1>);
static_assert(std::same_as<RobotSearched<wm::Held<std::index_sequence<0>, wm::Point<Robot::Factor<0>>>>, Interval>);

// Factors without searched parts are sliced away, wherever they stand.
template <class... Factors>
using SettledOf = typename wm::detail::SearchSpace<Product<Factors...>, decltype(wm::hold<1>(Interval::at(0)))>::Settled;
template <class Settled, std::size_t... factors>
constexpr bool slices = std::ranges::equal(Settled::factors, std::array{factors...});
template <class Settled, std::size_t... coordinates>
constexpr bool leaves = std::ranges::equal(Settled::other_coordinates, std::array{coordinates...});
static_assert(slices<SettledOf<S1, Interval, Finite<2>>, 1, 2> && leaves<SettledOf<S1, Interval, Finite<2>>, 0>);
static_assert(slices<SettledOf<Finite<2>, Interval, wm::S2>, 0, 1>);
static_assert(leaves<SettledOf<Finite<2>, Interval, wm::S2>, 2, 3, 4>);

TEST_CASE("discrete factors are tried state by state, at every place of a product") {
  auto const inputs = support::matrix<double>(20, 3, 1);
  auto const model = random_model<Modes>();
  for (int mode = 0; mode < 3; ++mode) {
    auto const truth = Mode::at(Finite<3>::at(mode), S1::degrees(200));
    auto const found = wm::infer_context(model, wm::MeanSquaredError{}, inputs, said(model, inputs, truth), exact);
    CHECK(found.point[0] == mode);
    CHECK(Mode::distance(found.point, truth) < 1e-6);
    CHECK(found.objective < 1e-12);
    REQUIRE(found.states.size() == 3);
    CHECK(found.states[static_cast<std::size_t>(mode)].probability == doctest::Approx(1));
    CHECK(found.states[static_cast<std::size_t>(mode)].point == found.point);
    CHECK(found.states[static_cast<std::size_t>(mode)].uncertainty == found.uncertainty);
    REQUIRE(found.runner_up);
    double least = std::numeric_limits<double>::infinity();
    for (int other = 0; other < 3; ++other) {
      auto const& state = found.states[static_cast<std::size_t>(other)];
      CHECK(state.point[0] == other);
      least = other == mode ? least : std::min(least, state.objective);
      // Each state's result is that of the slice.
      auto const alone = wm::infer_context(wm::slice<0>(model, Finite<3>::at(other)), wm::MeanSquaredError{}, inputs,
                                           said(model, inputs, truth), exact);
      CHECK(state.objective == doctest::Approx(alone.objective).epsilon(1e-9));
    }
    CHECK(found.runner_up->objective <= least);
  }
  auto const robot = random_model<Nested>();
  auto const truth = Robot::at(Product<S1, Finite<2>>::at(S1::degrees(20), Finite<2>::at(1)), Interval::at(0.3));
  auto const found = wm::infer_context(robot, wm::MeanSquaredError{}, inputs, said(robot, inputs, truth), exact);
  CHECK(Robot::distance(found.point, truth) < 1e-5);
  CHECK(found.states.size() == 2);

  using Between = wm::Tensor<wm::SphericalHarmonics<wm::S2, 1>, wm::OnePerContext<Finite<2>>, wm::Line>;
  using Scene = Between::Topology;
  auto const scene = random_model<Between>();
  auto const shown = Scene::at(wm::S2::direction(1, -2, 0.5), Finite<2>::at(1), Interval::at(0.6));
  auto const seen = wm::infer_context(scene, wm::MeanSquaredError{}, inputs, said(scene, inputs, shown), exact);
  CHECK(Scene::distance(seen.point, shown) < 1e-5);
}

TEST_CASE("the probabilities of states are those of the posterior, narrow or wide") {
  auto const model = random_model<Modes>(1);
  auto const inputs = support::matrix<double>(12, 3, 1);
  auto targets = said(model, inputs, Mode::at(Finite<3>::at(1), S1::degrees(70)));
  targets += 0.3 * support::matrix<double>(12, 1, 4);
  for (double const noise : {0.2, 0.5, 1.0, 2.0, 5.0}) {
    CAPTURE(noise);
    auto const found = wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets, {.noise = noise});
    std::array<double, 3> mass{};
    for (int mode = 0; mode < 3; ++mode) {
      for (int i = 0; i < 360; ++i) {
        auto const s = Mode::at(Finite<3>::at(mode), S1::degrees(i));
        double const square = (said(model, inputs, s) - targets).squaredNorm();
        mass[static_cast<std::size_t>(mode)] += std::exp(-square / (2 * noise * noise));
      }
    }
    double const sum = mass[0] + mass[1] + mass[2];
    double total = 0;
    for (std::size_t mode = 0; mode < 3; ++mode) {
      CAPTURE(mode);
      CHECK(std::abs(found.states[mode].probability - mass[mode] / sum) < 0.05);
      total += found.states[mode].probability;
    }
    CHECK(total == doctest::Approx(1));
  }
}

TEST_CASE("an evidence of any size gives probabilities that sum to 1") {
  auto const model = random_model<Modes>(1);
  auto const inputs = support::matrix<double>(12, 3, 1);
  auto targets = said(model, inputs, Mode::at(Finite<3>::at(1), S1::degrees(70)));
  targets += 0.3 * support::matrix<double>(12, 1, 4);
  for (double const evidence : {1e-300, 1e100, 1e300}) {
    auto const found = wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets, {.evidence = evidence});
    double total = 0;
    for (auto const& state : found.states) {
      total += state.probability;
    }
    CHECK(total == doctest::Approx(1));
    CHECK(wm::is_finite(found.uncertainty));
  }
}

TEST_CASE("known factors are held in place") {
  auto const inputs = support::matrix<double>(20, 3, 1);
  auto const model = random_model<Nested>();
  auto const part = Product<S1, Finite<2>>::at(S1::degrees(20), Finite<2>::at(1));
  auto const truth = Robot::at(part, Interval::at(0.3));
  auto const targets = said(model, inputs, truth);
  auto const infer = [&](auto const& known) {
    return wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets, exact, known);
  };
  auto const by_knob = infer(wm::hold<1>(Interval::at(0.3)));
  CHECK(by_knob.point[2] == 0.3);
  CHECK(Robot::distance(by_knob.point, truth) < 1e-6);
  CHECK(by_knob.states.size() == 2);
  auto const by_part = infer(wm::hold<0>(part));
  CHECK(by_part.point[0] == truth[0]);
  CHECK(Robot::distance(by_part.point, truth) < 1e-6);
  CHECK(by_part.states.empty());
  // Held at a value other than the true one, the best point is the slice's.
  auto const elsewhere = infer(wm::hold<1>(Interval::at(0.9)));
  auto const slice = wm::slice<1>(model, Interval::at(0.9));
  auto const alone = wm::infer_context(slice, wm::MeanSquaredError{}, inputs, targets, exact);
  CHECK(elsewhere.point[2] == 0.9);
  CHECK(elsewhere.objective > 1e-3);
  CHECK(elsewhere.objective == doctest::Approx(alone.objective).epsilon(1e-9));
  CHECK(elsewhere.uncertainty == doctest::Approx(alone.uncertainty).epsilon(1e-3));

  auto const modes = random_model<Modes>();
  auto const there = said(modes, inputs, Mode::at(Finite<3>::at(2), S1::degrees(20)));
  auto const mode_alone =
      wm::infer_contexts(modes, wm::MeanSquaredError{}, inputs, there, {10, 10}, {}, wm::hold<1>(S1::degrees(20)));
  for (auto const& found : mode_alone) {
    CHECK(found.point == Mode::at(Finite<3>::at(2), S1::degrees(20)));
    CHECK(found.uncertainty == 0);
    CHECK(found.states.size() == 3);
  }
}

TEST_CASE("with discrete contexts alone, states are compared by their losses") {
  auto const model = random_model<wm::OnePerContext<Finite<5>>>();
  auto const inputs = support::matrix<double>(6, 3, 1);
  auto const labels = support::labels(6, 4, 2);
  auto const found = wm::infer_contexts(model, wm::CrossEntropy{}, inputs, labels, {4, 2});
  wm::Workspace<double> work;
  for (std::size_t g = 0; g < 2; ++g) {
    Index const first = g == 0 ? 0 : 4;
    std::array<double, 5> sums{};
    for (int i = 0; i < 5; ++i) {
      auto const logits = said(model, inputs, Finite<5>::at(i));
      for (Index b = first; b < first + (g == 0 ? 4 : 2); ++b) {
        std::span<double const> const row(logits.row(b).data(), 4);
        sums[static_cast<std::size_t>(i)] +=
            wm::CrossEntropy{}(row, std::span<int const>(labels), b, std::span<double>{});
      }
    }
    auto const best = static_cast<std::size_t>(std::min_element(sums.begin(), sums.end()) - sums.begin());
    double const total =
        std::accumulate(sums.begin(), sums.end(), 0.0, [](double all, double x) { return all + std::exp(-x); });
    CHECK(Finite<5>::index(found[g].point) == static_cast<int>(best));
    CHECK(found[g].uncertainty == 0);
    for (std::size_t i = 0; i < 5; ++i) {
      CHECK(found[g].states[i].probability == doctest::Approx(std::exp(-sums[i]) / total));
    }
    std::sort(sums.begin(), sums.end());
    REQUIRE(found[g].runner_up);
    CHECK(found[g].runner_up->objective == doctest::Approx(sums[1] / (g == 0 ? 4 : 2)));
  }
}

TEST_CASE("the same on custom manifolds, and without labels") {
  auto const model = wm::custom_manifold<double, Product<Finite<2>, S1>>(
      [](auto const& s, auto const& p, auto const& to) {
        to.weight(0, 0, 0) = p[0] * cos(s[1]) + s[0];
        to.weight(0, 1, 0) = p[1] * sin(s[1]);
      },
      std::vector<double>{1, 2}, {}, wm::Dense<3, 2>{});
  auto const inputs = support::matrix<double>(20, 3, 1);
  auto const truth = Product<Finite<2>, S1>::at(Finite<2>::at(1), S1::degrees(250));
  auto const found = wm::infer_context(model, wm::MeanSquaredError{}, inputs, said(model, inputs, truth), exact);
  CHECK(Product<Finite<2>, S1>::distance(found.point, truth) < 1e-6);

  auto const by_entropy =
      wm::infer_context(random_model<Modes>(), wm::PredictionEntropy{}, inputs, {}, wm::hold<0>(Finite<3>::at(2)));
  CHECK(by_entropy.point[0] == 2);
}

TEST_CASE("a state without a finite loss is skipped; if all are such, it is an error") {
  auto model = random_model<wm::OnePerContext<Finite<3>>>();
  auto const inputs = support::matrix<double>(6, 3, 1);
  auto const targets = said(model, inputs, Finite<3>::at(2));
  model.bias(0, 1).setConstant(1e300);
  model.bias(1, 1).setConstant(1e300);
  auto const found = wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets);
  CHECK(Finite<3>::index(found.point) == 2);
  CHECK(found.states[0].probability == 0);
  CHECK(found.states[1].objective == std::numeric_limits<double>::infinity());
  CHECK(found.states[2].probability == 1);
  CHECK_FALSE(found.runner_up);
  model.bias(2, 1).setConstant(1e300);
  CHECK_THROWS_WITH_AS(wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets),
                       doctest::Contains("expected a finite loss at one or more of 3 points, got none for group 0"),
                       wm::NumericalError);
}
