#include "plots.hpp"

#include "marker.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace demo {
namespace {

constexpr double plot_width = 340;

/// The frame of a plot with an axis to the left and one below.
struct Frame {
  Axis x;
  Axis y;

  void draw_y(Svg& svg, std::string const& unit) const {
    double const step = tick_step(y.high - y.low, 5);
    for (double tick = std::ceil(y.low / step - 1e-9) * step + 0.0; tick <= y.high + 1e-9; tick += step) {
      svg.line({x.first, y(tick)}, {x.last, y(tick)}, "grid");
      svg.text({x.first - 8, y(tick)}, "end", fixed(tick, step < 1 ? 1 : 0), "tick");
    }
    svg.text({x.first - 30, y.last - 16}, "start", unit, "label");
  }
  void draw_x(Svg& svg, std::string const& unit) const {
    svg.line({x.first, y.first}, {x.last, y.first}, "axis");
    svg.text({x.last, y.first + 34}, "end", unit, "label");
  }
  void draw_x_tick(Svg& svg, double at, std::string const& text) const {
    svg.line({at, y.first}, {at, y.first + 4}, "axis");
    svg.text({at, y.first + 15}, "middle", text, "tick");
  }
};

std::string short_number(double value) { return value >= 1000 ? joined(value / 1000, 'k') : joined(value); }

std::string title_of(std::span<Summary const> study, std::string_view what) {
  return joined(what, ". Study ", study.front().study->name, ": ", study.front().study->text, '.');
}

// ---- accuracy against the angle -------------------------------------------------------------------------

constexpr Place centre{plot_width / 2, 168};
constexpr double outside = 130;

Place on_circle(double degrees, double radius) {
  double const angle = degrees * std::numbers::pi / 180;
  return {centre.x - radius * std::sin(angle), centre.y - radius * std::cos(angle)};
}

void draw_dial(Svg& svg, Study const& study, Axis const& radius) {
  for (int percent = 20; percent <= 100; percent += 20) {
    svg.circle(centre, radius(percent), percent == 100 ? "axis" : "grid");
  }
  for (int degrees = 0; degrees < 360; degrees += 45) {
    svg.line(centre, on_circle(degrees, outside), "grid");
    svg.text(on_circle(degrees, outside + 24), "middle", joined(degrees, "\u00B0"), "tick");
  }
  for (int degrees = 0; degrees < 360; ++degrees) {  // a ring at trained angles
    if (study.is_trained(degrees)) {
      svg.path({on_circle(degrees - 0.6, outside + 5), on_circle(degrees + 0.6, outside + 5)}, false, "trained");
    }
  }
}

// ---- accuracy against cost ------------------------------------------------------------------------------

struct CostPoint {
  Summary const* summary;
  Place place;
  double highest;  ///< the upper end of its bar
  double lowest;
};

/// Draws the names of neighbouring points in one column, to their left if there is no point there yet, else above.
void draw_names(Svg& svg, std::span<CostPoint const> column, bool is_first) {
  if (!is_first) {
    for (CostPoint const& point : column) {
      double const top = std::min(point.place.y - 5, point.highest);
      svg.text({point.place.x, top - 10}, "middle", point.summary->contender->title, "name");
    }
    return;
  }
  std::vector<double> heights;
  for (CostPoint const& point : column) {
    heights.push_back(point.place.y);
  }
  heights = spread_out(heights, 15);
  for (std::size_t n = 0; n < column.size(); ++n) {
    Place const at = column[n].place;
    svg.path({{at.x - 7, at.y}, {at.x - 14, heights[n]}, {at.x - 18, heights[n]}}, false, "leader");
    svg.text({at.x - 21, heights[n]}, "end", column[n].summary->contender->title, "name");
  }
}

Frame cost_frame(std::span<Summary const> study) {
  double low = 100;
  double high = 0;
  double least = 1e300;
  double most = 0;
  for (Summary const& one : study) {
    low = std::min(low, one.mean - one.spread);
    high = std::max(high, one.mean + one.spread);
    least = std::min(least, static_cast<double>(one.multiply_adds));
    most = std::max(most, static_cast<double>(one.multiply_adds));
  }
  double const step = tick_step(std::max(high - low, 1.0) * 1.2, 5);
  return {{std::log10(least / 7), std::log10(most * 3), 36, plot_width - 8},
          {std::max(0.0, std::floor((low - 0.2 * step) / step) * step),
           std::min(100.0, std::ceil((high + 0.6 * step) / step) * step), 236, 30}};
}

/// Returns one column for each run of points that are too close for names between them.
std::vector<std::vector<CostPoint>> columns_of(std::span<Summary const> study, Frame const& frame) {
  std::vector<CostPoint> points;
  for (Summary const& one : study) {
    points.push_back({&one,
                      {frame.x(std::log10(static_cast<double>(one.multiply_adds))), frame.y(one.mean)},
                      frame.y(one.mean + one.spread),
                      frame.y(one.mean - one.spread)});
  }
  std::stable_sort(points.begin(), points.end(),
                   [](CostPoint const& a, CostPoint const& b) { return a.place.x < b.place.x; });
  std::vector<std::vector<CostPoint>> columns;
  for (CostPoint const& point : points) {
    if (columns.empty() || point.place.x - columns.back().front().place.x > 20) {
      columns.emplace_back();
    }
    columns.back().push_back(point);
  }
  return columns;
}

// ---- loss against step ----------------------------------------------------------------------------------

/// Returns means of windows that overlap by half: the loss of a single batch is too noisy to show.
std::vector<std::pair<double, double>> smoothed(std::vector<double> const& losses) {
  std::size_t const window = std::max<std::size_t>(1, losses.size() / 40);
  std::size_t const stride = std::max<std::size_t>(1, window / 2);
  std::vector<std::pair<double, double>> curve;
  for (std::size_t begin = 0; begin + window <= losses.size(); begin += stride) {
    double sum = 0;
    for (std::size_t n = begin; n < begin + window; ++n) {
      sum += losses[n];
    }
    curve.emplace_back(static_cast<double>(begin) + static_cast<double>(window) / 2, sum / static_cast<double>(window));
  }
  return curve;
}

}  // namespace

std::string angle_plot(std::span<Summary const> study) {
  Svg svg(plot_width, 338, title_of(study, "Accuracy against the angle, around a circle"));
  Axis const radius{0, 100, 0, outside};
  draw_dial(svg, *study.front().study, radius);
  for (Summary const& one : study) {
    std::vector<Place> places;
    for (std::size_t bin = 0; bin < angle_bins; ++bin) {
      places.push_back(on_circle(static_cast<double>(bin) * 360 / angle_bins, radius(one.at_angle[bin])));
    }
    svg.path(places, true, joined("curve ", colour_of(*one.contender)));
  }
  for (int percent = 20; percent <= 80; percent += 20) {
    svg.text(on_circle(-22.5, radius(percent)), "middle", joined(percent, percent == 80 ? " %" : ""), "tick halo");
  }
  return svg.finish();
}

std::string cost_plot(std::span<Summary const> study) {
  Svg svg(plot_width, 282, title_of(study, "Accuracy against multiply-adds of a prediction"));
  Frame const frame = cost_frame(study);
  frame.draw_y(svg, "accuracy, %");
  frame.draw_x(svg, "multiply-adds of a prediction");
  for (double power = 1; power < 1e12; power *= 10) {
    for (double const factor : {1.0, 2.0, 5.0}) {
      double const tick = std::log10(factor * power);
      if (tick > frame.x.low && tick < frame.x.high) {
        frame.draw_x_tick(svg, frame.x(tick), short_number(factor * power));
      }
    }
  }
  auto const columns = columns_of(study, frame);
  for (auto const& column : columns) {
    draw_names(svg, column, &column == &columns.front());
    for (auto const& [one, place, highest, lowest] : column) {
      std::string const classes = joined("error ", colour_of(*one->contender));
      svg.line({place.x, highest}, {place.x, lowest}, classes);
      svg.line({place.x - 3, highest}, {place.x + 3, highest}, classes);
      svg.line({place.x - 3, lowest}, {place.x + 3, lowest}, classes);
      draw_marker(svg, place, *one->contender);
    }
  }
  return svg.finish();
}

std::string loss_plot(std::span<Summary const> study) {
  Svg svg(plot_width, 262, title_of(study, "Training loss against the step"));
  double highest = 0;
  double lowest = 1e300;
  for (Summary const& one : study) {
    for (auto const& [step, loss] : smoothed(one.losses)) {
      highest = std::max(highest, loss);
      lowest = std::min(lowest, loss);
    }
  }
  auto const steps = static_cast<double>(study.front().losses.size());
  double const tick = tick_step(highest, 5);
  Frame const frame{{0, steps, 36, plot_width - 12}, {0, std::ceil(highest / tick) * tick, 216, 30}};
  frame.draw_y(svg, "cross-entropy of a batch");
  frame.draw_x(svg, "step");
  double const step = tick_step(steps, 5);
  for (double at = 0; at <= steps; at += step) {
    frame.draw_x_tick(svg, frame.x(at), grouped(static_cast<long long>(at)));
  }
  for (Summary const& one : study) {
    std::vector<Place> places;
    for (auto const& [at, loss] : smoothed(one.losses)) {
      places.push_back({frame.x(at), frame.y(loss)});
    }
    svg.path(places, false, joined("curve ", colour_of(*one.contender)));
  }
  return svg.finish();
}

}  // namespace demo
