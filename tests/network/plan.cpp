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
}
