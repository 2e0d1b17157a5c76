#pragma once

#include "contenders.hpp"
#include "text.hpp"

#include <string>
#include <utility>
#include <vector>

namespace demo {

struct Place {
  double x = 0;
  double y = 0;
};

/// A drawing in SVG, written element by element. Colours come from the page's style sheet, by class.
class Svg {
 public:
  Svg(double width, double height, std::string_view title);

  void line(Place from, Place to, std::string_view classes);
  void circle(Place centre, double radius, std::string_view classes);
  void path(std::vector<Place> const& places, bool is_closed, std::string_view classes);
  /// `anchor` is start, middle or end; the text is centred on y.
  void text(Place at, std::string_view anchor, std::string_view content, std::string_view classes = "");
  /// The sign of a contender, by which it is told from others without its colour.
  void marker(Place at, Contender const& contender);

  [[nodiscard]] std::string finish() const { return content_ + "</svg>\n"; }

 private:
  std::string content_;
};

/// A range of numbers seen as one of places.
struct Axis {
  double low = 0;
  double high = 1;
  double first = 0;  ///< where `low` lies
  double last = 1;   ///< where `high` lies

  [[nodiscard]] double operator()(double value) const noexcept {
    return first + (last - first) * (value - low) / (high - low);
  }
};

/// Class of a contender's colour.
[[nodiscard]] std::string colour_of(Contender const& contender);

/// Moves values apart, as little as may be, until neighbours have `gap` between them; their order stays.
[[nodiscard]] std::vector<double> spread_out(std::vector<double> values, double gap);

}  // namespace demo
