#include <wmanifold/selection/choose.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/selection/choose.hpp>
#include <wmanifold/topology/sampling.hpp>

#include "support/doctest.hpp"

#include <array>
#include <limits>

namespace wm = wmanifold;

namespace {

/// A model with a number of parameters. `train` leaves it as it is.
struct Dummy {
  int kind;
  wm::Seed seed;
  wm::Parameters<float> block;
  wm::Parameters<float> const& parameters() const { return block; }
};
auto dummy(int kind, wm::Index size) {
  return [=](wm::Seed seed) { return Dummy{kind, seed, wm::Parameters<float>(2, size, 1)}; };
}

auto const none = [](Dummy&, wm::Repeat const&) {};

/// Chooses among candidates of 10, 11, ... by score(kind, repeat).
template <std::size_t n, class Score>
wm::Choice choose_among(wm::ChooseOptions const& how, Score const& score) {
  auto const of_model = [&](Dummy const& model, wm::Repeat const& repeat) { return score(model.kind, repeat); };
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return wm::choose(how, none, of_model, dummy(static_cast<int>(i), static_cast<wm::Index>(10 + i))...);
  }
  (std::make_index_sequence<n>{});
}

/// Noise that all candidates share in a repeat, and noise of each one's own.
double noise(int kind, wm::Repeat const& repeat, double shared, double own) {
  return shared * wm::Random(repeat.seed).normal() +
         own * wm::Random(repeat.seed.stream(static_cast<std::uint64_t>(100 + kind))).normal();
}

/// Counts the repeats of each candidate.
std::vector<std::size_t> repeats_of(wm::Choice const& choice) {
  std::vector<std::size_t> counts;
  for (auto const& candidate : choice.candidates) {
    counts.push_back(candidate.scores.size());
  }
  return counts;
}
using Counts = std::vector<std::size_t>;

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

TEST_CASE("clear losers are dropped after the least repeats, close candidates go on to the most") {
  // 2 and 3 lead in turn, 3 by a little more; the others are far below.
  auto const choice = choose_among<4>({.least = 4, .most = 9}, [](int kind, wm::Repeat const& repeat) {
    double const turn = repeat.number % 2 == 0 ? 1 : -1;
    return kind < 2 ? -10.0 * kind + turn : kind == 2 ? 50 + turn : 50.1 + static_cast<double>(repeat.number % 3);
  });
  CHECK(choice.pick == 3);
  CHECK(repeats_of(choice) == Counts{4, 4, 9, 9});
  CHECK(choice.candidates[3].parameters == 2 * 13 + 1);
  CHECK(choice.candidates[3].mean() == doctest::Approx(51.1));
}

TEST_CASE("a single remaining candidate is not trained further") {
  auto const score = [](int kind, wm::Repeat const&) { return kind; };
  CHECK(repeats_of(choose_among<3>({}, score)) == Counts{4, 4, 4});
  CHECK(choose_among<3>({.least = 2}, score).pick == 2);
  CHECK(repeats_of(choose_among<1>({}, score)) == Counts{1});
}

TEST_CASE("repeats have their own number and seed, which training and score share; candidates share both") {
  std::vector<std::pair<wm::Index, wm::Seed>> trained;
  std::vector<wm::Seed> made;
  auto const train = [&](Dummy& model, wm::Repeat const& r) {
    trained.emplace_back(r.number, r.seed);
    made.push_back(model.seed);
  };
  auto const score = [&](Dummy const& model, wm::Repeat const& r) {
    CHECK(trained.back() == std::pair(r.number, r.seed));
    return model.kind == 0 ? 1 : r.number % 2;  // never far apart
  };
  (void)wm::choose({.least = 3, .most = 3}, train, score, dummy(0, 1), dummy(1, 1));
  REQUIRE(trained.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(trained[i].first == static_cast<wm::Index>(i / 2));
    for (std::size_t j = 0; j < 6; ++j) {
      CHECK((trained[i] == trained[j]) == (i / 2 == j / 2));
      CHECK((made[i] == made[j]) == (i / 2 == j / 2));
    }
  }
}

TEST_CASE("ties, and scores within the tolerance, give the fewest parameters") {
  auto const picked = [](std::array<double, 3> const& scores, double tolerance) {
    auto const score = [&](int kind, wm::Repeat const&) { return scores[static_cast<std::size_t>(kind)]; };
    return choose_among<3>({.tolerance = tolerance}, score).pick;
  };
  CHECK(picked({2, 2, 2}, 0) == 0);
  CHECK(picked({1, 2, 2}, 0) == 1);
  CHECK(picked({1, 1.5, 1.25}, 0) == 1);
  CHECK(picked({1, 1.25, 1.5}, 0.25) == 1);
  CHECK(picked({1, 1.25, 1.5}, 0.5) == 0);
  CHECK(picked({1.25, 1.5, 1}, 1) == 0);
  // For equal parameters the better one, and for equal scores the first.
  auto const same = [](int kind, wm::Repeat const& r) {
    return kind == 0 ? 0.0 : 0.1 + 0.01 * static_cast<double>(r.number % 2);
  };
  auto const score = [&](Dummy const& model, wm::Repeat const& r) { return same(model.kind, r); };
  CHECK(wm::choose({.tolerance = 1}, none, score, dummy(0, 5), dummy(1, 5), dummy(2, 5)).pick == 1);
}

TEST_CASE("a tie by chance is settled as soon as more than the tolerance is ruled out") {
  auto const score = [](int kind, wm::Repeat const& repeat) { return noise(kind, repeat, 10, 0.1); };
  auto const choice = choose_among<2>({.most = 50, .tolerance = 1}, score);
  CHECK(choice.pick == 0);
  CHECK(repeats_of(choice) == Counts{4, 4});
}

TEST_CASE("a known ranking is found in noise, at a cost that falls with the gap") {
  struct Tally {
    int right = 0;
    std::size_t trainings = 0;
  };
  auto const tally = [](double gap, double own, wm::ChooseOptions how) {  // of two hundred races with four candidates
    Tally sum;
    for (std::uint64_t i = 0; i < 200; ++i) {
      how.seed = wm::Seed{i};
      auto const choice = choose_among<4>(how, [&](int kind, wm::Repeat const& repeat) {
        return gap * std::array{1, 0, 3, 2}[static_cast<std::size_t>(kind)] + noise(kind, repeat, 100, own);
      });
      sum.right += choice.pick == 2 ? 1 : 0;
      for (std::size_t const count : repeats_of(choice)) {
        CHECK(count >= static_cast<std::size_t>(how.least));
        CHECK(count <= static_cast<std::size_t>(how.most));
        sum.trainings += count;
      }
    }
    return sum;
  };
  auto const clear = tally(10, 1, {});
  CHECK(clear.right == 200);
  CHECK(clear.trainings < 200 * 20);  // between 16, the least, and 48, the most
  auto const close = tally(1, 1, {});
  CHECK(close.right > 190);
  CHECK(close.trainings > clear.trainings);
  CHECK(close.trainings < 200 * 40);
  // Noise that all share cancels, at any size.
  CHECK(tally(0.1, 0, {}).trainings == 200 * 16);
  // A short race without allowed errors loses the ranking more often.
  CHECK(tally(1, 1, {.least = 2, .errors = 0}).right < close.right - 10);
}

TEST_CASE("candidates that diverge or have no finite score are dropped at once") {
  std::vector<int> trained;
  auto const train = [&](Dummy& model, wm::Repeat const&) {
    trained.push_back(model.kind);
    if (model.kind == 0) {
      wm::fail<wm::NumericalError>("diverged");
    }
  };
  auto const score = [](Dummy const& model, wm::Repeat const& repeat) {
    double const infinity = std::numeric_limits<double>::infinity();
    switch (model.kind) {
      case 1:
        return std::nan("");
      case 2:
        return repeat.number == 2 ? infinity : 1;
      default:
        return -1e300;
    }
  };
  auto const choice = wm::choose({.least = 4}, train, score, dummy(0, 1), dummy(1, 2), dummy(2, 3), dummy(3, 4));
  CHECK(choice.pick == 3);
  CHECK(trained == std::vector{0, 1, 2, 3, 2, 3, 2, 3});
  CHECK(repeats_of(choice) == Counts{1, 1, 3, 3});
  CHECK(choice.candidates[0].mean() == -std::numeric_limits<double>::infinity());
  CHECK_THROWS_WITH_AS((void)wm::choose({}, train, score, dummy(0, 1), dummy(1, 2)),
                       doctest::Contains("expected a candidate with a finite score after repeat 0"),
                       wm::NumericalError);
}

TEST_CASE("invalid options are refused") {
  auto const refuses = [&](wm::ChooseOptions const& how, char const* what) {
    auto const score = [](int, wm::Repeat const&) {
      FAIL("was tried");
      return 0;
    };
    CHECK_THROWS_WITH_AS((void)choose_among<2>(how, score), doctest::Contains(what), wm::ArgumentError);
  };
  refuses({.least = 1}, "expected at least 2 trainings and a maximum of no fewer, got 1 and 12");
  refuses({.least = 5, .most = 4}, "got 5 and 4");
  refuses({.errors = -1}, "expected errors and a tolerance of at least 0, got -1 and 0");
  refuses({.errors = std::nan("")}, "errors");
  refuses({.tolerance = -1}, "got 3 and -1");
  refuses({.tolerance = std::nan("")}, "tolerance");
  refuses({.errors = std::numeric_limits<double>::infinity()}, "got inf and 0");
  refuses({.tolerance = std::numeric_limits<double>::infinity()}, "got 3 and inf");
}

TEST_CASE("topology and order for a known target: the ellipse, not a plain network, a line, or a higher order") {
  // y = x_0 cos t + x_1 sin t: linear layers on an ellipse represent it exactly.
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
  auto const train = [&]<class Model>(Model& model, wm::Repeat const& repeat) {
    wm::GradientFlow flow{model, wm::MeanSquaredError{}, {.rate = 0.1}};
    wm::Random random(repeat.seed);
    for (int i = 0; i < 60; ++i) {
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
  wm::ChooseOptions const how{.least = 3, .most = 5, .tolerance = 1e-3};
  auto const once = wm::choose(how, train, score, on(wm::Constant<>{}), on(wm::Fourier<wm::S1, 2>{}), on(wm::Line{}),
                               on(wm::Ellipse{}));
  CHECK(once.pick == 3);
  CHECK(once.candidates[0].scores.size() == 3);
  CHECK(once.candidates[3].mean() > -0.02);
  CHECK(once.candidates[2].mean() < -0.1);
  auto const again = wm::choose(how, train, score, on(wm::Constant<>{}), on(wm::Fourier<wm::S1, 2>{}), on(wm::Line{}),
                                on(wm::Ellipse{}));
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(once.candidates[i].scores == again.candidates[i].scores);
  }
  wm::ChooseOptions other = how;
  other.seed = wm::Seed{1};
  CHECK(wm::choose(other, train, score, on(wm::Constant<>{}), on(wm::Ellipse{})).candidates[1].scores !=
        once.candidates[3].scores);
}
