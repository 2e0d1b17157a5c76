#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/real.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace wmanifold {

/// The seed of a sequence of random numbers. The caller always passes it.
struct Seed {
  /// The number that decides the sequence.
  std::uint64_t value = 0;

  /// Returns an independent seed for part `index` of the work (the finaliser of SplitMix64).
  [[nodiscard]] constexpr Seed stream(std::uint64_t index) const noexcept {
    std::uint64_t z = value + 0x9e3779b97f4a7c15U * (index + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return {z ^ (z >> 31)};
  }
  /// Returns whether two seeds are equal.
  friend bool operator==(Seed, Seed) = default;
};

/// A generator of random numbers: MT19937-64 (Matsumoto and Nishimura), the numbers of std::mt19937_64, with this
/// library's own distributions. Its numbers are the same with every standard library, and its state can be saved.
class Random {
  static constexpr std::size_t size = 312;

 public:
  /// The state of a generator: the engine's 312 words and the number of words used.
  using State = std::array<std::uint64_t, size + 1>;

  /// A generator at the start of the sequence of `seed`.
  explicit Random(Seed seed) noexcept {
    state_[0] = seed.stream(0).value;
    for (std::size_t i = 1; i < size; ++i) {
      state_[i] = 6364136223846793005U * (state_[i - 1] ^ (state_[i - 1] >> 62)) + i;
    }
    state_[size] = size;
  }

  /// A generator that continues from a saved state. Throws ArgumentError for numbers that are no state.
  explicit Random(State const& state) : state_(state) {
    bool const all_zero = std::all_of(state.begin(), state.end() - 1, [](std::uint64_t word) { return word == 0; });
    if (all_zero || state[size] > size) [[unlikely]] {
      fail("random: expected a generator's state, not all zero, with at most ", size, " words used, got ",
           all_zero ? "zeros" : std::to_string(state[size]));
    }
  }
  /// Returns the state, which can be saved.
  [[nodiscard]] State const& state() const noexcept { return state_; }

  /// Returns a uniform number in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// Returns a uniform number in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// Returns a standard normal number (Box-Muller, one of the pair).
  double normal() {
    double const radius = std::sqrt(-2 * std::log1p(-uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

  /// Returns a uniform number in 0, ..., count - 1, without bias. ArgumentError for a count below 1.
  Index below(Index count) {
    if (count < 1) [[unlikely]] {
      fail("random: expected a bound of at least 1, got ", count);
    }
    auto const n = static_cast<std::uint64_t>(count);
    std::uint64_t const excess = (0 - n) % n;  // 2^64 mod n values are thrown away
    std::uint64_t x = next();
    while (x < excess) {
      x = next();
    }
    return static_cast<Index>(x % n);
  }

  /// Puts the items in a uniformly random order (Fisher-Yates).
  template <class T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<std::size_t>(below(static_cast<Index>(i)))]);
    }
  }

  /// Puts the items in a uniformly random order (Fisher-Yates).
  template <class T>
  void shuffle(std::vector<T>& items) {
    shuffle(std::span<T>(items));
  }

  /// Returns whether two generators have the same state.
  friend bool operator==(Random const&, Random const&) = default;

 private:
  std::uint64_t next() noexcept {
    if (state_[size] == size) {
      renew();
    }
    std::uint64_t x = state_[state_[size]++];
    x ^= (x >> 29) & 0x5555555555555555U;
    x ^= (x << 17) & 0x71d67fffeda60000U;
    x ^= (x << 37) & 0xfff7eee000000000U;
    return x ^ (x >> 43);
  }

  /// Computes the next 312 words.
  void renew() noexcept {
    for (std::size_t i = 0; i < size; ++i) {
      std::uint64_t const low = (std::uint64_t{1} << 31) - 1;
      std::uint64_t const x = (state_[i] & ~low) | (state_[(i + 1) % size] & low);
      state_[i] = state_[(i + size / 2) % size] ^ (x >> 1) ^ ((x & 1) * 0xb5026f5aa96619e9U);
    }
    state_[size] = 0;
  }

  State state_;
};

}  // namespace wmanifold
