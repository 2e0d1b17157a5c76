#include <wmanifold/network/coefficients.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;
using wm::Index;

namespace {

/// The samples of each row, by runs of an order.
std::vector<std::vector<Index>> samples_of_rows(wm::kernel::RowRuns const& runs, Index rows, Index samples,
                                                std::vector<Index> const& order) {
  std::vector<std::vector<Index>> result(static_cast<std::size_t>(rows));
  for (Index k = 0; k < rows; ++k) {
    auto& own = result[static_cast<std::size_t>(k)];
    runs.for_each(k, {0, samples}, [&](wm::kernel::IndexRange run) {
      CHECK(run.begin < run.end);
      for (Index i = run.begin; i < run.end; ++i) {
        own.push_back(order[static_cast<std::size_t>(i)]);
      }
    });
    std::sort(own.begin(), own.end());
  }
  return result;
}

/// Hats at whole numbers: group g meets rows g and g + 1.
auto const hats = [](Index rows) {
  return [rows](Index g, double* out) {
    std::fill_n(out, rows, 0.0);
    out[g % rows] = 0.75;
    out[(g + 1) % rows] = 0.25;
  };
};

}  // namespace

TEST_CASE("coefficients of samples, and of groups") {
  wm::BatchCoefficients<double> phi;
  auto const evaluate = [](Index g, double* out) {
    out[0] = static_cast<double>(10 * g);
    out[1] = static_cast<double>(10 * g + 1);
  };
  SUBCASE("a context for each sample") {
    phi.set_mixed(3, {}, 2, {}, evaluate);
    CHECK(phi.groups() == 3);
    CHECK(std::vector<double>(phi.of_samples.begin(), phi.of_samples.begin() + 6) ==
          std::vector<double>{0, 1, 10, 11, 20, 21});
  }
  SUBCASE("groups of two and one") {
    std::vector<Index> const ends{2, 3};
    phi.set_mixed(3, ends, 2, {}, evaluate);
    CHECK(phi.groups() == 2);
    CHECK(std::vector<double>(phi.of_samples.begin(), phi.of_samples.begin() + 6) ==
          std::vector<double>{0, 1, 0, 1, 10, 11});
    CHECK(std::vector<double>(phi.of_each_group.begin(), phi.of_each_group.begin() + 4) ==
          std::vector<double>{0, 1, 10, 11});
  }
  SUBCASE("a context for each sample, mixed by groups: groups of one") {
    phi.set_mixed(3, {}, 2, {.mixing = wm::Mixing::by_groups}, evaluate);
    CHECK(phi.ends == std::vector<Index>{1, 2, 3});
    CHECK(std::vector<double>(phi.of_samples.begin(), phi.of_samples.begin() + 6) ==
          std::vector<double>{0, 1, 10, 11, 20, 21});
  }
}

TEST_CASE("spans are looked for where fewer rows meet than there are") {
  constexpr Index rows = 8;
  std::vector<Index> ends;
  for (Index g = 0; g < 64; ++g) {
    ends.push_back(3 * (g + 1));
  }
  for (auto const mixing : {wm::Mixing::per_sample, wm::Mixing::by_groups}) {
    CAPTURE(wm::name_of(mixing));
    wm::BatchCoefficients<double> phi;
    phi.set_mixed(ends.back(), ends, rows, {.mixing = mixing, .rows_met = 2}, hats(rows));
    phi.find_spans();
    CHECK(!phi.spans.empty());
    phi.set_mixed(ends.back(), ends, rows, {.mixing = mixing, .rows_met = rows}, hats(rows));
    phi.find_spans();
    CHECK(phi.spans.empty());
  }
}

TEST_CASE("each row has the samples of the wanted groups") {
  constexpr Index rows = 6;
  auto const is_wanted = [](Index group, Index k) { return k != 1 && (group + k) % 3 != 0; };
  auto const check = [&](std::span<Index const> ends, Index samples) {
    wm::BatchCoefficients<double> phi;
    phi.set_mixed(samples, ends, rows, {.rows_met = 2}, hats(rows));
    phi.find_spans();
    REQUIRE(!phi.spans.empty());
    auto const found = samples_of_rows(phi.runs_where(is_wanted), rows, samples, phi.spans.order());
    for (Index k = 0; k < rows; ++k) {
      std::vector<Index> expected;
      phi.for_each_group([&](Index g, Index begin, Index end) {
        for (Index b = begin; b < end && is_wanted(g, k); ++b) {
          expected.push_back(b);
        }
      });
      CAPTURE(k);
      CHECK(found[static_cast<std::size_t>(k)] == expected);
    }
  };
  SUBCASE("a group for each sample") { check({}, 12); }
  SUBCASE("groups of several sizes") { check(std::vector<Index>{1, 4, 6, 11, 12, 20, 21}, 21); }
  SUBCASE("one sample") { check({}, 1); }
}

TEST_CASE("a backward pass needs the groups of the forward pass") {
  auto const zero = [](Index, double* out) { out[0] = out[1] = 0; };
  std::vector<Index> const ends{2, 3};
  wm::BatchCoefficients<double> phi;
  phi.set_mixed(3, ends, 2, {}, zero);
  CHECK_NOTHROW(phi.require_groups(ends));
  CHECK_THROWS_WITH_AS(phi.require_groups(std::vector<Index>{1, 3}),
                       "wmanifold: backward: expected the contexts of the forward pass, in its 2 groups, got 2 of "
                       "other sizes",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(phi.require_groups({}), doctest::Contains("in its 2 groups, got 3"), wm::ArgumentError);
  phi.set_mixed(3, {}, 2, {}, zero);
  CHECK_NOTHROW(phi.require_groups({}));
  CHECK_THROWS_AS(phi.require_groups(ends), wm::ArgumentError);
}
