#include "report/forest.hpp"

#include "files.hpp"
#include "line_plot.hpp"
#include "text.hpp"

#include <algorithm>
#include <cmath>

namespace demo {
namespace {

constexpr double width = 900;
constexpr double names = 430;  // the room for them, left of the frame
constexpr double top = 64;
constexpr double row_height = 15;
constexpr double furthest = 20;  // points; what reaches further is cut

std::string style() {
  return joined(
      "text { font: 11px \"Helvetica Neue\", Helvetica, Arial, \"Liberation Sans\", sans-serif; fill: #1c1e21; }\n"
      ".title { font-size: 16px; font-weight: bold; }\n.study { font-weight: bold; }\n.tick { fill: #50555b; }\n"
      ".paper { fill: #ffffff; }\n.grid { stroke: #e3e5e8; }\n.zero { stroke: #50555b; }\n",
      ".better { stroke: ", colour::blue, "; fill: ", colour::blue, "; }\n.worse { stroke: ", colour::red,
      "; fill: ", colour::red, "; }\n.neither { stroke: ", colour::grey, "; fill: ", colour::grey, "; }\n",
      "line { stroke-width: 1.4; }\n");
}

}  // namespace

void write_forest(std::filesystem::path const& file, std::string const& title, std::vector<Comparison> const& all) {
  // Rows, and a heading for each study.
  double rows = 0;
  std::string study;
  for (Comparison const& one : all) {
    rows += one.study == study ? 1 : 2.5;
    study = one.study;
  }
  double const bottom = top + row_height * rows + 10;
  Svg svg(width, bottom + 20, title);
  svg.path({{0, 0}, {width, 0}, {width, bottom + 20}, {0, bottom + 20}}, true, "paper");
  svg.text({16, 22}, "start", title, "title");
  svg.text({names, 44}, "start", "points gained, 95 % intervals: blue is better, red worse", "tick");
  Axis const x{-furthest, furthest, names, width - 20};
  for (int tick = -20; tick <= 20; tick += 5) {
    svg.line({x(tick), top}, {x(tick), bottom}, tick == 0 ? "zero" : "grid");
    svg.text({x(tick), bottom + 10}, "middle", joined(tick > 0 ? "+" : "", tick), "tick");
  }
  double y = top - 0.5 * row_height;
  study.clear();
  for (Comparison const& one : all) {
    if (one.study != study) {
      study = one.study;
      y += 1.5 * row_height;
      svg.text({16, y}, "start", study, "study");
    }
    y += row_height;
    svg.text({names - 12, y}, "end", one.where);
    auto const [mean, reach] = one.difference;
    char const* const look = one.is_better() ? "better" : one.is_worse() ? "worse" : "neither";
    auto const at = [&](double value) { return Place{x(std::clamp(value, -furthest, furthest)), y}; };
    if (std::isfinite(reach)) {
      svg.line(at(mean - reach), at(mean + reach), look);
    }
    svg.circle(at(mean), 3, look);
  }
  write_text(file, svg.file(style()));
}

}  // namespace demo
