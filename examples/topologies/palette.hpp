#pragma once

#include <set>
#include <string>
#include <utility>

namespace demo {

/// Colours of values in [-1, 1], from blue over white to orange, which most eyes can tell apart; a class each, as Svg
/// takes them. Shapes have an edge of their own colour, so that no gap shows between neighbours.
class Palette {
 public:
  /// Returns the class of a value under a light in [0, 1]: 1 leaves the colour as it is.
  [[nodiscard]] std::string of(double value, double light = 1);

  /// Returns the rules of the classes in use.
  [[nodiscard]] std::string style() const;

 private:
  std::set<std::pair<int, int>> used_;  // step of the value, step of the light
};

}  // namespace demo
