#include <wmanifold/flow/early_stopping.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace wm = wmanifold;

TEST_CASE("early stopping waits for the given number of looks from the best one on") {
  wm::EarlyStopping watch(2);
  CHECK(watch.look(1));
  CHECK(watch.look(0.5));
  CHECK(!watch.look(0.6));
  CHECK(!watch.should_stop());
  CHECK(watch.look(0.4));
  CHECK(!watch.look(0.4));
  CHECK(!watch.look(std::numeric_limits<double>::quiet_NaN()));
  CHECK(watch.should_stop());
  CHECK(watch.best() == 0.4);
}

TEST_CASE("a gain below the least improvement does not count") {
  wm::EarlyStopping watch(1, 0.1);
  CHECK(watch.look(1));
  CHECK(!watch.look(0.95));
  CHECK(watch.should_stop());
  CHECK_THROWS_WITH_AS(wm::EarlyStopping(0), doctest::Contains("expected a patience of at least 1"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::EarlyStopping(1, -1), doctest::Contains("got 1 and -1"), wm::ArgumentError);
  CHECK_THROWS_AS(wm::EarlyStopping(1, std::numeric_limits<double>::infinity()), wm::ArgumentError);
  CHECK_THROWS_AS(wm::EarlyStopping(1, std::numeric_limits<double>::quiet_NaN()), wm::ArgumentError);
}
