#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/real.hpp>

#include "support/doctest.hpp"

#include <cstdint>
#include <numeric>
#include <type_traits>

namespace wm = wmanifold;

namespace {

bool is_aligned(void const* pointer) { return reinterpret_cast<std::uintptr_t>(pointer) % wm::alignment == 0; }

}  // namespace

TEST_CASE_TEMPLATE("storage starts on a cache line, whatever its size", T, char, float, double) {
  std::vector<wm::AlignedVector<T>> kept;  // all alive at once, so that the heap cannot hand out one place again
  for (std::size_t size = 1; size < 300; size += 7) {
    kept.emplace_back(size, T{1});
    CHECK(is_aligned(kept.back().data()));
  }
}

TEST_CASE("copies are equal and separate, moves take the storage along") {
  wm::AlignedVector<float> original(100);
  std::iota(original.begin(), original.end(), 0.0F);
  auto copy = original;
  CHECK(copy == original);
  CHECK(copy.data() != original.data());
  CHECK(is_aligned(copy.data()));
  copy[3] = -1;
  CHECK(original[3] == 3);

  auto const* storage = original.data();
  auto moved = std::move(original);
  CHECK(moved.data() == storage);
  copy = std::move(moved);
  CHECK(copy.data() == storage);
  CHECK(copy[99] == 99);

  static_assert(std::is_nothrow_move_constructible_v<wm::AlignedVector<float>>);
  static_assert(std::is_nothrow_move_assignable_v<wm::AlignedVector<float>>);
}

TEST_CASE("allocators of all types are equal") {
  CHECK(wm::AlignedAllocator<float>{} == wm::AlignedAllocator<float>{wm::AlignedAllocator<double>{}});
}

TEST_CASE("a size whose bytes overflow is refused") {
  wm::AlignedAllocator<double> allocator;
  CHECK_THROWS_AS(static_cast<void>(allocator.allocate(static_cast<std::size_t>(-1) / 4)), std::bad_array_new_length);
}
