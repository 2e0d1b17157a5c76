#include <wmanifold/topology/contexts.hpp>
#include <wmanifold/topology/s1.hpp>

#include "support/doctest.hpp"

#include <limits>
#include <type_traits>

namespace wm = wmanifold;
using Contexts = wm::Contexts<wm::S1>;
using Points = std::vector<wm::Point<wm::S1>>;

namespace {

wm::Point<wm::S1> at(double angle) { return wm::S1::radians(angle); }

/// Returns the point of every sample.
Points expanded(Contexts const& contexts) {
  if (contexts.per_sample()) {
    return {contexts.points().begin(), contexts.points().end()};
  }
  Points points;
  for (wm::Index g = 0; g < contexts.groups(); ++g) {
    while (static_cast<wm::Index>(points.size()) < contexts.ends()[static_cast<std::size_t>(g)]) {
      points.push_back(contexts.points()[static_cast<std::size_t>(g)]);
    }
  }
  return points;
}

}  // namespace

TEST_CASE("a point per sample") {
  Contexts const contexts(Points{at(1), at(2), at(3)});
  CHECK(contexts.samples() == 3);
  CHECK(contexts.groups() == 3);
  CHECK(contexts.per_sample());
  CHECK(contexts.ends().empty());
  CHECK(contexts.points()[1] == at(2));
}

TEST_CASE("points that groups share") {
  auto const contexts = Contexts::grouped({at(1), at(2)}, {3, 1});
  CHECK(contexts.samples() == 4);
  CHECK(contexts.groups() == 2);
  CHECK_FALSE(contexts.per_sample());
  CHECK(expanded(contexts) == Points{at(1), at(1), at(1), at(2)});
  CHECK(expanded(Contexts::grouped({at(1), at(2)}, 2)) == Points{at(1), at(1), at(2), at(2)});
  CHECK(expanded(Contexts::constant(at(5), 3)) == Points{at(5), at(5), at(5)});
}

TEST_CASE("runs of equal neighbours are found") {
  Points const points{at(1), at(1), at(2), at(1), at(3), at(3), at(3)};
  auto const contexts = Contexts::runs(points);
  CHECK(contexts.groups() == 4);
  CHECK(contexts.samples() == 7);
  CHECK(expanded(contexts) == points);
  CHECK(Contexts::runs({at(0), at(2 * std::numbers::pi)}).groups() == 1);
  CHECK(Contexts::runs({}).samples() == 0);
}

TEST_CASE("a slice has the samples of its range") {
  Points const points{at(1), at(1), at(1), at(2), at(3), at(3)};
  for (auto const& contexts : {Contexts(points), Contexts::runs(points)}) {
    for (wm::Index first = 0; first <= 6; ++first) {
      for (wm::Index count = 0; first + count <= 6; ++count) {
        auto const part = contexts.slice(first, count);
        CHECK(part.samples() == count);
        CHECK(expanded(part) == Points(points.begin() + first, points.begin() + first + count));
      }
    }
  }
  CHECK(Contexts::runs(points).slice(1, 4).groups() == 3);
}

TEST_CASE("wrong groups and ranges are refused, with the actual values") {
  using wm::ArgumentError;
  CHECK_THROWS_WITH_AS(Contexts::grouped({at(1), at(2)}, std::vector<wm::Index>{3}),
                       "wmanifold: contexts: expected 2 group sizes (one per point), got 1", ArgumentError);
  CHECK_THROWS_WITH_AS(Contexts::grouped({at(1), at(2)}, {3, 0}),
                       "wmanifold: contexts: expected groups of at least one sample, got one of 0", ArgumentError);
  CHECK_THROWS_WITH_AS(Contexts::constant(at(1), -1),
                       "wmanifold: contexts: expected groups of at least one sample, got one of -1", ArgumentError);

  constexpr auto huge = std::numeric_limits<wm::Index>::max();
  CHECK_THROWS_WITH_AS(Contexts::grouped({at(1), at(2)}, {huge, 1}),
                       doctest::Contains("group sizes with a sum in range, got one of 1 after 9223372036854775807"),
                       ArgumentError);
  for (auto const& contexts : {Contexts(Points{at(1), at(2), at(3)}), Contexts::grouped({at(1), at(2)}, {2, 1})}) {
    CHECK_THROWS_WITH_AS(contexts.slice(2, 2),
                         "wmanifold: contexts: expected a range within 3 samples, got 2 from sample 2", ArgumentError);
    CHECK_THROWS_WITH_AS(contexts.slice(-1, 2), doctest::Contains("got 2 from sample -1"), ArgumentError);
    CHECK_THROWS_WITH_AS(contexts.slice(0, -1), doctest::Contains("got -1 from sample 0"), ArgumentError);
    CHECK_THROWS_AS(contexts.slice(1, huge), ArgumentError);
    CHECK_THROWS_AS(contexts.slice(huge, 1), ArgumentError);
    CHECK_THROWS_AS(contexts.slice(4, 0), ArgumentError);
    CHECK(contexts.samples() == 3);
  }
}

TEST_CASE("contexts copy and move like values") {
  static_assert(std::copyable<Contexts>);
  static_assert(std::is_nothrow_move_constructible_v<Contexts> && std::is_nothrow_move_assignable_v<Contexts>);
  auto original = Contexts::grouped({at(1), at(2)}, {2, 1});
  auto copy = original;
  CHECK(expanded(copy) == expanded(original));
  CHECK(copy.points().data() != original.points().data());
  auto const* storage = original.points().data();
  auto const moved = std::move(original);
  CHECK(moved.points().data() == storage);
  CHECK(moved.samples() == 3);
  copy = Contexts::constant(at(4), 5);
  CHECK(copy.samples() == 5);
}
