#include <wmanifold/flow/schedule.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;

static_assert(wm::Schedule<wm::ConstantSchedule> && wm::Schedule<wm::WarmUp<wm::CosineSchedule>>);

TEST_CASE("schedules start and end where they say, and stay there") {
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

TEST_CASE("a warm-up rises in equal parts, never from zero, and then is the other schedule") {
  wm::WarmUp<wm::ConstantSchedule> const warm{4, {1}};
  CHECK(warm(0) == doctest::Approx(0.2));
  CHECK(warm(3) == doctest::Approx(0.8));
  CHECK(warm(4) == doctest::Approx(1));
  CHECK(warm(40) == doctest::Approx(1));
  wm::WarmUp<wm::LinearSchedule> const line{2, {1, 0, 10}};
  CHECK(line(5) == doctest::Approx(0.5));
}
