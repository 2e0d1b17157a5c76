#include <wmanifold/core/half.hpp>

#include <wmanifold/core/random.hpp>
#include <wmanifold/core/simd.hpp>

#include "support/doctest.hpp"
#include "support/targets.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace wm = wmanifold;
using wm::BFloat16, wm::Float16;

static_assert(wm::HalfNumber<BFloat16> && wm::HalfNumber<Float16> && !wm::HalfNumber<float>);
static_assert(wm::StoredNumber<float> && wm::StoredNumber<double> && wm::StoredNumber<Float16>);
static_assert(!wm::StoredNumber<int> && !std::convertible_to<float, Float16> && !std::convertible_to<Float16, float>);
static_assert(sizeof(BFloat16) == 2 && sizeof(Float16) == 2 && std::is_trivially_copyable_v<BFloat16>);
static_assert(BFloat16(1.0F).bits() == 0x3f80 && Float16(1.0F).bits() == 0x3c00 && Float16(-2.0).bits() == 0xc000);
static_assert(static_cast<float>(Float16::of_bits(0x3555)) == 0.333251953125F);
static_assert(BFloat16::roundoff == 0x1p-8 && Float16::roundoff == 0x1p-11);
static_assert(static_cast<float>(Float16::largest()) == 65504 && static_cast<float>(BFloat16::largest()) > 3.38e38F);
static_assert(static_cast<float>(Float16::smallest_normal()) == 0x1p-14F);
static_assert(static_cast<float>(BFloat16::smallest_normal()) == std::numeric_limits<float>::min());

namespace {

/// A format by its definition, in double.
template <class S>
struct Format {
  static constexpr int explicit_bits = S::significand_bits - 1;
  static constexpr int exponent_bits = 16 - S::significand_bits;
  static constexpr int bias = (1 << (exponent_bits - 1)) - 1;

  /// The value of bits.
  static double value(std::uint16_t bits) {
    int const exponent = (bits >> explicit_bits) & ((1 << exponent_bits) - 1);
    int const fraction = bits & ((1 << explicit_bits) - 1);
    double const sign = bits >> 15 == 1 ? -1 : 1;
    if (exponent == (1 << exponent_bits) - 1) {
      return fraction == 0 ? sign * std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    }
    return exponent == 0 ? sign * std::ldexp(fraction, 1 - bias - explicit_bits)
                         : sign * std::ldexp(fraction + (1 << explicit_bits), exponent - bias - explicit_bits);
  }

  /// The number nearest to a finite x, by distances to its neighbours. The infinite one stands at the next power of 2.
  static std::uint16_t nearest(double x) {
    std::uint16_t const infinity = ((1 << exponent_bits) - 1) << explicit_bits;
    auto const at = [&](std::uint16_t bits) {
      return bits == infinity ? std::ldexp(1.0, (1 << exponent_bits) - 1 - bias) : value(bits);
    };
    double const magnitude = std::abs(x);
    std::uint16_t low = 0;
    for (std::uint16_t high = infinity; high - low > 1;) {
      auto const middle = static_cast<std::uint16_t>((low + high) / 2);
      (at(middle) <= magnitude ? low : high) = middle;
    }
    auto const up = static_cast<std::uint16_t>(low + 1);
    double const below = magnitude - at(low);
    double const above = at(up) - magnitude;
    std::uint16_t const best = below < above || (below == above && low % 2 == 0) ? low : up;
    return static_cast<std::uint16_t>(best | (std::signbit(x) ? 0x8000U : 0U));
  }
};

template <class S>
std::vector<S> all_numbers() {
  std::vector<S> all;
  for (unsigned bits = 0; bits < 65536; ++bits) {
    all.push_back(S::of_bits(static_cast<std::uint16_t>(bits)));
  }
  return all;
}

}  // namespace

TEST_CASE_TEMPLATE("each of the 65536 numbers has its value and comes back from it", S, BFloat16, Float16) {
  int wrong = 0;
  for (S const number : all_numbers<S>()) {
    double const expected = Format<S>::value(number.bits());
    auto const got = static_cast<float>(number);
    if (wm::is_nan(expected)) {
      wrong += !wm::is_nan(got) || std::signbit(got) != (number.bits() >> 15 == 1);
      wrong += !wm::is_nan(static_cast<float>(S(got))) || number == number;
      wrong += (S(got).bits() & 0x8000) != (number.bits() & 0x8000);
    } else {
      wrong += static_cast<double>(got) != expected || std::signbit(got) != std::signbit(expected);
      wrong += S(got).bits() != number.bits() || S(expected).bits() != number.bits() || !(number == S(got));
    }
    wrong += wm::is_finite(number) != std::isfinite(expected);
    wrong += wm::all_finite(&number, 1) != std::isfinite(expected);
    wrong += wm::number_as<double>(number) != expected && !wm::is_nan(expected);
  }
  CHECK(wrong == 0);
  CHECK(S(0.0F) == S(-0.0F));
  CHECK_FALSE(S(1.0F) == S(2.0F));
  // Only the given number of entries counts.
  S const numbers[] = {S(1.0F), S(std::numeric_limits<float>::infinity())};
  CHECK(wm::all_finite(numbers, 1));
  CHECK_FALSE(wm::all_finite(numbers, 2));
}

TEST_CASE_TEMPLATE("rounding is to the nearest, ties to even, within the bounds", S, BFloat16, Float16) {
  double const tiny = static_cast<double>(static_cast<float>(S::smallest_normal()));
  double const limit = static_cast<double>(static_cast<float>(S::largest()));
  int wrong = 0;
  double worst = 0;       // relative, of normal numbers
  double worst_tiny = 0;  // absolute, of smaller ones
  auto const check = [&](double x) {
    for (double const number : {x, -x}) {
      S const got(number);
      wrong += got.bits() != Format<S>::nearest(number);
      if (std::abs(number) <= limit) {
        double const error = std::abs(wm::number_as<double>(got) - number);
        (std::abs(number) < tiny ? worst_tiny : worst) = std::max(
            std::abs(number) < tiny ? worst_tiny : worst, std::abs(number) < tiny ? error : error / std::abs(number));
      }
    }
  };
  for (unsigned bits = 0; bits < 0x8000; ++bits) {  // each finite number, the middle to the next, and beside it
    auto const here = Format<S>::value(static_cast<std::uint16_t>(bits));
    if (!std::isfinite(here)) {
      break;
    }
    double const next = Format<S>::value(static_cast<std::uint16_t>(bits + 1));
    double const middle = std::isfinite(next)
                              ? here + (next - here) / 2
                              : here + (here - Format<S>::value(static_cast<std::uint16_t>(bits - 1))) / 2;
    for (double const x : {here, middle, std::nextafter(middle, 0), std::nextafter(middle, 2 * middle)}) {
      check(x);
    }
    auto const as_float = static_cast<float>(middle);
    if (static_cast<double>(as_float) == middle) {
      wrong += S(as_float).bits() != S(middle).bits();
      wrong += S(std::nextafter(as_float, 0.0F)).bits() !=
               Format<S>::nearest(static_cast<double>(std::nextafter(as_float, 0.0F)));
    }
  }
  wm::Random random(wm::Seed{1});
  for (int i = 0; i < 200000; ++i) {
    double const x = std::ldexp(1 + random.uniform(), static_cast<int>(random.uniform() * 290) - 155);
    check(x);
    wrong += S(static_cast<float>(x)).bits() != Format<S>::nearest(static_cast<double>(static_cast<float>(x)));
  }
  CHECK(wrong == 0);
  CHECK(worst <= S::roundoff);
  CHECK(worst > 0.9 * S::roundoff);
  CHECK(worst_tiny <= S::roundoff * tiny);
  CHECK(worst_tiny > 0.9 * S::roundoff * tiny);
}

TEST_CASE_TEMPLATE("numbers out of range, infinities and NaN", S, BFloat16, Float16) {
  using Limits = std::numeric_limits<double>;
  double const limit = wm::number_as<double>(S::largest());
  double const half_unit = limit * S::roundoff / (2 - 2 * S::roundoff);
  CHECK(S(limit + half_unit * 0.999) == S::largest());
  CHECK_FALSE(wm::is_finite(S(limit + half_unit)));
  CHECK(wm::number_as<double>(S(-1e300)) == -Limits::infinity());
  CHECK(wm::number_as<double>(S(Limits::infinity())) == Limits::infinity());
  CHECK(wm::number_as<double>(S(-std::numeric_limits<float>::infinity())) == -Limits::infinity());
  CHECK(wm::is_nan(wm::number_as<float>(S(std::numeric_limits<float>::signaling_NaN()))));
  CHECK(wm::is_nan(wm::number_as<float>(S(Limits::quiet_NaN()))));
  CHECK(S(Limits::denorm_min()).bits() == 0);
  CHECK(S(-0.0).bits() == 0x8000);
}

TEST_CASE_TEMPLATE("vectors of all numbers are converted as single ones, to the bit", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  using V = wm::simd::Batch<T, R>;
  constexpr auto lanes = static_cast<std::size_t>(wm::simd::lanes<T, R>);
  auto const check = [&]<class S>(std::vector<S> all) {
    int wrong = 0;
    all.insert(all.begin(), S(1.0F));  // no load is aligned
    for (std::size_t i = 1; i < all.size(); i += lanes) {
      std::array<R, lanes> got;
      wm::simd::load<V>(all.data() + i).store_unaligned(got.data());
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        R const expected = wm::number_as<R>(all[i + lane]);
        wrong += std::memcmp(&got[lane], &expected, sizeof expected) != 0;
      }
    }
    CHECK(wrong == 0);
  };
  check(all_numbers<BFloat16>());
  check(all_numbers<Float16>());
}
