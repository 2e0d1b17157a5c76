#pragma once

#include <wmanifold/core/real.hpp>

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <span>
#include <utility>

namespace wmanifold {

/// Where randomness comes from, always named by the caller.
struct Seed {
  std::uint64_t value = 0;

  /// An independent seed for part `index` of the work (the finaliser of SplitMix64).
  [[nodiscard]] constexpr Seed stream(std::uint64_t index) const noexcept {
    std::uint64_t z = value + 0x9e3779b97f4a7c15U * (index + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return {z ^ (z >> 31)};
  }
  friend bool operator==(Seed, Seed) = default;
};

/// Random numbers that are the same with every standard library: its engine, our distributions.
class Random {
 public:
  explicit Random(Seed seed) : engine_(seed.stream(0).value) {}

  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// Standard normal (Box-Muller, one of the pair).
  double normal() {
    double const radius = std::sqrt(-2 * std::log1p(-uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

  /// Uniform in 0, ..., count - 1, without bias. `count` must be positive.
  Index below(Index count) {
    auto const n = static_cast<std::uint64_t>(count);
    std::uint64_t const excess = (0 - n) % n;  // 2^64 mod n values are thrown away
    std::uint64_t x = engine_();
    while (x < excess) {
      x = engine_();
    }
    return static_cast<Index>(x % n);
  }

  /// A uniformly random order (Fisher-Yates).
  template <class T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<std::size_t>(below(static_cast<Index>(i)))]);
    }
  }

  friend bool operator==(Random const&, Random const&) = default;

 private:
  std::mt19937_64 engine_;
};

}  // namespace wmanifold
