#pragma once

#include <set>
#include <string>
#include <utility>

namespace demo {

/// Colours of values in [-1, 1], from blue over white to orange, told apart by most eyes; a class each, as Svg takes
/// them. What is drawn so has an edge of its own colour, so that nothing shows between neighbours.
class Palette {
 public:
  /// The class of a value, under a light in [0, 1]: 1 leaves the colour as it is.
  [[nodiscard]] std::string of(double value, double light = 1);

  /// The rules of those that were asked for.
  [[nodiscard]] std::string style() const;

 private:
  std::set<std::pair<int, int>> used_;  // step of the value, step of the light
};

}  // namespace demo
