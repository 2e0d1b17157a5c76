#include <wmanifold/core/random.hpp>

#include "support/doctest.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <set>
#include <type_traits>
#include <vector>

namespace wm = wmanifold;

// Saved experiments depend on the sequences of a seed. A separate implementation of SplitMix64, MT19937-64 and the
// distributions computed these values.
TEST_CASE("the sequences of a seed never change") {
  static_assert(wm::Seed{0}.stream(0).value == 0xe220a8397b1dcdafU);
  static_assert(wm::Seed{0}.stream(1).value == 0x6e789e6aa1b965f4U);
  static_assert(wm::Seed{0}.stream(2).value == 0x06c45d188009454fU);
  static_assert(wm::Seed{42}.stream(7).value == 0xccf635ee9e9e2fa4U);

  wm::Random uniform{wm::Seed{1}};
  for (double const expected : {0.5324652433825516, 0.8926985632057755, 0.8904958874189624, 0.5553191281704938}) {
    CHECK(uniform.uniform() == expected);
  }
  wm::Random normal{wm::Seed{2}};
  for (double const expected : {-0.3446826291843669, 0.05926926644121971, -1.2423800025835583}) {
    CHECK(std::abs(normal.normal() - expected) < 1e-14);  // the mathematics library decides the last bit
  }
  wm::Random below{wm::Seed{3}};
  for (wm::Index const expected : {257, 832, 328, 771, 201}) {
    CHECK(below.below(1000) == expected);
  }
  wm::Random shuffle{wm::Seed{4}};
  std::array<int, 8> items{0, 1, 2, 3, 4, 5, 6, 7};
  shuffle.shuffle(std::span<int>(items));
  CHECK(items == std::array<int, 8>{3, 5, 7, 1, 4, 6, 0, 2});
}

TEST_CASE("the numbers equal those of std::mt19937_64") {
  wm::Random random{wm::Seed{5}};
  std::mt19937_64 engine{wm::Seed{5}.stream(0).value};
  for (int i = 0; i < 2000; ++i) {
    REQUIRE(random.uniform() == static_cast<double>(engine() >> 11) * 0x1p-53);
  }
}

TEST_CASE("streams of a seed differ from each other and from those of neighbouring seeds") {
  std::set<std::uint64_t> values;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (std::uint64_t index = 0; index < 50; ++index) {
      values.insert(wm::Seed{seed}.stream(index).value);
    }
  }
  CHECK(values.size() == 1000);
  wm::Random a{wm::Seed{1}};
  wm::Random b{wm::Seed{1}.stream(0)};
  CHECK(a.uniform() != b.uniform());
  CHECK(wm::Seed{7} == wm::Seed{7});
  CHECK(wm::Seed{7} != wm::Seed{8});
}

TEST_CASE("uniform numbers fill [0, 1) evenly") {
  constexpr int samples = 200000;
  constexpr int bins = 50;
  wm::Random random{wm::Seed{11}};
  std::array<int, bins> counts{};
  for (int i = 0; i < samples; ++i) {
    double const u = random.uniform();
    REQUIRE(u >= 0);
    REQUIRE(u < 1);
    ++counts[static_cast<std::size_t>(u * bins)];
  }
  double chi_square = 0;
  for (int const count : counts) {
    double const expected = static_cast<double>(samples) / bins;
    chi_square += (count - expected) * (count - expected) / expected;
  }
  // 49 degrees of freedom: mean 49, standard deviation 9.9.
  CHECK(chi_square < 49 + 5 * 9.9);
  CHECK(chi_square > 49 - 4 * 9.9);

  for (int i = 0; i < 1000; ++i) {
    double const x = random.uniform(-3, 5);
    REQUIRE(x >= -3);
    REQUIRE(x < 5);
  }
}

TEST_CASE("normal numbers have the moments of the normal distribution") {
  constexpr int samples = 200000;
  wm::Random random{wm::Seed{12}};
  std::array<double, 5> moments{};
  double product = 0;  // of neighbours
  double before = 0;
  for (int i = 0; i < samples; ++i) {
    double const x = random.normal();
    REQUIRE(std::isfinite(x));
    double power = 1;
    for (auto& moment : moments) {
      moment += power / samples;
      power *= x;
    }
    product += x * before / samples;
    before = x;
  }
  double const sigma =
      1 / std::sqrt(static_cast<double>(samples));  // times the deviation of x^k: 1, sqrt2, sqrt15, ...
  CHECK(std::abs(moments[1]) < 5 * sigma);
  CHECK(std::abs(moments[2] - 1) < 5 * sigma * std::sqrt(2.0));
  CHECK(std::abs(moments[3]) < 5 * sigma * std::sqrt(15.0));
  CHECK(std::abs(moments[4] - 3) < 5 * sigma * std::sqrt(96.0));
  CHECK(std::abs(product) < 5 * sigma);
}

TEST_CASE("below is unbiased and stays below") {
  wm::Random random{wm::Seed{13}};
  for (int i = 0; i < 10; ++i) {
    CHECK(random.below(1) == 0);
  }
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) {
    auto const x = random.below(7);
    REQUIRE(x >= 0);
    REQUIRE(x < 7);
    ++counts[static_cast<std::size_t>(x)];
  }
  for (int const count : counts) {
    CHECK(std::abs(count - 10000) < 5 * 93);
  }
  // 3/4 of the range of the engine: a plain remainder would give the lower third twice as often.
  wm::Index const large = wm::Index{3} << 61;
  int low = 0;
  for (int i = 0; i < 9000; ++i) {
    low += random.below(large) < large / 3 ? 1 : 0;
  }
  CHECK(std::abs(low - 3000) < 5 * 45);
}

TEST_CASE("below refuses bounds that are not positive") {
  wm::Random random{wm::Seed{1}};
  wm::Random const before = random;
  for (wm::Index const count : {wm::Index{0}, wm::Index{-1}}) {
    CHECK_THROWS_WITH_AS((void)random.below(count), doctest::Contains("random: expected a bound of at least 1"),
                         wm::ArgumentError);
  }
  CHECK(random == before);
}

TEST_CASE("shuffle makes all permutations equally often") {
  wm::Random random{wm::Seed{14}};
  std::vector<int> counts(27);
  for (int i = 0; i < 6000; ++i) {
    std::array<int, 3> items{0, 1, 2};
    random.shuffle(std::span<int>(items));
    ++counts[static_cast<std::size_t>(9 * items[0] + 3 * items[1] + items[2])];
  }
  for (int const permutation : {5, 7, 11, 15, 19, 21}) {  // 012, 021, 102, 120, 201, 210
    CHECK(std::abs(counts[static_cast<std::size_t>(permutation)] - 1000) < 5 * 29);
  }
  CHECK(std::accumulate(counts.begin(), counts.end(), 0) == 6000);

  std::vector<int> many(1000);
  std::iota(many.begin(), many.end(), 0);
  auto shuffled = many;
  random.shuffle(std::span<int>(shuffled));
  CHECK(shuffled != many);
  std::sort(shuffled.begin(), shuffled.end());
  CHECK(shuffled == many);
  random.shuffle(std::span<int>());
}

TEST_CASE("a copy continues like the original") {
  wm::Random random{wm::Seed{15}};
  random.normal();
  auto copy = random;
  CHECK(copy == random);
  CHECK(copy.uniform() == random.uniform());
  copy.uniform();
  CHECK(copy != random);
  static_assert(std::regular<wm::Seed>);
  static_assert(std::copyable<wm::Random>);
  static_assert(std::is_nothrow_move_constructible_v<wm::Random>);
}

TEST_CASE("a generator continues from any saved state") {
  wm::Random random{wm::Seed{16}};
  for (int i = 0; i < 700; ++i) {  // states at the start, within and at the end of the engine's 312 words
    wm::Random restored{random.state()};
    REQUIRE(restored == random);
    wm::Random copy = random;
    REQUIRE(restored.normal() == copy.normal());
    random.uniform();
  }
  wm::Random a{random.state()};
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(a.uniform() == random.uniform());
  }
}

TEST_CASE("numbers that are not a generator's state are refused") {
  wm::Random::State state = wm::Random{wm::Seed{1}}.state();
  state.back() = 313;
  CHECK_THROWS_WITH_AS(wm::Random{state}, doctest::Contains("at most 312 words used, got 313"), wm::ArgumentError);
  state.fill(0);
  CHECK_THROWS_WITH_AS(wm::Random{state}, doctest::Contains("got zeros"), wm::ArgumentError);
}
