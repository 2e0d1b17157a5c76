#include <wmanifold/functional/reduction.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace wm = wmanifold;
using wm::Index;

namespace {

struct Case {
  std::vector<double> losses;
  std::vector<double> weights = {};
  std::vector<Index> ends = {};
};

struct Result {
  double value;
  std::vector<double> shares;
};

template <class Reduce>
Result reduce(Reduce const& how, Case const& c) {
  wm::ReductionScratch scratch;
  Result result{0, std::vector<double>(c.losses.size())};
  result.value = how(wm::SampleLosses{c.losses, c.weights, c.ends, result.shares}, scratch);
  return result;
}

/// Checks that the shares are the derivatives in each loss (if no two contexts are equally bad).
template <class Reduce>
void shares_are_slopes(Reduce const& how, Case const& c) {
  auto const result = reduce(how, c);
  double along = 0;
  for (std::size_t b = 0; b < c.losses.size(); ++b) {
    auto above = c;
    auto below = c;
    above.losses[b] += 1e-6;
    below.losses[b] -= 1e-6;
    double const slope = (reduce(how, above).value - reduce(how, below).value) / 2e-6;
    CHECK(result.shares[b] == doctest::Approx(slope).epsilon(1e-7));
    along += result.shares[b] * c.losses[b];
  }
  CHECK(along == doctest::Approx(result.value).epsilon(1e-12));  // homogeneous of degree one
}

Case const single{{3, 1, 4, 1.5, 9, 2.6}};
Case const grouped{{3, 1, 4, 1.5, 9, 2.6}, {}, {2, 5, 6}};
Case const weighted{{3, 1, 4, 1.5, 9, 2.6}, {1, 2, 0.5, 0, 1, 3}, {2, 5, 6}};

}  // namespace

TEST_CASE("the mean is over samples, by their weights") {
  CHECK(reduce(wm::Mean{}, single).value == doctest::Approx(21.1 / 6));
  CHECK(reduce(wm::Mean{}, grouped).value == doctest::Approx(21.1 / 6));
  CHECK(reduce(wm::Mean{}, weighted).value == doctest::Approx((3 + 2 + 2 + 9 + 7.8) / 7.5));
}

TEST_CASE("cvar is the mean of the worst contexts, the last of which may count in part") {
  CHECK(wm::Cvar(0.25).alpha() == 0.25);
  CHECK(reduce(wm::Cvar(1.0 / 6), single).value == 9);
  CHECK(reduce(wm::Cvar(0.5), single).value == doctest::Approx((9 + 4 + 3) / 3.0));
  CHECK(reduce(wm::Cvar(0.25), single).value == doctest::Approx((9 + 0.5 * 4) / 1.5));
  CHECK(reduce(wm::Cvar(1), single).value == doctest::Approx(21.1 / 6));
  // Means within contexts 2, 29 / 6 and 2.6, of weights 2, 3 and 1.
  CHECK(reduce(wm::Cvar(0.5), grouped).value == doctest::Approx(14.5 / 3));
  CHECK(reduce(wm::Cvar(2.0 / 3), grouped).value == doctest::Approx((14.5 + 2.6) / 4));
  CHECK(reduce(wm::Cvar(1), grouped).value == doctest::Approx(21.1 / 6));
}

TEST_CASE("the worst context is the limit of cvar") {
  CHECK(reduce(wm::WorstContext{}, single).value == 9);
  CHECK(reduce(wm::WorstContext{}, grouped).value == doctest::Approx(14.5 / 3));
  CHECK(reduce(wm::WorstContext{}, grouped).value == doctest::Approx(reduce(wm::Cvar(1e-3), grouped).value));
  Case const ignored{{1, 100}, {1, 0}};
  CHECK(reduce(wm::WorstContext{}, ignored).value == 1);
  CHECK(reduce(wm::Cvar(0.5), ignored).value == 1);
  // Small weights count like large ones, and the first context may be the one without.
  CHECK(reduce(wm::WorstContext{}, {{5, 1, 9}, {0.5, 0.25, 0}}).value == 5);
  CHECK(reduce(wm::WorstContext{}, {{100, 1, 2}, {0, 0.5, 0.25}}).value == 2);
  CHECK(reduce(wm::WorstContext{}, {{100, 2, 1}, {0, 0.5, 0.25}}).value == 2);
}

TEST_CASE("the shares of samples are the derivatives of the result") {
  for (auto const& c : {single, grouped, weighted}) {
    shares_are_slopes(wm::Mean{}, c);
    shares_are_slopes(wm::Cvar(0.3), c);
    shares_are_slopes(wm::Cvar(0.8), c);
    shares_are_slopes(wm::Cvar(1), c);
    shares_are_slopes(wm::WorstContext{}, c);
  }
}

TEST_CASE("a fraction of contexts outside (0, 1] is refused") {
  for (double const alpha : {0.0, -0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_WITH_AS(wm::Cvar{alpha}, doctest::Contains("expected a fraction of contexts in (0, 1], got"),
                         wm::ArgumentError);
  }
}
