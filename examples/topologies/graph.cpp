#include "spaces.hpp"

#include <wmanifold/basis/laplacian_eigenvectors.hpp>

namespace demo {
namespace {

constexpr int rows = 3;
constexpr int columns = 4;
constexpr double room = 18;  // radius of a context

using Space = wm::Finite<rows * columns, wm::grid_graph<rows, columns>()>;
using Basis = wm::LaplacianEigenvectors<Space, 5>;

Place place_of(Panel const& panel, int i) {
  return {panel.middle().x + 50 * (i % columns - 1.5), panel.middle().y + 54 * (i / columns - 1.0)};
}

}  // namespace

void draw_graph(Panel panel, Claims& claims) {
  Exhibit<Basis> const shown(3, 24);
  panel.open("Finite<12, graph>", "LaplacianEigenvectors", shown, claims);
  for (int i = 0; i < Space::size; ++i) {
    for (int j = 0; j < i; ++j) {
      if (Space::weights.weight(i, j) > 0) {
        panel.svg().line(place_of(panel, i), place_of(panel, j), "edge");
      }
    }
  }
  for (int i = 0; i < Space::size; ++i) {
    panel.svg().circle(place_of(panel, i), room, panel.palette().of(shown(Space::at(i))));
    panel.svg().circle(place_of(panel, i), room, "end");
  }
  auto const& [nodes, weights] = shown.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    panel.node(place_of(panel, Space::index(nodes[i])), weights[i]);
  }
  // Samples of one context stand around it.
  std::array<int, Space::size> drawn{};
  for (auto const& s : shown.samples()) {
    int const i = Space::index(s);
    double const angle = 0.7 + 2.4 * drawn[static_cast<std::size_t>(i)]++;
    panel.sample({place_of(panel, i).x + 10.5 * std::cos(angle), place_of(panel, i).y - 10.5 * std::sin(angle)});
  }
  panel.close({"contexts and which are neighbours"});
}

}  // namespace demo
