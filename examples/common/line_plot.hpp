#pragma once

#include "svg.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace demo {

/// The range and label of an axis. Ends that are not given are those of the data.
struct Scale {
  std::string label;  ///< with its unit
  bool is_log = false;
  std::optional<double> low = std::nullopt;
  std::optional<double> high = std::nullopt;
};

enum class Dash { solid, dashed, dotted, dash_dot };

/// The place of a curve's name.
enum class Names {
  legend,  ///< above the frame
  beside,  ///< right of the frame, at the height where a curve leaves it
};

/// A curve. Curves without a name are neither in the legend nor labelled.
struct Curve {
  std::string name;
  std::string colour;  ///< as in CSS
  std::vector<Place> points;
  Dash dash = Dash::solid;
  double width = 2.2;
  bool has_dots = false;  ///< at the curve's points
  Names names = Names::legend;
};

/// Points that are not joined.
struct Scatter {
  std::string name;
  std::string colour;
  std::vector<Place> points;
  double radius = 1.4;
  double opacity = 0.35;
};

/// The area between two curves over the same x.
struct Band {
  std::string name;
  std::string colour;
  std::vector<double> x;
  std::vector<double> low;
  std::vector<double> high;
};

/// Curves over bands over scattered points, in a frame with ticks.
struct LinePlot {
  std::string title;
  Scale x;
  Scale y;
  std::vector<Curve> curves;
  std::vector<Scatter> scatters = {};
  std::vector<Band> bands = {};
  double width = 720;
  double height = 440;
};

/// Returns the plot as an SVG file of its own: light, for a page or for paper.
[[nodiscard]] std::string svg_of(LinePlot const& plot);

/// Writes the plot to a file. Throws wm::FileError.
void write_plot(std::filesystem::path const& file, LinePlot const& plot);

/// Colours that most eyes can tell apart, in order of use.
namespace colour {
inline constexpr char const* blue = "#1b5fc1";
inline constexpr char const* orange = "#c4650a";
inline constexpr char const* green = "#0e7f6f";
inline constexpr char const* purple = "#7b4aa8";
inline constexpr char const* red = "#b3261e";
inline constexpr char const* grey = "#6b7178";
}  // namespace colour

}  // namespace demo
