#include "svg.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace demo {
namespace {

std::string number(double value) {
  std::string text = fixed(value, 1);
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

std::string xy(Place p) { return joined(number(p.x), ',', number(p.y)); }

}  // namespace

Svg::Svg(double width, double height, std::string_view title)
    : content_(joined("<svg viewBox=\"0 0 ", number(width), ' ', number(height), "\" role=\"img\"><title>",
                      escaped(title), "</title>\n")) {}

void Svg::line(Place from, Place to, std::string_view classes) {
  content_ += joined("<path class=\"", classes, "\" d=\"M", xy(from), 'L', xy(to), "\"/>\n");
}

void Svg::circle(Place centre, double radius, std::string_view classes) {
  content_ += joined("<circle class=\"", classes, "\" cx=\"", number(centre.x), "\" cy=\"", number(centre.y), "\" r=\"",
                     number(radius), "\"/>\n");
}

void Svg::path(std::vector<Place> const& places, bool is_closed, std::string_view classes) {
  content_ += joined("<path class=\"", classes, "\" d=\"");
  char command = 'M';
  for (Place const& p : places) {
    content_ += joined(command, xy(p));
    command = 'L';
  }
  content_ += is_closed ? "Z\"/>\n" : "\"/>\n";
}

void Svg::text(Place at, std::string_view anchor, std::string_view content, std::string_view classes) {
  content_ += joined("<text class=\"", classes, "\" x=\"", number(at.x), "\" y=\"", number(at.y + 4),
                     "\" text-anchor=\"", anchor, "\">", escaped(content), "</text>\n");
}

void Svg::marker(Place at, Contender const& contender) {
  static constexpr std::array shapes{"M-4,0a4,4 0 1 0 8,0a4,4 0 1 0 -8,0Z",  // a disc
                                     "M-3.5,-3.5H3.5V3.5H-3.5Z",             // a square
                                     "M0,-5L4.6,3.4H-4.6Z",                  // triangles
                                     "M0,-5.2L5.2,0L0,5.2L-5.2,0Z",          // a diamond
                                     "M0,5L4.6,-3.4H-4.6Z",
                                     "M-4,-1.3H-1.3V-4H1.3V-1.3H4V1.3H1.3V4H-1.3V1.3H-4Z"};  // a cross
  auto const which = static_cast<std::size_t>(&contender - contenders().data());
  content_ += joined("<path class=\"marker ", colour_of(contender), "\" transform=\"translate(", xy(at), ")\" d=\"",
                     shapes[which % shapes.size()], "\"/>\n");
}

std::string colour_of(Contender const& contender) { return joined("of-", contender.name); }

std::vector<double> spread_out(std::vector<double> values, double gap) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  // Neighbours that are too close push each other apart by half of what is missing, until none is.
  for (int round = 0; round < 1000; ++round) {
    bool is_good = true;
    for (std::size_t n = 1; n < order.size(); ++n) {
      double& lower = values[order[n - 1]];
      double& upper = values[order[n]];
      double const missing = gap - (upper - lower);
      if (missing > 1e-3) {
        lower -= missing / 2;
        upper += missing / 2;
        is_good = false;
      }
    }
    if (is_good) {
      break;
    }
  }
  return values;
}

}  // namespace demo
