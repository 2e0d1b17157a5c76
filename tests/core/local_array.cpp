#include <wmanifold/core/local_array.hpp>

#include <wmanifold/topology/so3.hpp>

#include "support/doctest.hpp"

#include <span>

namespace wm = wmanifold;

// Arrays below 16 bytes are std::array itself. Others ask for 32, with any flags.
static_assert(std::is_same_v<wm::LocalArray<float, 3>, std::array<float, 3>>);
static_assert(alignof(wm::LocalArray<double, 2>) == 32 && alignof(wm::LocalArray<float, 9>) == 32);
static_assert(alignof(wm::Point<wm::SO3>) == 32 && sizeof(wm::Point<wm::SO3>) == 32);

TEST_CASE("a local array is used as a std::array") {
  constexpr wm::LocalArray<double, 6> numbers{1, 2, 3, 4, 5, 6};
  static_assert(numbers.size() == 6 && numbers[2] == 3);
  auto const [a, b, c, d, e, f] = numbers;
  CHECK(a + b + c + d + e + f == 21);
  CHECK(std::span<double const>(numbers).back() == 6);
  CHECK(numbers == std::array<double, 6>{1, 2, 3, 4, 5, 6});
  auto copy = numbers;
  CHECK(copy == numbers);
  copy[0] = 2;
  CHECK(copy != numbers);
  std::array<double, 6> const plain = copy;
  CHECK(plain[0] == 2);
  auto const [w, x, y, z] = wm::SO3::identity().coordinates();
  CHECK(w + x + y + z == 1);
}
