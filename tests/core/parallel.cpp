#include <wmanifold/core/parallel.hpp>
#include <wmanifold/core/simd.hpp>

#include "support/doctest.hpp"
#include "support/threads.hpp"

#include <atomic>
#include <vector>

namespace wm = wmanifold;

namespace {

struct OneThread {
  static constexpr bool threads = false;
};

struct Covered {
  bool once = true;
  int pieces = 0;
};

/// Counts the visits of each of `count` numbers, and the pieces.
template <class T>
Covered covered(wm::Index count, wm::Index work) {
  std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
  std::atomic<int> pieces = 0;
  std::atomic<bool> in_range = true;
  wm::parallel_ranges<T>(count, work, [&](wm::Index begin, wm::Index end, wm::Index piece) {
    ++pieces;
    if (begin < 0 || begin > end || end > count || piece < 0 || piece >= wm::most_pieces<T>()) {
      in_range = false;
      return;
    }
    for (wm::Index i = begin; i < end; ++i) {
      ++visits[static_cast<std::size_t>(i)];
    }
  });
  Covered result{in_range, pieces};
  for (auto const& v : visits) {
    result.once = result.once && v == 1;
  }
  return result;
}

constexpr wm::Index much = 100 * wm::parallel_threshold;

}  // namespace

TEST_CASE("every index is visited exactly once, for any count, work and number of threads") {
  for (int const threads : {1, 2, 3, 4}) {
    support::Threads const limit(threads);
    for (wm::Index const count : {0, 1, 2, 3, 4, 5, 7, 8, 63, 64, 1000, 1001}) {
      for (wm::Index const work : {wm::Index{0}, wm::parallel_threshold, 3 * wm::parallel_threshold, much}) {
        CAPTURE(threads);
        CAPTURE(count);
        CAPTURE(work);
        auto const visits = covered<wm::HostTarget>(count, work);
        CHECK(visits.once);
        CHECK(visits.pieces <= threads);
        CHECK(covered<OneThread>(count, work).once);
      }
    }
  }
}

TEST_CASE("little work, a target without threads, and loops within parallel loops stay in one piece") {
  support::Threads const limit(4);
  CHECK(covered<wm::HostTarget>(1000, wm::parallel_threshold - 1).pieces == 1);
  CHECK(covered<OneThread>(1000, much).pieces == 1);
  if (wm::HostTarget::threads) {
    CHECK(covered<wm::HostTarget>(1000, much).pieces == 4);
    CHECK(covered<wm::HostTarget>(1000, wm::parallel_threshold).pieces == 2);
    CHECK(covered<wm::HostTarget>(3, much).pieces == 3);
    std::atomic<bool> one_piece = true;
    wm::parallel_ranges<wm::HostTarget>(4, much, [&](wm::Index begin, wm::Index end, wm::Index) {
      for (wm::Index i = begin; i < end; ++i) {
        auto const inner = covered<wm::HostTarget>(100, much);
        if (inner.pieces != 1 || !inner.once) {
          one_piece = false;
        }
      }
    });
    CHECK(one_piece);
  }
}
