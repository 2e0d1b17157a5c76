#pragma once

#include <wmanifold/core/local_array.hpp>

#include <concepts>
#include <cstddef>

namespace wmanifold {

using Index = std::ptrdiff_t;

/// A size that is known at run time only.
inline constexpr Index dynamic = -1;

/// The real types that weights are made of.
template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

/// Are all `count` numbers finite? One pass without branches: 0 x is 0 for finite x, and NaN otherwise, which stays.
template <Real T>
[[nodiscard]] bool all_finite(T const* data, Index count) noexcept {
  constexpr Index lanes = 32;  // side by side, for the compiler to make vectors of
  LocalArray<T, lanes> zeros{};
  Index i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (Index lane = 0; lane < lanes; ++lane) {
      zeros[lane] += T{0} * data[i + lane];
    }
  }
  T sum = 0;
  for (; i < count; ++i) {
    sum += T{0} * data[i];
  }
  for (T const zero : zeros) {
    sum += zero;
  }
  return sum == 0;
}

}  // namespace wmanifold
