#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace demo {

/// Returns the names of a list's items.
template <class Item>
[[nodiscard]] std::vector<std::string> names_of(std::span<Item const> items) {
  std::vector<std::string> names;
  for (Item const& item : items) {
    names.emplace_back(item.name);
  }
  return names;
}

/// Returns the named items, in the order of the list.
template <class Item>
[[nodiscard]] std::vector<Item const*> chosen(std::span<Item const> items, std::vector<std::string> const& names) {
  std::vector<Item const*> found;
  for (Item const& item : items) {
    if (std::find(names.begin(), names.end(), item.name) != names.end()) {
      found.push_back(&item);
    }
  }
  return found;
}

}  // namespace demo
