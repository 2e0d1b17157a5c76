#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/choose.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/topology/sampling.hpp>

#include "support/doctest.hpp"

namespace wm = wmanifold;

namespace {

/// Something with a number of parameters, which `train` leaves as it is.
struct Dummy {
  int kind;
  wm::Seed seed;
  wm::Parameters<float> block;
  wm::Parameters<float> const& parameters() const { return block; }
};
auto dummy(int kind, wm::Index size) {
  return [=](wm::Seed seed) { return Dummy{kind, seed, wm::Parameters<float>(2, size, 1)}; };
}

/// What is trained, in order: kind, budget.
using Log = std::vector<std::pair<int, wm::Index>>;

template <std::size_t n>
wm::Choice choose_among(std::array<double, n> const& scores, wm::ChooseOptions const& how, Log& log) {
  auto const train = [&](Dummy& model, wm::Index budget, wm::Repeat const&) { log.emplace_back(model.kind, budget); };
  auto const score = [&](Dummy const& model, wm::Repeat const&) {
    return scores[static_cast<std::size_t>(model.kind)];
  };
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return wm::choose(how, train, score, dummy(static_cast<int>(i), static_cast<wm::Index>(10 + i))...);
  }
  (std::make_index_sequence<n>{});
}

template <class Space>
wm::Contexts<Space> at(std::vector<double> const& angles) {
  std::vector<wm::Point<Space>> points;
  for (double const t : angles) {
    if constexpr (std::same_as<Space, wm::S1>) {
      points.push_back(wm::S1::radians(t));
    } else if constexpr (std::same_as<Space, wm::Interval>) {
      points.push_back(wm::Interval::at(t, 0, 2 * std::numbers::pi));
    } else {
      points.push_back(Space::point());
    }
  }
  return points;
}

}  // namespace

TEST_CASE("rounds halve what is left, and the last decides") {
  Log log;
  auto const choice = choose_among(std::array<double, 5>{1, 5, 3, 4, 2}, {.budgets = {1, 2, 8}, .repeats = 1}, log);
  CHECK(choice.pick == 1);
  CHECK(log == Log{{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}, {1, 2}, {3, 2}, {2, 2}, {1, 8}, {3, 8}});
  CHECK(choice.candidates[0].rounds.size() == 1);
  CHECK(choice.candidates[2].rounds.size() == 2);
  CHECK(choice.candidates[3].rounds == std::vector<std::vector<double>>{{4}, {4}, {4}});
  CHECK(choice.candidates[3].parameters == 2 * 13 + 1);
  CHECK(choice.candidates[3].mean() == 4);
}

TEST_CASE("repeats have a number and a seed of their own, which training and score share; candidates share both") {
  std::vector<std::pair<wm::Index, wm::Seed>> trained;
  auto const train = [&](Dummy&, wm::Index, wm::Repeat const& r) { trained.emplace_back(r.number, r.seed); };
  auto const score = [&](Dummy const&, wm::Repeat const& r) {
    CHECK(trained.back() == std::pair(r.number, r.seed));
    return 1;
  };
  (void)wm::choose({.budgets = {1, 2}, .repeats = 2}, train, score, dummy(0, 1), dummy(1, 1));
  REQUIRE(trained.size() == 8);
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(trained[i].first == static_cast<wm::Index>(i % 2));
    CHECK((trained[i] == trained[0]) == (i == 0 || i == 2));
  }
  CHECK(trained[4] == trained[6]);
}

TEST_CASE("one that is left is not trained further") {
  Log log;
  CHECK(choose_among(std::array<double, 2>{1, 2}, {.budgets = {1, 2, 4}, .repeats = 2}, log).pick == 1);
  CHECK(log.size() == 4);
}

TEST_CASE("within the tolerance, or equal, the one with fewer parameters") {
  Log log;
  CHECK(choose_among(std::array<double, 3>{1, 1.5, 1.25}, {.budgets = {1}, .repeats = 1}, log).pick == 1);
  CHECK(
      choose_among(std::array<double, 3>{1, 1.5, 1.25}, {.budgets = {1}, .repeats = 1, .tolerance = 0.25}, log).pick ==
      1);
  CHECK(
      choose_among(std::array<double, 3>{1, 1.25, 1.5}, {.budgets = {1}, .repeats = 1, .tolerance = 0.25}, log).pick ==
      1);
  CHECK(choose_among(std::array<double, 3>{1, 1.25, 1.5}, {.budgets = {1}, .repeats = 1, .tolerance = 0.5}, log).pick ==
        0);
  CHECK(choose_among(std::array<double, 2>{2, 2}, {.budgets = {1, 2}, .repeats = 3}, log).pick == 0);
}

TEST_CASE("within the standard error of the difference, too; candidates share their seeds") {
  // Noise that both have cancels; what is left decides.
  auto const picks_the_larger = [](double gap, double own_noise) {  // of a hundred times
    auto const score = [&](Dummy const& model, wm::Repeat const&) {
      double const shared = wm::Random(model.seed).normal();
      double const own = wm::Random(model.seed.stream(static_cast<std::uint64_t>(model.kind))).normal();
      return 100 * shared + gap * model.kind + own_noise * own;
    };
    auto const none = [](Dummy&, wm::Index, wm::Repeat const&) {};
    std::size_t times = 0;
    for (std::uint64_t i = 0; i < 100; ++i) {
      wm::ChooseOptions const how{.budgets = {1}, .repeats = 5, .seed = wm::Seed{i}};
      times += wm::choose(how, none, score, dummy(0, 10), dummy(1, 20)).pick;
    }
    return times;
  };
  CHECK(picks_the_larger(0.1, 0) == 100);
  CHECK(picks_the_larger(10, 1) == 100);
  CHECK(picks_the_larger(0, 1) < 30);  // by chance one in six or so
}

TEST_CASE("what diverges, or has no score, is the worst") {
  auto const train = [](Dummy& model, wm::Index, wm::Repeat const&) {
    if (model.kind == 0) {
      wm::fail<wm::NumericalError>("diverged");
    }
  };
  auto const score = [](Dummy const& model, wm::Repeat const&) { return model.kind == 1 ? std::nan("") : -1e300; };
  CHECK(wm::choose({.budgets = {1, 2}}, train, score, dummy(0, 1), dummy(1, 2), dummy(2, 3)).pick == 2);
  CHECK_THROWS_WITH_AS((void)wm::choose({.budgets = {1}}, train, score, dummy(0, 1), dummy(1, 2)),
                       doctest::Contains("expected a candidate with a score"), wm::NumericalError);
}

TEST_CASE("options that make no sense are refused") {
  Log log;
  auto const refuses = [&](wm::ChooseOptions const& how, char const* what) {
    CHECK_THROWS_WITH_AS((void)choose_among(std::array<double, 2>{1, 2}, how, log), doctest::Contains(what),
                         wm::ArgumentError);
  };
  refuses({}, "expected at least one budget, from 1, each larger than the one before, got 0");
  refuses({.budgets = {0, 1}}, "got 2 of which the first is 0");
  refuses({.budgets = {2, 2}}, "each larger than the one before");
  refuses({.budgets = {1}, .repeats = 0}, "at least 1 repeat");
  refuses({.budgets = {1}, .tolerance = -1}, "got 3 and -1");
  refuses({.budgets = {1}, .tolerance = std::nan("")}, "tolerance of at least 0");
  CHECK(log.empty());
}

TEST_CASE("topology and order of a target that is known: the ellipse, not a plain network, a line, or a higher order") {
  // y = x_0 cos t + x_1 sin t: linear layers on an ellipse say it exactly.
  auto const samples = [](wm::Index count, wm::Random& random, auto const& body) {
    wm::Matrix<double> inputs(count, 2);
    wm::Matrix<double> targets(count, 1);
    std::vector<double> angles;
    for (wm::Index i = 0; i < count; ++i) {
      double const t = angles.emplace_back(random.uniform(0, 2 * std::numbers::pi));
      inputs.row(i) << random.normal(), random.normal();
      targets(i, 0) = inputs(i, 0) * std::cos(t) + inputs(i, 1) * std::sin(t) + 0.1 * random.normal();
    }
    return body(inputs, targets, angles);
  };
  auto const train = [&]<class Model>(Model& model, wm::Index steps, wm::Repeat const& repeat) {
    wm::GradientFlow flow{model, wm::MeanSquaredError{}, {.rate = 0.1}};
    wm::Random random(repeat.seed);
    for (wm::Index i = 0; i < steps; ++i) {
      samples(32, random, [&](auto const& inputs, auto const& targets, auto const& angles) {
        flow.step(inputs, at<typename Model::Topology>(angles), targets);
        return 0;
      });
    }
  };
  auto const score = [&]<class Model>(Model const& model, wm::Repeat const&) {
    wm::Random random(wm::Seed{7});
    return samples(500, random, [&](auto const& inputs, auto const& targets, auto const& angles) {
      return -(model.predict(inputs, at<typename Model::Topology>(angles)) - targets).squaredNorm() / 500;
    });
  };
  auto const on = []<class Basis>(Basis) {
    return [](wm::Seed seed) { return wm::BasicManifold<double, Basis, wm::Dense<2, 1>>(wm::he_normal, seed); };
  };
  wm::ChooseOptions const how{.budgets = {20, 60}, .tolerance = 1e-3};
  auto const once = wm::choose(how, train, score, on(wm::Constant<>{}), on(wm::Fourier<wm::S1, 2>{}), on(wm::Line{}),
                               on(wm::Ellipse{}));
  CHECK(once.pick == 3);
  CHECK(once.candidates[0].rounds.size() == 1);
  CHECK(once.candidates[3].mean() > -0.02);
  CHECK(once.candidates[2].mean() < -0.1);
  auto const again = wm::choose(how, train, score, on(wm::Constant<>{}), on(wm::Fourier<wm::S1, 2>{}), on(wm::Line{}),
                                on(wm::Ellipse{}));
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(once.candidates[i].rounds == again.candidates[i].rounds);
  }
}
