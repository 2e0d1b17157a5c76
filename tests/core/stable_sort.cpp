#include <wmanifold/core/stable_sort.hpp>

#include <wmanifold/core/random.hpp>

#include "support/doctest.hpp"

#include <limits>
#include <utility>

namespace wm = wmanifold;

TEST_CASE("elements are sorted, and equal ones stay in order") {
  using Pair = std::pair<int, int>;
  wm::Random random(wm::Seed{7});
  for (int size = 0; size < 70; ++size) {
    std::vector<Pair> all;
    for (int i = 0; i < size; ++i) {
      all.emplace_back(static_cast<int>(random.below(6)), i);
    }
    auto expected = all;
    std::sort(expected.begin(), expected.end());
    wm::detail::stable_sort(all, [](Pair const& a, Pair const& b) { return a.first < b.first; });
    CAPTURE(size);
    CHECK(all == expected);
  }
}

TEST_CASE("NaNs among the numbers lose no number") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> numbers{3, nan, 1, nan, 2, 0, nan};
  wm::detail::stable_sort(numbers, [](double a, double b) { return a < b; });
  std::erase_if(numbers, [](double x) { return x != x; });
  std::sort(numbers.begin(), numbers.end());
  CHECK(numbers == std::vector<double>{0, 1, 2, 3});
}
