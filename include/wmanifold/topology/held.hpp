#pragma once

#include <wmanifold/topology/product.hpp>

#include <algorithm>

namespace wmanifold {

/// Factors of a Product, by number, each held at a point of its own topology. `hold` returns it.
template <class Places, class... Points>
struct Held;
/// Held factors of the places that an index sequence lists.
template <std::size_t... places, class... Points>
struct Held<std::index_sequence<places...>, Points...> {
  /// The points, one per held factor.
  std::tuple<Points...> points;
};

/// Returns held factors of a product: `hold<0, 2>(point_of_factor_0, point_of_factor_2)`.
template <std::size_t... places, class... Points>
[[nodiscard]] Held<std::index_sequence<places...>, Points...> hold(Points const&... points) {
  return {{points...}};
}

namespace detail {

/// The product of some spaces; of one space, that space.
template <class... Spaces>
struct ProductOf {
  using type = Product<Spaces...>;
};
template <class Space>
struct ProductOf<Space> {
  using type = Space;
};

/// The held factors of a space, with one message for each possible mistake. Only Products have factors.
template <class Space, class Held>
struct Holding {
  static constexpr bool is_valid = false;
  static_assert(std::same_as<Space, void>,
                "wmanifold: only a Product has factors to hold; on another topology the context is one point");
};
template <class... Factors, std::size_t... places, class... Points>
struct Holding<Product<Factors...>, Held<std::index_sequence<places...>, Points...>> {
  static constexpr std::size_t count = sizeof...(Factors);
  static constexpr bool are_as_many = sizeof...(places) == sizeof...(Points);
  static_assert(are_as_many,
                "wmanifold: each held factor takes a point; write <0, 2>(..., point_of_factor_0, point_of_factor_2)");
  /// Flags of the factors that are held.
  static constexpr std::array<bool, count> is_held = [] {
    std::array<bool, count> held{};
    ((places < count ? void(held[places] = true) : void()), ...);
    return held;
  }();
  static constexpr auto numbers_held = static_cast<std::size_t>(std::count(is_held.begin(), is_held.end(), true));
  static constexpr bool are_numbers = numbers_held == sizeof...(places);
  static_assert(are_numbers, "wmanifold: held factors are named by their numbers in the Product, from 0 on, each once");
  static constexpr bool are_theirs = [] {
    if constexpr (are_numbers && are_as_many) {
      return (std::same_as<Points, Point<std::tuple_element_t<places, std::tuple<Factors...>>>> && ...);
    } else {
      return true;  // reported above
    }
  }();
  static_assert(are_theirs,
                "wmanifold: a factor is held at a Point of its own topology; write S1::degrees(30), Interval::at(0.5) "
                "or Finite<3>::at(1)");
  static constexpr bool leaves_some = sizeof...(places) > 0 && numbers_held < count;
  static_assert(
      leaves_some,
      "wmanifold: at least one factor is held and at least one is free; with all of them held, use model.at(point)");
  static constexpr bool is_valid = are_as_many && are_numbers && are_theirs && leaves_some;

  /// The numbers of the remaining factors, rising.
  static constexpr auto left = [] {
    std::array<std::size_t, count - numbers_held> numbers{};
    std::size_t to = 0;
    for (std::size_t i = 0; i < count && to < numbers.size(); ++i) {
      if (!is_held[i]) {
        numbers[to++] = i;
      }
    }
    return numbers;
  }();
};

}  // namespace detail
}  // namespace wmanifold
