#include "svg.hpp"

#include <algorithm>
#include <cmath>
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
    : box_(joined("viewBox=\"0 0 ", number(width), ' ', number(height), '"')),
      content_(joined("<title>", escaped(title), "</title>\n")) {}

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

void Svg::shape(Place at, std::string_view path_data, std::string_view classes) {
  content_ += joined("<path class=\"", classes, "\" transform=\"translate(", xy(at), ")\" d=\"", path_data, "\"/>\n");
}

void Svg::image(Place corner, Place opposite, std::string_view uri) {
  content_ += joined("<image x=\"", number(corner.x), "\" y=\"", number(corner.y), "\" width=\"",
                     number(opposite.x - corner.x), "\" height=\"", number(opposite.y - corner.y),
                     "\" preserveAspectRatio=\"none\" style=\"image-rendering: pixelated\" href=\"", uri, "\"/>\n");
}

void Svg::begin_clip(Place corner, Place opposite) {
  content_ += joined("<clipPath id=\"clip\"><path d=\"M", xy(corner), 'H', number(opposite.x), 'V', number(opposite.y),
                     'H', number(corner.x), "Z\"/></clipPath><g clip-path=\"url(#clip)\">\n");
}

std::string Svg::finish() const { return joined("<svg ", box_, " role=\"img\">", content_, "</svg>\n"); }

std::string Svg::file(std::string_view style) const {
  return joined("<svg xmlns=\"http://www.w3.org/2000/svg\" ", box_, " role=\"img\">", "<style>", style, "</style>\n",
                content_, "</svg>\n");
}

double tick_step(double range, int count) {
  double const rough = range / count;
  double const power = std::pow(10, std::floor(std::log10(rough)));
  for (double const factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * 0.999) {
      return factor * power;
    }
  }
  return 10 * power;
}

std::vector<double> spread_out(std::vector<double> values, double gap) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  // Neighbours that are too close push each other apart by half of the missing gap, until none are too close.
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
