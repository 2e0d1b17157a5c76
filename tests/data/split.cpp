#include <wmanifold/data/split.hpp>

#include <support/doctest.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

/// Checks that each of `count` samples is in one part once, and that both parts rise.
void check_parts(wm::Split const& split, Index count) {
  CHECK(std::is_sorted(split.training.begin(), split.training.end()));
  CHECK(std::is_sorted(split.validation.begin(), split.validation.end()));
  std::vector<Index> all;
  std::merge(split.training.begin(), split.training.end(), split.validation.begin(), split.validation.end(),
             std::back_inserter(all));
  REQUIRE(std::ssize(all) == count);
  for (Index i = 0; i < count; ++i) {
    CHECK(all[static_cast<std::size_t>(i)] == i);
  }
}

}  // namespace

TEST_CASE("a split has each sample in one part, in the given shares, by the seed") {
  struct Case {
    Index samples;
    double share;
    Index validation;
  };
  for (auto const& c : {Case{100, 0.2, 20}, {10, 0.25, 3}, {7, 0.5, 4}, {2, 0.5, 1}, {3, 0.2, 1}}) {
    auto const split = wm::split(c.samples, c.share, wm::Seed{1});
    check_parts(split, c.samples);
    CHECK(std::ssize(split.validation) == c.validation);
  }
  auto const one = wm::split(100, 0.2, wm::Seed{1});
  CHECK(wm::split(100, 0.2, wm::Seed{1}).validation == one.validation);
  CHECK(wm::split(100, 0.2, wm::Seed{2}).validation != one.validation);
}

TEST_CASE("a split by labels keeps each label's share") {
  std::vector<int> labels;
  for (int i = 0; i < 200; ++i) {
    labels.push_back(i % 10 == 0 ? 7 : i % 2);  // 20 of 7, 80 of 0, 100 of 1
  }
  auto const split = wm::split(labels, 0.25, wm::Seed{3});
  check_parts(split, 200);
  std::array<Index, 8> of{};
  for (Index const i : split.validation) {
    ++of[static_cast<std::size_t>(labels[static_cast<std::size_t>(i)])];
  }
  CHECK(std::abs(of[7] - 5) <= 1);
  CHECK(std::abs(of[0] - 20) <= 1);
  CHECK(std::abs(of[1] - 25) <= 1);
}

TEST_CASE("a split with an empty part is refused") {
  for (double const share : {0.0, 1.0, -0.5, std::nan("")}) {
    CHECK_THROWS_WITH_AS(wm::split(10, share, wm::Seed{}),
                         doctest::Contains("expected a share of validation between 0 and 1"), wm::ArgumentError);
  }
  CHECK_THROWS_WITH_AS(wm::split(2, 0.01, wm::Seed{}),
                       doctest::Contains("expected a share that leaves a sample for both parts, got 0.01 of 2 samples"),
                       wm::ArgumentError);
  CHECK_THROWS_AS(wm::split(0, 0.5, wm::Seed{}), wm::ArgumentError);
}
