#include "line_plot.hpp"

#include "files.hpp"

#include <algorithm>
#include <cmath>

namespace demo {
namespace {

constexpr std::string_view style = R"css(
text { font: 13px "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; fill: #1c1e21; }
.title { font-size: 16px; font-weight: bold; }
.tick, .label { fill: #50555b; }
path, circle { fill: none; stroke-linejoin: round; stroke-linecap: butt; }
.paper { fill: #ffffff; }
.grid { stroke: #e3e5e8; stroke-width: 1; }
.axis { stroke: #50555b; stroke-width: 1; }
.leader { stroke: #9aa0a6; stroke-width: 0.8; }
)css";

constexpr double top = 62;     // of the frame, without a legend
constexpr double bottom = 54;  // below the frame
constexpr double row = 21;     // height of a legend's row
constexpr double sample = 34;  // length of a curve's sample in a legend

/// Estimates the width of a text.
double text_width(std::string_view text) {
  auto const letters = std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return 6.6 * static_cast<double>(letters);
}

char const* dashes_of(Dash dash) {
  switch (dash) {
    case Dash::dashed:
      return "8 4";
    case Dash::dotted:
      return "2 3.5";
    case Dash::dash_dot:
      return "10 3.5 2 3.5";
    case Dash::solid:
      break;
  }
  return "none";
}

/// "10" with a raised exponent.
std::string power_of_ten(int exponent) {
  static constexpr std::string_view digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = "10";
  for (char const c : std::to_string(exponent)) {
    text += c == '-' ? "⁻" : digits[c - '0'];
  }
  return text;
}

/// Returns the fewest digits that ticks of this step need.
std::string short_number(double value, double step) {
  int const digits = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
  double const clean = std::abs(value) < step / 1000 ? 0 : value;
  return digits == 0 ? grouped(std::llround(clean)) : fixed(clean, digits);
}

struct Tick {
  double value;
  std::string text;  ///< may be empty
};

/// An axis of a plot: the places of numbers, and its ticks.
class PlotAxis {
 public:
  PlotAxis(Scale const& scale, double low, double high, double first, double last)
      : is_log_(scale.is_log), axis_{inner(low), inner(high), first, last} {}

  [[nodiscard]] bool can_show(double value) const { return std::isfinite(value) && (!is_log_ || value > 0); }
  [[nodiscard]] double operator()(double value) const { return axis_(inner(value)); }
  [[nodiscard]] Axis const& range() const { return axis_; }

  [[nodiscard]] std::vector<Tick> ticks(int count) const {
    std::vector<Tick> all;
    if (!is_log_) {
      double const step = tick_step(axis_.high - axis_.low, count);
      for (double n = std::ceil(axis_.low / step - 1e-9); n * step <= axis_.high + 1e-9 * step; ++n) {
        all.push_back({n * step, short_number(n * step, step)});
      }
      return all;
    }
    int const low = static_cast<int>(std::ceil(axis_.low - 1e-9));
    int const high = static_cast<int>(std::floor(axis_.high + 1e-9));
    int const stride = std::max(1, (high - low + count) / count);
    bool const is_plain = axis_.low > -1e-9 && high <= 6;
    for (int n = low; n <= high; ++n) {
      double const value = std::pow(10, n);
      bool const is_named = n % stride == 0;
      all.push_back({value, !is_named ? "" : is_plain ? grouped(std::llround(value)) : power_of_ten(n)});
    }
    if (high - low < 2) {  // few powers: ticks between them too
      for (int n = low - 1; n <= high; ++n) {
        for (int const factor : {2, 5}) {
          double const value = factor * std::pow(10, n);
          if (inner(value) > axis_.low && inner(value) < axis_.high) {
            all.push_back({value, is_plain ? grouped(std::llround(value)) : joined(value)});
          }
        }
      }
    }
    return all;
  }

 private:
  [[nodiscard]] double inner(double value) const { return is_log_ ? std::log10(value) : value; }

  bool is_log_;
  Axis axis_;
};

/// The ends of an axis: the given ones, else those of the data and a margin.
struct Ends {
  double low = INFINITY;
  double high = -INFINITY;

  void include(Scale const& scale, double value) {
    if (std::isfinite(value) && (!scale.is_log || value > 0)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  [[nodiscard]] Ends finished(Scale const& scale, double air) const {
    Ends ends = low <= high ? *this : Ends{1, 1};
    if (scale.is_log) {
      double const factor = ends.low < ends.high ? std::pow(ends.high / ends.low, air) : 2;
      ends = {ends.low / factor, ends.high * factor};
    } else {
      double const margin = ends.low < ends.high ? air * (ends.high - ends.low) : 1;
      ends = {ends.low - margin, ends.high + margin};
    }
    return {scale.low.value_or(ends.low), scale.high.value_or(ends.high)};
  }
};

std::pair<Ends, Ends> ends_of(LinePlot const& plot) {
  Ends x;
  Ends y;
  auto const include = [&](double at, double value) {
    x.include(plot.x, at);
    y.include(plot.y, value);
  };
  for (auto const& curve : plot.curves) {
    for (Place const p : curve.points) {
      include(p.x, p.y);
    }
  }
  for (auto const& scatter : plot.scatters) {
    for (Place const p : scatter.points) {
      include(p.x, p.y);
    }
  }
  for (auto const& band : plot.bands) {
    for (std::size_t n = 0; n < band.x.size(); ++n) {
      include(band.x[n], band.low[n]);
      include(band.x[n], band.high[n]);
    }
  }
  bool const has_dots = std::any_of(plot.curves.begin(), plot.curves.end(), [](Curve const& c) { return c.has_dots; });
  return {x.finished(plot.x, has_dots ? 0.03 : 0), y.finished(plot.y, 0.04)};
}

/// An entry of the legend and its place.
struct Entry {
  std::string name;
  std::string classes;
  enum class Sign { line, dot, area } sign;
  Place at{};
};

std::vector<Entry> entries_of(LinePlot const& plot, double left, double right, double first_row) {
  std::vector<Entry> entries;
  for (std::size_t n = 0; n < plot.curves.size(); ++n) {
    if (plot.curves[n].names == Names::legend) {
      entries.push_back({plot.curves[n].name, joined("curve", n), Entry::Sign::line});
    }
  }
  for (std::size_t n = 0; n < plot.bands.size(); ++n) {
    entries.push_back({plot.bands[n].name, joined("band", n), Entry::Sign::area});
  }
  for (std::size_t n = 0; n < plot.scatters.size(); ++n) {
    entries.push_back({plot.scatters[n].name, joined("scatter", n), Entry::Sign::dot});
  }
  std::erase_if(entries, [](Entry const& e) { return e.name.empty(); });
  Place at{left, first_row};
  for (Entry& entry : entries) {
    double const room = sample + 8 + text_width(entry.name) + 18;
    if (at.x > left && at.x + room - 18 > right) {
      at = {left, at.y + row};
    }
    entry.at = at;
    at.x += room;
  }
  return entries;
}

std::string style_of(LinePlot const& plot) {
  std::string css(style);
  for (std::size_t n = 0; n < plot.curves.size(); ++n) {
    Curve const& curve = plot.curves[n];
    css += joined(".curve", n, " { stroke: ", curve.colour, "; stroke-width: ", curve.width,
                  "; stroke-dasharray: ", dashes_of(curve.dash), "; }\n.dot", n, " { fill: ", curve.colour, "; }\n");
  }
  for (std::size_t n = 0; n < plot.scatters.size(); ++n) {
    css += joined(".scatter", n, " { fill: ", plot.scatters[n].colour, "; fill-opacity: ", plot.scatters[n].opacity,
                  "; }\n");
  }
  for (std::size_t n = 0; n < plot.bands.size(); ++n) {
    css += joined(".band", n, " { fill: ", plot.bands[n].colour, "; fill-opacity: 0.16; }\n");
  }
  return css;
}

/// The data in a frame.
class Drawing {
 public:
  explicit Drawing(LinePlot const& plot) : plot_(plot), svg_(plot.width, plot.height, plot.title) {}

  std::string draw() {
    svg_.path({{0, 0}, {plot_.width, 0}, {plot_.width, plot_.height}, {0, plot_.height}}, true, "paper");
    svg_.text({16, 22}, "start", plot_.title, "title");
    auto const [x_ends, y_ends] = ends_of(plot_);
    double const low = plot_.height - bottom;
    // The y axis needs room for its numbers. They do not depend on the place of the axis.
    double widest = 0;
    for (Tick const& tick : PlotAxis(plot_.y, y_ends.low, y_ends.high, low, top).ticks(6)) {
      widest = std::max(widest, text_width(tick.text));
    }
    double const left = 16 + widest + 10;
    double const right = plot_.width - 24 - room_beside();
    auto const entries = entries_of(plot_, 16, plot_.width - 16, 48);
    double const rows = entries.empty() ? 0 : (entries.back().at.y - 48) / row + 1;
    double const high = top + rows * row + (rows > 0 ? 4 : 0);
    x_.emplace(plot_.x, x_ends.low, x_ends.high, left, right);
    y_.emplace(plot_.y, y_ends.low, y_ends.high, low, high);
    for (Entry const& entry : entries) {
      draw(entry);
    }
    draw_frame();
    svg_.begin_clip({left, high}, {right, low});
    draw_data();
    svg_.end_clip();
    draw_names();
    return svg_.file(style_of(plot_));
  }

 private:
  /// Returns the width of the names right of the frame.
  [[nodiscard]] double room_beside() const {
    double room = 0;
    for (auto const& curve : plot_.curves) {
      if (curve.names == Names::beside) {
        room = std::max(room, text_width(curve.name) + 26);
      }
    }
    return room;
  }

  void draw(Entry const& entry) {
    Place const at = entry.at;
    switch (entry.sign) {
      case Entry::Sign::line:
        svg_.line(at, {at.x + sample, at.y}, entry.classes);
        break;
      case Entry::Sign::dot:
        svg_.circle({at.x + sample / 2, at.y}, 3, entry.classes);
        break;
      case Entry::Sign::area:
        svg_.path({{at.x, at.y - 5}, {at.x + sample, at.y - 5}, {at.x + sample, at.y + 5}, {at.x, at.y + 5}}, true,
                  entry.classes);
        break;
    }
    svg_.text({at.x + sample + 8, at.y}, "start", entry.name);
  }

  void draw_frame() {
    auto const [left, right] = std::pair(x_->range().first, x_->range().last);
    auto const [low, high] = std::pair(y_->range().first, y_->range().last);
    for (Tick const& tick : y_->ticks(6)) {
      if (tick.text.empty()) {
        continue;
      }
      double const at = (*y_)(tick.value);
      svg_.line({left, at}, {right, at}, "grid");
      svg_.text({left - 8, at}, "end", tick.text, "tick");
    }
    for (Tick const& tick : x_->ticks(8)) {
      double const at = (*x_)(tick.value);
      if (!tick.text.empty()) {
        svg_.line({at, low}, {at, high}, "grid");
      }
      svg_.line({at, low}, {at, low + 5}, "axis");
      svg_.text({at, low + 17}, "middle", tick.text, "tick");
    }
    svg_.path({{left, high}, {left, low}, {right, low}}, false, "axis");
    svg_.text({16, high - 18}, "start", plot_.y.label, "label");
    svg_.text({right, low + 38}, "end", plot_.x.label, "label");
  }

  [[nodiscard]] bool can_show(Place p) const { return x_->can_show(p.x) && y_->can_show(p.y); }
  [[nodiscard]] Place place(Place p) const { return {(*x_)(p.x), (*y_)(p.y)}; }

  /// Returns the places of the points, without those that are too close to be seen apart.
  [[nodiscard]] std::vector<Place> places(std::vector<Place> const& points) const {
    std::vector<Place> shown;
    std::optional<Place> left_out;
    for (Place const point : points) {
      if (!can_show(point)) {
        continue;
      }
      Place const at = place(point);
      if (shown.empty() || std::hypot(at.x - shown.back().x, at.y - shown.back().y) >= 0.7) {
        shown.push_back(at);
        left_out.reset();
      } else {
        left_out = at;
      }
    }
    if (left_out) {
      shown.push_back(*left_out);
    }
    return shown;
  }

  void draw_data() {
    for (std::size_t n = 0; n < plot_.scatters.size(); ++n) {
      for (Place const point : plot_.scatters[n].points) {
        if (can_show(point)) {
          svg_.circle(place(point), plot_.scatters[n].radius, joined("scatter", n));
        }
      }
    }
    for (std::size_t n = 0; n < plot_.bands.size(); ++n) {
      Band const& band = plot_.bands[n];
      std::vector<Place> outline;
      for (std::size_t i = 0; i < band.x.size(); ++i) {
        outline.push_back({band.x[i], band.high[i]});
      }
      for (std::size_t i = band.x.size(); i-- > 0;) {
        outline.push_back({band.x[i], band.low[i]});
      }
      svg_.path(places(outline), true, joined("band", n));
    }
    for (std::size_t n = 0; n < plot_.curves.size(); ++n) {
      auto const at = places(plot_.curves[n].points);
      svg_.path(at, false, joined("curve", n));
      if (plot_.curves[n].has_dots) {
        for (Place const p : at) {
          svg_.circle(p, 3.2, joined("dot", n));
        }
      }
    }
  }

  /// Draws each name at the height of its curve's end, or as near as the others let it.
  void draw_names() {
    std::vector<std::size_t> named;
    std::vector<Place> ends;
    std::vector<double> heights;
    for (std::size_t n = 0; n < plot_.curves.size(); ++n) {
      auto const at = places(plot_.curves[n].points);
      if (plot_.curves[n].names == Names::beside && !at.empty()) {
        named.push_back(n);
        ends.push_back({at.back().x, std::clamp(at.back().y, y_->range().last, y_->range().first)});
        heights.push_back(ends.back().y);
      }
    }
    heights = spread_out(heights, 17);
    double const right = x_->range().last;
    for (std::size_t i = 0; i < named.size(); ++i) {
      svg_.path({{ends[i].x + 3, ends[i].y}, {right + 14, heights[i]}, {right + 20, heights[i]}}, false, "leader");
      svg_.text({right + 24, heights[i]}, "start", plot_.curves[named[i]].name);
    }
  }

  LinePlot const& plot_;
  Svg svg_;
  std::optional<PlotAxis> x_;
  std::optional<PlotAxis> y_;
};

}  // namespace

std::string svg_of(LinePlot const& plot) { return Drawing(plot).draw(); }

void write_plot(std::filesystem::path const& file, LinePlot const& plot) { write_text(file, svg_of(plot)); }

}  // namespace demo
