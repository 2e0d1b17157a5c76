#include <wmanifold/data/mini_batches.hpp>

#include <wmanifold/data/gather.hpp>

#include <support/doctest.hpp>

namespace wm = wmanifold;
using wm::Index, wm::LastBatch, wm::MiniBatches;

namespace {

std::vector<Index> joined(std::vector<std::vector<Index>> const& batches) {
  std::vector<Index> all;
  for (auto const& batch : batches) {
    all.insert(all.end(), batch.begin(), batch.end());
  }
  return all;
}

std::vector<Index> sorted(std::vector<Index> all) {
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<Index> counted(Index count) {
  std::vector<Index> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), Index{0});
  return all;
}

}  // namespace

TEST_CASE("an epoch has each sample once, in batches of the given size, the last one smaller") {
  for (auto const& [samples, size, count, last] :
       {std::array<Index, 4>{10, 3, 4, 1}, {9, 3, 3, 3}, {2, 5, 1, 2}, {1, 1, 1, 1}}) {
    MiniBatches const batches(samples, size, wm::Seed{1});
    CHECK(batches.count() == count);
    for (Index e = 0; e < 3; ++e) {
      auto const epoch = batches.epoch(e);
      REQUIRE(std::ssize(epoch) == count);
      for (std::size_t b = 0; b + 1 < epoch.size(); ++b) {
        CHECK(std::ssize(epoch[b]) == size);
      }
      CHECK(std::ssize(epoch.back()) == last);
      CHECK(sorted(joined(epoch)) == counted(samples));
    }
  }
}

TEST_CASE("an incomplete batch is dropped on request, other samples in other epochs") {
  MiniBatches const batches(10, 4, wm::Seed{1}, LastBatch::dropped);
  CHECK(batches.count() == 2);
  std::vector<bool> seen(10);
  for (Index e = 0; e < 20; ++e) {
    auto const all = sorted(joined(batches.epoch(e)));
    CHECK(all.size() == 8);
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
    for (Index const i : all) {
      seen[static_cast<std::size_t>(i)] = true;
    }
  }
  CHECK(std::find(seen.begin(), seen.end(), false) == seen.end());
}

TEST_CASE("batches of a part of the data hold the part's own samples, in the order of that many samples") {
  std::vector<Index> const part{7, 2, 40, 3, 11};
  MiniBatches const batches(part, 2, wm::Seed{1});
  CHECK(batches.count() == 3);
  CHECK(sorted(joined(batches.epoch(0))) == sorted(part));
  CHECK(joined(batches.epoch(1)) == wm::gather(part, joined(MiniBatches(5, 2, wm::Seed{1}).epoch(1))));
  CHECK_THROWS_AS(MiniBatches(std::vector<Index>{}, 2, wm::Seed{1}), wm::ArgumentError);
  auto moved = batches;
  auto const taken = std::move(moved);
  CHECK(taken.epoch(0) == batches.epoch(0));
  CHECK(moved.epoch(0).empty());
}

TEST_CASE("seed and epoch alone decide the order") {
  MiniBatches const batches(50, 7, wm::Seed{1});
  auto const third = batches.epoch(3);
  CHECK(batches.epoch(3) == third);
  CHECK(MiniBatches(50, 7, wm::Seed{1}).epoch(3) == third);
  CHECK(batches.epoch(4) != third);
  CHECK(MiniBatches(50, 7, wm::Seed{2}).epoch(3) != third);
  CHECK(joined(third) != counted(50));
}

TEST_CASE("all orders are equally likely") {
  std::array<int, 6> seen{};
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    auto const order = wm::shuffled_indices(3, wm::Seed{seed});
    ++seen[static_cast<std::size_t>(2 * order[0] + (order[1] > order[2] ? 1 : 0))];
  }
  for (int const count : seen) {
    CHECK(count > 850);
    CHECK(count < 1150);
  }
  CHECK(wm::shuffled_indices(0, wm::Seed{1}).empty());
}

TEST_CASE("sizes that make no batch are refused") {
  CHECK_THROWS_WITH_AS(MiniBatches(0, 4, wm::Seed{}),
                       doctest::Contains("at least one sample and batches of at least one, got 0 and 4"),
                       wm::ArgumentError);
  CHECK_THROWS_AS(MiniBatches(3, 0, wm::Seed{}), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(MiniBatches(3, 4, wm::Seed{}, LastBatch::dropped),
                       doctest::Contains("expected a batch of at most 3 samples"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(MiniBatches(3, 1, wm::Seed{}).epoch(-1),
                       doctest::Contains("expected an epoch of at least 0, got -1"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::shuffled_indices(-1, wm::Seed{}),
                       doctest::Contains("shuffled indices: expected a count of at least 0, got -1"),
                       wm::ArgumentError);
}
