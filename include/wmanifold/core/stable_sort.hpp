#pragma once

#include <wmanifold/version.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace wmanifold::detail {

/// Sorts and keeps the order of equal elements, as std::stable_sort does, whose libstdc++ 12 version newer compilers
/// warn of in the programs of users. A comparison that NaNs make inconsistent gives some order.
template <class T, class Less>
void stable_sort(std::vector<T>& all, Less const& less) {
  std::vector<T> merged = all;
  for (std::size_t width = 1; width < all.size(); width *= 2) {
    auto to = merged.begin();
    for (auto from = all.begin(); from != all.end();) {
      auto const next = [&](auto at) { return at + std::min(static_cast<std::ptrdiff_t>(width), all.end() - at); };
      auto const middle = next(from);
      auto const last = next(middle);
      to = std::merge(from, middle, middle, last, to, less);
      from = last;
    }
    all.swap(merged);
  }
}

}  // namespace wmanifold::detail
