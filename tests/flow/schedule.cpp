#include <wmanifold/flow/schedule.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace wm = wmanifold;

static_assert(wm::Schedule<wm::ConstantSchedule> && wm::Schedule<wm::WarmUp<wm::CosineSchedule>>);

TEST_CASE("schedules have the given start and end, and stay at the end") {
  wm::LinearSchedule const line{1, 0.2, 10};
  CHECK(line(0) == 1);
  CHECK(line(5) == doctest::Approx(0.6));
  CHECK(line(10) == doctest::Approx(0.2));
  CHECK(line(1000) == doctest::Approx(0.2));
  wm::CosineSchedule const cosine{1, 0.2, 10};
  CHECK(cosine(0) == 1);
  CHECK(cosine(5) == doctest::Approx(0.6));
  CHECK(cosine(10) == doctest::Approx(0.2));
  CHECK(cosine(1000) == doctest::Approx(0.2));
  CHECK(cosine(1) > line(1));
  CHECK(cosine(9) < line(9));
  CHECK(wm::ConstantSchedule{0.3}(7) == 0.3);
}

TEST_CASE("a warm-up rises in equal parts, never from zero, and then follows the other schedule") {
  wm::WarmUp<wm::ConstantSchedule> const warm{4, {1}};
  CHECK(warm(0) == doctest::Approx(0.2));
  CHECK(warm(3) == doctest::Approx(0.8));
  CHECK(warm(4) == doctest::Approx(1));
  CHECK(warm(40) == doctest::Approx(1));
  wm::WarmUp<wm::LinearSchedule> const line{2, {1, 0, 10}};
  CHECK(line(5) == doctest::Approx(0.5));
}

TEST_CASE("schedules end at 0 exactly, are never negative, and are constant before step 0") {
  wm::LinearSchedule const line{0.1, 0, 10};
  wm::CosineSchedule const cosine{0.1, 0, 10};
  for (wm::Index const step : {10, 11, 1000}) {
    CHECK(line(step) == 0);
    CHECK(cosine(step) == 0);
  }
  wm::Index const last = std::numeric_limits<wm::Index>::max();
  CHECK(wm::LinearSchedule{1, 1e-300, last}(last) == 1e-300);
  CHECK(wm::WarmUp<wm::ConstantSchedule>{last, {1}}(last) == 1);
  for (wm::Index step = 0; step <= 1000; ++step) {
    CHECK(wm::LinearSchedule{0.3, 0, 999}(step) >= 0);
    CHECK(wm::CosineSchedule{0, 0.3, 999}(step) >= 0);
  }
  CHECK(line(-3) == 0.1);
  CHECK(cosine(-3) == 0.1);
  CHECK(wm::WarmUp<wm::ConstantSchedule>{4, {1}}(-3) == doctest::Approx(0.2));
}

TEST_CASE("invalid values and numbers of steps are refused") {
  auto const refuses = [](auto const& schedule, char const* sentence) {
    CHECK_THROWS_WITH_AS(static_cast<void>(schedule(1)), doctest::Contains(sentence), wm::ArgumentError);
  };
  double const not_a_number = std::numeric_limits<double>::quiet_NaN();
  refuses(wm::ConstantSchedule{-0.1}, "schedule: expected a value of at least 0, got -0.1");
  refuses(wm::LinearSchedule{not_a_number, 0, 10}, "schedule: expected a start of at least 0, got nan");
  refuses(wm::LinearSchedule{0.1, -0.1, 10}, "schedule: expected an end of at least 0, got -0.1");
  refuses(wm::CosineSchedule{std::numeric_limits<double>::infinity(), 0, 10},
          "expected a start of at least 0, got inf");
  refuses(wm::CosineSchedule{0.1, 0, -1}, "schedule: expected a number of steps of at least 0, got -1");
  refuses(wm::WarmUp<wm::ConstantSchedule>{-4, {1}}, "schedule: expected a number of steps of at least 0, got -4");
  refuses(wm::WarmUp<wm::ConstantSchedule>{4, {-1}}, "schedule: expected a value of at least 0, got -1");
}
