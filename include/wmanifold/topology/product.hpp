#pragma once

#include <wmanifold/topology/topology.hpp>

#include <algorithm>
#include <tuple>

namespace wmanifold {

/// The product of topologies: two knobs, a noise level and a direction. A point is the concatenation of its parts.
/// Distances are Euclidean over the factors. The last factor of a quadrature varies fastest. It is smooth if all
/// factors are.
template <Topology... Factors>
struct Product {
  static_assert(sizeof...(Factors) >= 1, "wmanifold: a Product has at least one factor");

  /// Factors.
  static constexpr int factors = static_cast<int>(sizeof...(Factors));
  /// Dimension of the space.
  static constexpr int dimension = (Factors::dimension + ...);
  /// Dimension of the unit cube that from_cube maps.
  static constexpr int cube_dimension = (cube_dimension_of<Factors>() + ...);
  /// Coordinates of a point.
  static constexpr int coordinates = (Factors::coordinates + ...);
  /// Flags of the coordinates that run between two ends.
  static constexpr auto has_ends = [] {
    std::array<bool, static_cast<std::size_t>(coordinates)> ends{};
    std::size_t to = 0;
    (
        [&](auto const& part) {
          for (bool const end : part) {
            ends[to++] = end;
          }
        }(ends_of<Factors>()),
        ...);
    return ends;
  }();
  /// The topology of factor I.
  template <std::size_t I>
  using Factor = std::tuple_element_t<I, std::tuple<Factors...>>;

  /// Returns the factors' names, joined by *; a product of n circles is called tn.
  static std::string name() {
    std::string text;
    (text.append(text.empty() ? "" : "*").append(Factors::name()), ...);
    return ((Factors::name() == "s1") && ...) ? std::string("t").append(std::to_string(factors)) : text;
  }

  /// Returns the point with these parts.
  [[nodiscard]] static Point<Product> at(Point<Factors> const&... parts) noexcept {
    Coordinates<Product> c{};
    auto to = c.begin();
    ((to = std::copy(parts.coordinates().begin(), parts.coordinates().end(), to)), ...);
    return Point<Product>::unchecked(c);
  }

  /// Returns part I of a point.
  template <std::size_t I>
  [[nodiscard]] static Point<Factor<I>> part(Point<Product> const& p) noexcept {
    return Point<Factor<I>>::unchecked(slice<I>(p.coordinates()));
  }

  /// Returns the coordinates of part I of a point or tangent vector.
  template <std::size_t I>
  [[nodiscard]] static Coordinates<Factor<I>> slice(Coordinates<Product> const& c) noexcept {
    Coordinates<Factor<I>> part{};
    std::copy_n(c.begin() + offset<I>(&Counts::coordinates), part.size(), part.begin());
    return part;
  }

  /// Returns a point's coordinates with part I replaced.
  template <std::size_t I>
  [[nodiscard]] static Coordinates<Product> with(Point<Product> const& p, Coordinates<Factor<I>> const& part) noexcept {
    auto c = p.coordinates();
    std::copy(part.begin(), part.end(), c.begin() + offset<I>(&Counts::coordinates));
    return c;
  }

  /// Returns the canonical coordinates of the same point. ArgumentError for coordinates of no point.
  static Coordinates<Product> canonical(Coordinates<Product> const& c) {
    return joined([&]<std::size_t I>() { return Factor<I>::canonical(slice<I>(c)); });
  }
  /// Maps the unit cube onto the space; the uniform measure becomes mu.
  static Point<Product> from_cube(CubePoint<Product> const& u) noexcept {
    return Point<Product>::unchecked(joined([&]<std::size_t I>() {
      CubePoint<Factor<I>> part{};
      std::copy_n(u.begin() + offset<I>(&Counts::cube_dimension), part.size(), part.begin());
      return Factor<I>::from_cube(part).coordinates();
    }));
  }
  /// Returns the distance of two points.
  static double distance(Point<Product> const& p, Point<Product> const& q) noexcept {
    double square = 0;
    for_each_factor([&]<std::size_t I>() {
      double const d = Factor<I>::distance(part<I>(p), part<I>(q));
      square += d * d;
    });
    return std::sqrt(square);
  }
  /// Returns the point reached from p along the tangent vector v.
  static Point<Product> exp(Point<Product> const& p, Coordinates<Product> const& v) noexcept
      requires(SmoothTopology<Factors>&&...) {
    return Point<Product>::unchecked(
        joined([&]<std::size_t I>() { return Factor<I>::exp(part<I>(p), slice<I>(v)).coordinates(); }));
  }
  /// Returns the tangent vector at p of a shortest path to q.
  static Coordinates<Product> log(Point<Product> const& p, Point<Product> const& q) noexcept
      requires(SmoothTopology<Factors>&&...) {
    return joined([&]<std::size_t I>() { return Factor<I>::log(part<I>(p), part<I>(q)); });
  }
  /// Returns the part of v that is tangent at p.
  static Coordinates<Product> tangent(Point<Product> const& p, Coordinates<Product> const& v) noexcept
      requires(SmoothTopology<Factors>&&...) {
    return joined([&]<std::size_t I>() { return Factor<I>::tangent(part<I>(p), slice<I>(v)); });
  }
  /// Returns a quadrature that is exact up to this degree.
  static Quadrature<Product> quadrature(int degree) { return crossed(Factors::quadrature(degree)...); }
  /// Returns the other names of each factor's part in turn, the other parts unchanged.
  static std::vector<Coordinates<Product>> other_names(Point<Product> const& p) {
    std::vector<Coordinates<Product>> names;
    for_each_factor([&]<std::size_t I>() {
      if constexpr (requires { Factor<I>::other_names(part<I>(p)); }) {
        for (auto const& name : Factor<I>::other_names(part<I>(p))) {
          names.push_back(with<I>(p, name));
        }
      }
    });
    return names;
  }
  /// Returns the symmetries of each factor's part in turn, the other parts unchanged.
  static std::vector<Point<Product>> symmetries(Point<Product> const& p) {
    std::vector<Point<Product>> images;
    for_each_factor([&]<std::size_t I>() {
      if constexpr (requires { Factor<I>::symmetries(part<I>(p)); }) {
        for (auto const& image : Factor<I>::symmetries(part<I>(p))) {
          images.push_back(Point<Product>::unchecked(with<I>(p, image.coordinates())));
        }
      }
    });
    return images;
  }

  /// Returns the product quadrature: all combinations of the factors' nodes.
  [[nodiscard]] static Quadrature<Product> crossed(Quadrature<Factors> const&... parts) {
    Quadrature<Product> product{{Point<Product>::unchecked({})}, {1.0}};
    auto const all = std::tie(parts...);
    for_each_factor([&]<std::size_t I>() {
      auto const& factor = std::get<I>(all);
      Quadrature<Product> next;
      for (std::size_t i = 0; i < product.nodes.size(); ++i) {
        for (std::size_t j = 0; j < factor.nodes.size(); ++j) {
          next.nodes.push_back(
              Point<Product>::unchecked(with<I>(product.nodes[i], factor.nodes[j].coordinates())));
          next.weights.push_back(product.weights[i] * factor.weights[j]);
        }
      }
      product = std::move(next);
    });
    return product;
  }

 private:
  struct Counts {
    int cube_dimension;
    int coordinates;
  };

  template <std::size_t I>
  static constexpr int offset(int Counts::*count) noexcept {
    LocalArray<Counts, sizeof...(Factors)> const all{Counts{cube_dimension_of<Factors>(), Factors::coordinates}...};
    int sum = 0;
    for (std::size_t i = 0; i < I; ++i) {
      sum += all[i].*count;
    }
    return sum;
  }

  template <class Body>
  static void for_each_factor(Body&& body) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (body.template operator()<I>(), ...); }
    (std::index_sequence_for<Factors...>{});
  }

  template <class Part>
  static Coordinates<Product> joined(Part&& part_of) {
    Coordinates<Product> c{};
    for_each_factor([&]<std::size_t I>() {
      auto const part = part_of.template operator()<I>();
      std::copy(part.begin(), part.end(), c.begin() + offset<I>(&Counts::coordinates));
    });
    return c;
  }
};

namespace detail {

/// Returns the part of an ambient vector that is tangent at p; for discrete factors, zeros.
template <Topology T>
[[nodiscard]] Coordinates<T> tangent_part(Point<T> const&, Coordinates<T> const&) noexcept {
  return {};
}
template <SmoothTopology T>
[[nodiscard]] Coordinates<T> tangent_part(Point<T> const& p, Coordinates<T> const& v) noexcept {
  return T::tangent(p, v);
}
template <Topology... Factors>
requires(!SmoothTopology<Product<Factors...>>) [[nodiscard]] Coordinates<Product<Factors...>> tangent_part(
    Point<Product<Factors...>> const& p, Coordinates<Product<Factors...>> const& v) noexcept {
  auto result = p;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    using T = Product<Factors...>;
    ((result = Point<T>::unchecked(
          T::template with<I>(result, tangent_part(T::template part<I>(p), T::template slice<I>(v))))),
     ...);
  }
  (std::index_sequence_for<Factors...>{});
  return result.coordinates();
}

template <class Space, class Sequence>
struct Power;
template <class Space, std::size_t... I>
struct Power<Space, std::index_sequence<I...>> {
  template <std::size_t>
  using Copy = Space;
  using type = Product<Copy<I>...>;
};

}  // namespace detail
}  // namespace wmanifold
