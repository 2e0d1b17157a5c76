#include "gallery.hpp"

#include "spaces.hpp"

namespace demo {
namespace {

constexpr double gap = 12;
constexpr double margin = 16;
constexpr double top = 48;
constexpr int panels_across = 4;
constexpr double width = 2 * margin + panels_across * Panel::width + (panels_across - 1) * gap;
constexpr double height = top + 3 * Panel::height + 2 * gap + margin;

constexpr std::string_view style = R"(
text { font: 13px "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; fill: #1c1e21; }
.title { font-size: 18px; font-weight: bold; }
.head { font-size: 14.5px; font-weight: bold; }
.basis { font-size: 12px; }
.small { font-size: 11.5px; fill: #50555b; }
path { stroke-linejoin: round; stroke-width: 0.6; }
.paper { fill: #f1f3f5; }
.card { fill: #fff; stroke: #d5d9de; stroke-width: 1; }
.thin { fill: none; stroke: #8b929a; stroke-width: 0.9; }
.other { fill: none; stroke: #c3c8ce; stroke-width: 1.1; }
.graph { fill: none; stroke: #1c1e21; stroke-width: 1.4; }
.end { fill: none; stroke: #1c1e21; stroke-width: 1.3; }
.cut { fill: none; stroke: #1c1e21; stroke-width: 0.9; }
.edge { stroke: #8b929a; stroke-width: 2.5; }
.graticule { fill: none; stroke: #1c1e21; stroke-width: 0.6; opacity: 0.3; }
.seam { fill: none; stroke: #1c1e21; stroke-width: 1.6; stroke-dasharray: 4 3; }
.sample { fill: #111; stroke: #fff; stroke-width: 0.7; }
.node { fill: #fff; stroke: #111; stroke-width: 1; }
.faint { opacity: 0.3; }
)";

Place corner_of(int card) {
  return {margin + card % panels_across * (Panel::width + gap), top + card / panels_across * (Panel::height + gap)};
}

void draw_legend(Svg& svg, Palette& palette, Place corner) {
  Panel const marks(svg, palette, corner);
  double const left = corner.x + 22;
  double const words = left + 96;
  double y = corner.y + 34;
  auto const next = [&](std::string_view head, std::string_view rest) {
    svg.text({words, y - 8}, "start", head);
    svg.text({words, y + 9}, "start", rest, "small");
    y += 51;
  };
  constexpr int steps = 40;
  for (int i = 0; i < steps; ++i) {
    double const from = left + 2.0 * i;
    svg.path({{from, y - 8}, {from + 2, y - 8}, {from + 2, y + 6}, {from, y + 6}}, true,
             palette.of((2 * i + 1.0) / steps - 1));
  }
  for (double const value : {-1.0, 0.0, 1.0}) {
    svg.text({left + 40 * (1 + value), y + 16}, "middle", value < 0 ? "−" : value > 0 ? "+" : "0", "small");
  }
  next("a function of the basis", "relative to its largest magnitude");
  for (int i = 0; i < 7; ++i) {
    marks.sample({left + 8 + 11.0 * i, y + 5 * std::sin(2.4 * i)});
  }
  next("samples", "low_discrepancy_points; faint inside a solid");
  double x = left + 6;
  for (double const weight : {0.02, 0.06, 0.12, 0.2}) {
    marks.node({x, y}, weight);
    x += 22;
  }
  next("nodes of the quadrature", "area: weight; exact for products of two functions");
  svg.line({left + 4, y}, {left + 76, y}, "seam");
  next("a seam", "coordinates jump; the topology continues");
  svg.text({left + 40, y}, "middle", "dim, K", "small");
  next("sizes", "dimension of the topology, functions of the basis");
}

}  // namespace

std::string gallery(Claims& claims) {
  Svg svg(width, height, "The topologies of wmanifold, each with a basis function, samples and quadrature nodes");
  Palette palette;
  svg.path({{0, 0}, {width, 0}, {width, height}, {0, height}}, true, "paper");
  svg.text({margin, 24}, "start", "Topologies, each with a basis function, samples and quadrature nodes", "title");
  int card = 0;
  for (auto* const draw : {draw_interval, draw_circle, draw_lines, draw_graph, draw_box, draw_simplex, draw_torus,
                           draw_sphere, draw_cylinder, draw_rotations}) {
    draw(Panel(svg, palette, corner_of(card++)), claims);
  }
  draw_legend(svg, palette, corner_of(card));
  return svg.file(joined(style, palette.style()));
}

}  // namespace demo
