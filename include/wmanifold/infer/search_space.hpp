#pragma once

#include <wmanifold/topology/held.hpp>
#include <wmanifold/topology/one_point.hpp>

namespace wmanifold {

/// No held factor: the whole context is searched.
using NothingHeld = Held<std::index_sequence<>>;

namespace detail {

/// A factor that is not itself a Product.
template <class Space, bool held>
struct Leaf {
  using Topology = Space;
  static constexpr bool is_searched = !held && SmoothTopology<Space>;
  static constexpr bool is_tried = !held && !SmoothTopology<Space>;
};

/// The factors of a space, with Products replaced by their factors.
template <class Space, bool held>
struct LeavesOf {
  using type = std::tuple<Leaf<Space, held>>;
};
template <class... Factors, bool held>
struct LeavesOf<Product<Factors...>, held> {
  using type = decltype(std::tuple_cat(std::declval<typename LeavesOf<Factors, held>::type>()...));
};
template <class Space, class Known>
struct LeavesBeside : LeavesOf<Space, false> {
  static_assert(Holding<Space, Known>::is_valid);  // it is not, and this states why
};
template <class Space>
struct LeavesBeside<Space, NothingHeld> : LeavesOf<Space, false> {};
template <class... Factors, std::size_t first, std::size_t... more, class... Points>
struct LeavesBeside<Product<Factors...>, Held<std::index_sequence<first, more...>, Points...>> {
  using Known = Holding<Product<Factors...>, Held<std::index_sequence<first, more...>, Points...>>;
  template <std::size_t... I>
  static auto all(std::index_sequence<I...>)
      -> decltype(std::tuple_cat(std::declval<typename LeavesOf<Factors, Known::is_held[I]>::type>()...));
  using type = decltype(all(std::index_sequence_for<Factors...>{}));
};

template <class Searched>
struct ProductOfAll;
template <class... Spaces>
struct ProductOfAll<std::tuple<Spaces...>> : ProductOf<Spaces...> {};
template <>
struct ProductOfAll<std::tuple<>> {
  using type = OnePoint;
};

template <class Leaves>
struct LeafTraits;
template <class... Leaves>
struct LeafTraits<std::tuple<Leaves...>> {
  /// The product of the searched factors.
  using Searched = typename ProductOfAll<decltype(std::tuple_cat(
      std::declval<
          std::conditional_t<Leaves::is_searched, std::tuple<typename Leaves::Topology>, std::tuple<>>>()...))>::type;
  static constexpr bool tries_states = (Leaves::is_tried || ...);
  /// Start of each factor's coordinates in a whole context.
  static constexpr auto begins = [] {
    std::array<std::size_t, sizeof...(Leaves) + 1> all{};
    std::size_t leaf = 0;
    ((all[leaf + 1] = all[leaf] + static_cast<std::size_t>(Leaves::Topology::coordinates), ++leaf), ...);
    return all;
  }();
  /// Index, in a whole context, of each searched coordinate.
  static constexpr auto places = [] {
    std::array<std::size_t, static_cast<std::size_t>(Searched::coordinates)> all{};
    std::array<bool, sizeof...(Leaves)> const is_searched{Leaves::is_searched...};
    std::size_t to = 0;
    for (std::size_t leaf = 0; leaf < is_searched.size(); ++leaf) {
      for (std::size_t at = begins[leaf]; is_searched[leaf] && at < begins[leaf + 1]; ++at) {
        all[to++] = at;
      }
    }
    return all;
  }();
};

/// The factors of a Product without searched parts, by number, and the coordinates of all others. A state holds all
/// coordinates of these factors.
template <class Space, class Known>
struct Settled {
  static constexpr std::array<std::size_t, 0> factors{};
};
template <class... Factors, class Known>
struct Settled<Product<Factors...>, Known> {
  static constexpr std::array<bool, sizeof...(Factors)> are_held = [] {
    if constexpr (std::same_as<Known, NothingHeld>) {
      return std::array<bool, sizeof...(Factors)>{};
    } else {
      return Holding<Product<Factors...>, Known>::is_held;
    }
  }();
  static constexpr std::array<bool, sizeof...(Factors)> are_settled = [] {
    std::array<bool, sizeof...(Factors)> all{
        std::same_as<typename LeafTraits<typename LeavesOf<Factors, false>::type>::Searched, OnePoint>...};
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = all[i] || are_held[i];
    }
    return all;
  }();
  static constexpr auto factors = [] {
    std::array<std::size_t, static_cast<std::size_t>(std::count(are_settled.begin(), are_settled.end(), true))> all{};
    std::size_t to = 0;
    for (std::size_t i = 0; i < are_settled.size() && to < all.size(); ++i) {
      if (are_settled[i]) {
        all[to++] = i;
      }
    }
    return all;
  }();
  static constexpr std::array<int, sizeof...(Factors)> sizes{Factors::coordinates...};
  static constexpr auto other_coordinates = [] {
    constexpr int count = [] {
      int sum = 0;
      for (std::size_t i = 0; i < sizes.size(); ++i) {
        sum += are_settled[i] ? 0 : sizes[i];
      }
      return sum;
    }();
    std::array<std::size_t, static_cast<std::size_t>(count)> all{};
    std::size_t to = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      for (int c = 0; c < sizes[i]; ++c, ++at) {
        if (!are_settled[i]) {
          all[to++] = at;
        }
      }
    }
    return all;
  }();
};

/// A split of a space of contexts: known factors are held, smooth ones are searched as a space of their own, and every
/// combination of the discrete ones' states is tried.
template <Topology Whole, class Known = NothingHeld>
class SearchSpace {
  using Leaves = typename LeavesBeside<Whole, Known>::type;
  using Traits = LeafTraits<Leaves>;

 public:
  /// The product of smooth, unknown factors; OnePoint if there are none.
  using Searched = typename Traits::Searched;
  static constexpr bool tries_states = Traits::tries_states;
  static constexpr auto places = Traits::places;
  using Settled = detail::Settled<Whole, Known>;

  /// A context whose searched coordinates are 0, and the state's share of the probability measure.
  struct State {
    Coordinates<Whole> coordinates{};
    double share = 1;
  };

  /// All combinations of the discrete factors' states, the last factor fastest; one if there are no discrete factors.
  [[nodiscard]] static std::vector<State> states(Known const& known) {
    std::vector<State> all(1);
    put(known, all.front().coordinates);
    [&]<std::size_t... I>(std::index_sequence<I...>) { (cross<I>(all), ...); }
    (std::make_index_sequence<std::tuple_size_v<Leaves>>{});
    return all;
  }

  [[nodiscard]] static Point<Whole> whole(State const& state, Point<Searched> const& s) noexcept {
    auto c = state.coordinates;
    for (std::size_t i = 0; i < places.size(); ++i) {
      c[places[i]] = s[i];
    }
    return Point<Whole>::unchecked(c);
  }

 private:
  /// Crosses the states with those of leaf I, if that leaf is tried.
  template <std::size_t I>
  static void cross(std::vector<State>& all) {
    using Leaf = std::tuple_element_t<I, Leaves>;
    if constexpr (Leaf::is_tried) {
      auto const each = Leaf::Topology::quadrature(0);
      std::vector<State> more;
      for (auto const& state : all) {
        for (std::size_t i = 0; i < each.nodes.size(); ++i) {
          auto const& c = each.nodes[i].coordinates();
          more.push_back(state);
          std::copy(c.begin(), c.end(),
                    more.back().coordinates.begin() + static_cast<std::ptrdiff_t>(Traits::begins[I]));
          more.back().share *= each.weights[i];
        }
      }
      all = std::move(more);
    }
  }

  static void put(NothingHeld const&, Coordinates<Whole>&) noexcept {}
  template <std::size_t... numbers, class... Points>
  static void put(Held<std::index_sequence<numbers...>, Points...> const& known, Coordinates<Whole>& to) noexcept
      requires(sizeof...(numbers) > 0) {
    std::apply(
        [&](auto const&... point) {
          ((to = Whole::template with<numbers>(Point<Whole>::unchecked(to), point.coordinates())), ...);
        },
        known.points);
  }
};

}  // namespace detail
}  // namespace wmanifold
