#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/real.hpp>
#include <wmanifold/core/text.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace wmanifold {

/// An edge between two nodes. A larger weight means more similar nodes; the edge's length is 1 / weight.
struct Edge {
  /// One node.
  int from;
  /// The other node.
  int to;
  /// The weight.
  double weight = 1;
};

/// An undirected weighted graph on n contexts: its edges join neighbours. It is a value that can be a template
/// argument. A graph can be built at compile time; `with` then refuses invalid edges by not compiling.
template <int n>
struct Graph {
  static_assert(n >= 1, "wmanifold: a Graph has at least one node");

  /// The weight of each pair i > j at i (i - 1) / 2 + j; 0 means no edge.
  std::array<double, static_cast<std::size_t>(n*(n - 1) / 2)> weights{};

  /// Returns the weight of the edge between two nodes; 0 means no edge.
  [[nodiscard]] constexpr double weight(int i, int j) const noexcept {
    // Not weights[...]: GCC 12 merges this function for graphs of different sizes, and then warns of its array.
    return i == j ? 0 : weights.data()[place(i, j)];
  }

  /// Returns the graph with one more edge, or another weight for it. ArgumentError for nodes outside [0, n), loops, and
  /// weights that are not positive and finite.
  [[nodiscard]] constexpr Graph with(Edge const& edge) const {
    bool const are_nodes = edge.from >= 0 && edge.from < n && edge.to >= 0 && edge.to < n && edge.from != edge.to;
    if (!(are_nodes && is_finite(edge.weight) && edge.weight > 0)) [[unlikely]] {
      fail("graph: expected an edge of positive weight between two of ", n, " nodes, got ", edge.from, " to ", edge.to,
           " of weight ", edge.weight);
    }
    Graph graph = *this;
    graph.weights[place(edge.from, edge.to)] = edge.weight;
    return graph;
  }

  /// Returns the distances of all pairs of nodes, n x n, over shortest paths (Floyd and Warshall); infinite without a
  /// path.
  [[nodiscard]] constexpr std::array<double, static_cast<std::size_t>(n* n)> distances() const noexcept {
    std::array<double, static_cast<std::size_t>(n * n)> d{};
    auto const at = [&](int i, int j) -> double& { return d[static_cast<std::size_t>(i * n + j)]; };
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) {
        double const w = weight(i, j);
        at(i, j) = i == j ? 0 : w > 0 ? 1 / w : std::numeric_limits<double>::infinity();
      }
    }
    for (int k = 0; k < n; ++k) {
      for (int i = 0; i < n; ++i) {
        for (int j = 0; j < i; ++j) {
          double const through = at(i, k) + at(k, j);
          if (through < at(i, j)) {
            at(i, j) = at(j, i) = through;
          }
        }
      }
    }
    return d;
  }

  /// Returns whether there is a path between each pair of nodes.
  [[nodiscard]] constexpr bool is_connected() const noexcept {
    std::array<bool, static_cast<std::size_t>(n)> reached{true};
    std::array<int, static_cast<std::size_t>(n)> nodes{};  // the reached nodes, in the order of discovery
    int found = 1;
    for (int at = 0; at < found; ++at) {
      for (int j = 0; j < n; ++j) {
        if (!reached[static_cast<std::size_t>(j)] && weight(nodes[static_cast<std::size_t>(at)], j) > 0) {
          reached[static_cast<std::size_t>(j)] = true;
          nodes[static_cast<std::size_t>(found++)] = j;
        }
      }
    }
    return found == n;
  }

  /// Returns the edges as text, "0-1,1-2:0.5"; weights of 1 are left out.
  [[nodiscard]] std::string text() const {
    std::string edges;
    for (int i = 1; i < n; ++i) {
      for (int j = 0; j < i; ++j) {
        double const w = weight(i, j);
        if (w > 0) {
          edges += edges.empty() ? "" : ",";
          edges += std::to_string(j) + "-" + std::to_string(i);
          if (w != 1) {
            edges += ":" + detail::exact_text(w);
          }
        }
      }
    }
    return edges;
  }

  /// Returns whether two graphs have the same edges and weights.
  friend constexpr bool operator==(Graph const&, Graph const&) = default;

 private:
  static constexpr std::size_t place(int i, int j) noexcept {
    int const high = i > j ? i : j;
    return static_cast<std::size_t>(high * (high - 1) / 2 + (i > j ? j : i));
  }
};

/// Returns the graph of these edges: graph_of<3>({{0, 1}, {1, 2, 0.5}}).
template <int n, std::size_t count>
[[nodiscard]] constexpr Graph<n> graph_of(Edge const (&edges)[count]) {
  Graph<n> graph;
  for (Edge const& edge : edges) {
    graph = graph.with(edge);
  }
  return graph;
}

/// Returns the graph in which all nodes are neighbours.
template <int n>
[[nodiscard]] constexpr Graph<n> complete_graph() {
  Graph<n> graph;
  graph.weights.fill(1);
  return graph;
}

/// Returns the path 0 - 1 - ... - (n - 1): grades, sizes.
template <int n>
[[nodiscard]] constexpr Graph<n> path_graph() {
  Graph<n> graph;
  for (int i = 1; i < n; ++i) {
    graph = graph.with({i - 1, i});
  }
  return graph;
}

/// Returns the cycle, a path whose ends are neighbours: weekdays, seasons.
template <int n>
[[nodiscard]] constexpr Graph<n> cycle_graph() {
  static_assert(n >= 3, "wmanifold: a cycle has at least 3 nodes");
  return path_graph<n>().with({n - 1, 0});
}

/// Returns the grid in which node row * columns + column has the nodes beside, above and below it as neighbours: rooms
/// on a floor.
template <int rows, int columns>
[[nodiscard]] constexpr Graph<rows * columns> grid_graph() {
  Graph<rows * columns> graph;
  for (int i = 0; i < rows * columns; ++i) {
    if (i % columns + 1 < columns) {
      graph = graph.with({i, i + 1});
    }
    if (i + columns < rows * columns) {
      graph = graph.with({i, i + columns});
    }
  }
  return graph;
}

}  // namespace wmanifold
