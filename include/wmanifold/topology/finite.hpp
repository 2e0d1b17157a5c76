#pragma once

#include <wmanifold/topology/graph.hpp>
#include <wmanifold/topology/topology.hpp>

#include <algorithm>

namespace wmanifold {
namespace detail {

/// Throws ArgumentError unless `number` is the number of one of n contexts.
inline void require_context(int n, double number) {
  if (!(is_finite(number) && number >= 0 && number < n && number == std::floor(number))) [[unlikely]] {
    fail("finite", n, ": expected a whole number in [0, ", n - 1, "], got ", number);
  }
}

}  // namespace detail

/// n discrete contexts, 0, ..., n - 1, all equally likely: speakers, machines, days of the week. A graph defines the
/// neighbours; the default joins all pairs. The graph is part of the type, and a distance is the length of a shortest
/// path.
///
/// There are no points between contexts. Finite has no directions, no exp and no log (it is no SmoothTopology), and its
/// dimension is 0.
template <int n, Graph<n> graph = complete_graph<n>()>
struct Finite {
  static_assert(graph.is_connected(),
                "wmanifold: Finite needs a graph with a path between every two contexts; add edges");

  /// Contexts.
  static constexpr int size = n;
  /// The graph.
  static constexpr Graph<n> weights = graph;
  /// Dimension of the space.
  static constexpr int dimension = 0;
  /// Dimension of the unit cube that from_cube maps.
  static constexpr int cube_dimension = 1;
  /// Coordinates of a point.
  static constexpr int coordinates = 1;
  /// Returns "finite3", or for a graph other than the complete one with equal weights "finite3[0-1,1-2]".
  static std::string name() {
    std::string const text = "finite" + std::to_string(n);
    return graph == complete_graph<n>() ? text : text + "[" + graph.text() + "]";
  }

  /// Returns context i. ArgumentError for a number outside 0, ..., n - 1.
  [[nodiscard]] static Point<Finite> at(int i) { return Point<Finite>(Coordinates<Finite>{static_cast<double>(i)}); }
  /// Returns the number of a context.
  [[nodiscard]] static int index(Point<Finite> const& p) noexcept { return static_cast<int>(p[0]); }

  /// Returns the canonical coordinates of the same point. ArgumentError for coordinates of no point.
  static Coordinates<Finite> canonical(Coordinates<Finite> const& c) {
    detail::require_context(n, c[0]);
    return c;
  }
  /// Maps the unit cube onto the space; the uniform measure becomes mu.
  static Point<Finite> from_cube(CubePoint<Finite> const& u) noexcept {
    return Point<Finite>::unchecked({std::min(std::floor(u[0] * n), n - 1.0)});
  }
  /// Returns the distance of two points.
  static double distance(Point<Finite> const& p, Point<Finite> const& q) noexcept {
    static auto const distances = graph.distances();  // at run time: compilers take long for a hundred contexts
    return distances[static_cast<std::size_t>(index(p) * n + index(q))];
  }
  /// Returns all contexts, at any degree.
  static Quadrature<Finite> quadrature(int) {
    Quadrature<Finite> q;
    for (int i = 0; i < n; ++i) {
      q.nodes.push_back(Point<Finite>::unchecked({static_cast<double>(i)}));
      q.weights.push_back(1.0 / n);
    }
    return q;
  }
  /// Returns the next number, and the reversed number, each if the graph has this symmetry.
  static std::vector<Point<Finite>> symmetries(Point<Finite> const& p) {
    std::vector<Point<Finite>> images;
    for (auto const& image : {+[](int i) { return (i + 1) % n; }, +[](int i) { return n - 1 - i; }}) {
      bool keeps = true;
      for (int i = 0; i < n; ++i) {
        for (int j = 0; j < i; ++j) {
          keeps = keeps && graph.weight(image(i), image(j)) == graph.weight(i, j);
        }
      }
      if (keeps) {
        images.push_back(at(image(index(p))));
      }
    }
    return images;
  }
};

}  // namespace wmanifold
