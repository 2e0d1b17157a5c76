#pragma once

#include <concepts>
#include <cstddef>
#include <limits>

namespace wmanifold {

using Index = std::ptrdiff_t;

/// A size that is known at run time only.
inline constexpr Index dynamic = -1;

/// The real types that weights are made of.
template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

/// Are all `count` numbers finite? One pass without branches.
template <Real T>
[[nodiscard]] bool all_finite(T const* data, Index count) noexcept {
  constexpr T largest = std::numeric_limits<T>::max();  // a name: Clang warns of & between calls
  bool finite = true;
  for (Index i = 0; i < count; ++i) {
    T const x = data[i];
    finite &= (x <= largest) & (x >= -largest);
  }
  return finite;
}

}  // namespace wmanifold
