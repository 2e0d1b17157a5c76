#pragma once

#include "text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace demo {

struct Place {
  double x = 0;
  double y = 0;
};

/// A drawing in SVG, written element by element. Colours come from a style sheet, by class.
class Svg {
 public:
  Svg(double width, double height, std::string_view title);

  void line(Place from, Place to, std::string_view classes);
  void circle(Place centre, double radius, std::string_view classes);
  void path(std::vector<Place> const& places, bool is_closed, std::string_view classes);
  /// `anchor` is start, middle or end; the text is centred on y.
  void text(Place at, std::string_view anchor, std::string_view content, std::string_view classes = "");
  /// Adds a shape (path data around 0,0), moved to a place.
  void shape(Place at, std::string_view path_data, std::string_view classes);
  /// Adds an image (a data URI), stretched over a rectangle; pixels stay squares.
  void image(Place corner, Place opposite, std::string_view uri);
  /// Clips all drawing until end_clip() to a rectangle.
  void begin_clip(Place corner, Place opposite);
  void end_clip() { content_ += "</g>\n"; }

  /// Returns the drawing as an element of a page.
  [[nodiscard]] std::string finish() const;
  /// Returns the drawing as a file of its own, with its style sheet.
  [[nodiscard]] std::string file(std::string_view style) const;

 private:
  std::string box_;      // attributes for its size
  std::string content_;  // title first
};

/// A map from a range of numbers to a range of places.
struct Axis {
  double low = 0;
  double high = 1;
  double first = 0;  ///< place of `low`
  double last = 1;   ///< place of `high`

  [[nodiscard]] double operator()(double value) const noexcept {
    return first + (last - first) * (value - low) / (high - low);
  }
};

/// Returns 1, 2 or 5 times a power of ten, such that a range holds about `count` of it.
[[nodiscard]] double tick_step(double range, int count);

/// Moves values apart, as little as possible, until neighbours have `gap` between them. Keeps their order.
[[nodiscard]] std::vector<double> spread_out(std::vector<double> values, double gap);

}  // namespace demo
