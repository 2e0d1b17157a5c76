#include <wmanifold/network/plan.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <vector>

namespace wm = wmanifold;
using wm::Index;
using wm::Mixing;

TEST_CASE("groups are mixed once if that is less work than a context per sample") {
  std::vector<Index> const ends{32, 64, 96};
  CHECK(wm::plan_batch(ends, 96, 3, 3).mixing == Mixing::by_groups);
  CHECK(wm::plan_batch(ends, 96, 1, 1).mixing == Mixing::per_sample);  // one row: nothing to save
  CHECK(wm::plan_batch({}, 96, 9, 9).mixing == Mixing::per_sample);    // a context per sample
  std::vector<Index> const singles{1, 2, 3};
  CHECK(wm::plan_batch(singles, 3, 3, 3).mixing == Mixing::per_sample);
  std::vector<Index> const eights{8, 16};
  CHECK(wm::plan_batch(eights, 16, 9, 9).mixing == Mixing::by_groups);
}

TEST_CASE("a request decides, and a plan prints itself") {
  std::vector<Index> const ends{32, 64};
  CHECK(wm::plan_batch(ends, 64, 3, 3, Mixing::per_sample).mixing == Mixing::per_sample);
  CHECK(wm::plan_batch({}, 64, 3, 3, Mixing::by_groups).mixing == Mixing::by_groups);
  std::ostringstream text;
  text << wm::plan_batch(ends, 64, 3, 3);
  CHECK(text.str() ==
        "64 samples, 2 contexts, 3 rows: mixed by groups (multiply-adds per weight: per sample 192, by groups about "
        "79)");
  std::ostringstream none;
  none << wm::Plan{};
  CHECK(none.str() ==
        "0 samples, 0 contexts, 0 rows: mixed per sample (multiply-adds per weight: per sample 0, by groups about 0)");
}

TEST_CASE("in a basis of local support, groups mix the rows of spans") {
  auto const ends = [](Index size) {
    std::vector<Index> result;
    for (Index end = size; end <= 256; end += size) {
      result.push_back(end);
    }
    return result;
  };
  auto const mixing = [&](Index size, Index rows, Index rows_met) {
    return wm::plan_batch(ends(size), 256, rows, rows_met).mixing;
  };
  // As measured: CatmullRom<S1, 16>, PolygonalChain<Interval, 16>, OnePerContext<Finite<32>>, and two CatmullRom<S1, 6>
  CHECK(mixing(4, 16, 4) == Mixing::per_sample);
  CHECK(mixing(8, 16, 4) == Mixing::by_groups);
  CHECK(mixing(8, 16, 2) == Mixing::per_sample);
  CHECK(mixing(16, 16, 2) == Mixing::by_groups);
  CHECK(mixing(32, 32, 1) == Mixing::per_sample);
  CHECK(mixing(2, 36, 16) == Mixing::per_sample);
  CHECK(mixing(4, 36, 16) == Mixing::by_groups);
  auto const cost = [&](Index rows_met) { return wm::plan_batch(ends(8), 256, 16, rows_met).by_groups; };
  CHECK(cost(2) < cost(4));
  CHECK(cost(4) < cost(16));
  CHECK(cost(16) == wm::plan_batch(ends(8), 256, 16, 15).by_groups);  // never more than all rows for every group
  std::ostringstream text;
  text << wm::plan_batch(ends(8), 256, 16, 4);
  CHECK(text.str() ==
        "256 samples, 32 contexts, 16 rows, 4 at a sample: mixed by groups (multiply-adds per weight: per sample 1280, "
        "by groups about 992)");
}
