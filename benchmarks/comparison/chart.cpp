#include "chart.hpp"

#include "svg.hpp"
#include "time_text.hpp"

#include <algorithm>
#include <cmath>

namespace comparison {
namespace {

constexpr char const* style =
    "text{font:13px system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1d2125}"
    ".page{fill:#fff}.title{font-size:19px;font-weight:600}.heading{font-size:15px;font-weight:600}"
    ".name{font-weight:600}.note{font-size:11.5px;fill:#6b7178}.tick{font-size:11px;fill:#6b7178}"
    ".grid{stroke:#e6e8eb}.unit{stroke:#1d2125;stroke-width:1.4}.stripe{fill:#f6f7f9}"
    ".LibTorch{fill:#c4650a}.Eigen,.Eigen-weighted{fill:#7b4aa8}.OpenBLAS{fill:#1b5fc1}.BLIS{fill:#4f9bd9}.oneDNN{fill:"
    "#0e7f6f}"
    ".LIBXSMM{fill:#b08a00}.one-by-one{fill:#8a9099}.met{fill:#0e7f6f}.missed{fill:#b3261e}"
    ".aim{stroke:#1d2125;stroke-width:2}";

constexpr double width = 960;
constexpr double bar_height = 13;
constexpr double pitch = 18;
constexpr double gap = 14;
constexpr double head = 70;
constexpr double left = 300;          // start of the axis; names stand left of it
constexpr double label_room = 150;    // on both sides of the bars
constexpr double right = width - 16;  // end of the axis

struct Bar {
  double ratio;  ///< 0: no bar, a label only
  std::string label;
  std::string classes;
  double aim = 0;  ///< 0: none; a mark on the axis
};

struct Row {
  std::string name;
  std::string note;
  std::vector<Bar> bars;

  [[nodiscard]] double height() const { return std::max(2.0, static_cast<double>(bars.size())) * pitch + gap; }
};

/// Bars to both sides of 1, on a logarithmic axis.
struct Panel {
  std::string heading;
  std::string below;  ///< meaning of the side left of 1
  std::string above;
  std::vector<Row> rows;

  [[nodiscard]] double height() const {
    double sum = head;
    for (Row const& row : rows) {
      sum += row.height();
    }
    return sum + gap;
  }
};

void rectangle(demo::Svg& svg, demo::Place corner, demo::Place opposite, std::string_view classes) {
  svg.path({corner, {opposite.x, corner.y}, opposite, {corner.x, opposite.y}}, true, classes);
}

void draw(demo::Svg& svg, Panel const& panel, double top) {
  double low = -1;
  double high = 1;
  for (Row const& row : panel.rows) {
    for (Bar const& bar : row.bars) {
      if (bar.ratio > 0) {
        low = std::min(low, std::floor(std::log2(bar.ratio)));
        high = std::max(high, std::ceil(std::log2(bar.ratio)));
      }
      if (bar.aim > 0) {
        high = std::max(high, std::ceil(std::log2(bar.aim)));
      }
    }
  }
  demo::Axis const x{low, high, left + label_room, right - label_room};
  double const first = top + head;
  double const bottom = top + panel.height() - gap;
  svg.text({16, top + 14}, "start", panel.heading, "heading");
  svg.text({x(0) - 12, top + 36}, "end", "← " + panel.below, "note");
  svg.text({x(0) + 12, top + 36}, "start", panel.above + " →", "note");
  double y = first;
  for (std::size_t i = 0; i < panel.rows.size(); ++i) {
    double const end = y + panel.rows[i].height();
    if (i % 2 == 0) {
      rectangle(svg, {8, y}, {width - 8, end}, "stripe");
    }
    y = end;
  }
  for (double power = low; power <= high; ++power) {
    svg.line({x(power), first}, {x(power), bottom}, "grid");
    svg.text({x(power), first - 12}, "middle",
             power < 0 ? demo::joined("1/", std::exp2(-power)) : demo::joined(std::exp2(power)), "tick");
  }
  y = first;
  for (Row const& row : panel.rows) {
    double const middle = y + row.height() / 2;
    svg.text({16, middle - 9}, "start", row.name, "name");
    svg.text({16, middle + 9}, "start", row.note, "note");
    double bar_middle = middle - pitch / 2 * (static_cast<double>(row.bars.size()) - 1);
    for (Bar const& bar : row.bars) {
      double const tip = bar.ratio > 0 ? x(std::log2(bar.ratio)) : x(0);
      rectangle(svg, {x(0), bar_middle - bar_height / 2}, {tip, bar_middle + bar_height / 2}, bar.classes);
      double end = tip;
      if (bar.aim > 0) {
        double const mark = x(std::log2(bar.aim));
        svg.line({mark, bar_middle - bar_height / 2}, {mark, bar_middle + bar_height / 2}, "aim");
        end = std::max(tip, mark);
      }
      bool const is_left = bar.ratio > 0 && bar.ratio < 1;
      svg.text({is_left ? tip - 6 : end + 6, bar_middle}, is_left ? "end" : "start", bar.label, "note");
      bar_middle += pitch;
    }
    y += row.height();
  }
  svg.line({x(0), first}, {x(0), bottom}, "unit");
}

/// Returns a contender's class in the style: "Eigen weighted" is drawn as "Eigen-weighted".
std::string class_of(std::string contender) {
  std::replace(contender.begin(), contender.end(), ' ', '-');
  return contender;
}

Panel contenders(Results const& results) {
  Panel panel{"Time of a call, relative to wmanifold", "faster than wmanifold", "slower than wmanifold", {}};
  for (Result const& ours : results.cases) {
    if (ours.contender != name::ours) {
      continue;
    }
    Row row{ours.name,
            demo::joined("wmanifold ", time_of(ours.seconds), ", ", demo::fixed(ours.gflops, 1), " GFLOP/s, ",
                         demo::fixed(100 * ours.share_of_peak, 0), " % of peak"),
            {}};
    for (Result const& other : results.cases) {
      if (other.name == ours.name && other.contender != name::ours) {
        double const ratio = other.seconds / ours.seconds;
        row.bars.push_back(
            {ratio, demo::joined(other.contender, " × ", demo::fixed(ratio, 2), " (", time_of(other.seconds), ')'),
             class_of(other.contender)});
      }
    }
    if (!row.bars.empty()) {
      panel.rows.push_back(row);
    }
  }
  return panel;
}

Panel all_targets(std::vector<Target> const& targets) {
  Panel panel{"Targets: reached ratio over required ratio, with a mark at the aim", "missed", "met", {}};
  for (Target const& target : targets) {
    bool const has_aim = target.aim > target.required;
    std::string const aim = has_aim ? ", aim " + demo::fixed(target.aim, 2) : "";
    Row row{target.name, target.reason, {}};
    row.bars.push_back({target.ratio / target.required,
                        target.ratio > 0
                            ? demo::joined(demo::fixed(target.ratio, 2), " of ", demo::fixed(target.required, 2), aim)
                            : "none" + aim,
                        target.met ? "met" : "missed", has_aim ? target.aim / target.required : 0});
    panel.rows.push_back(row);
  }
  return panel;
}

/// Returns the versions of all contenders but ours, in lines that fit the width.
std::vector<std::string> versions_of(Report const& report) {
  constexpr std::size_t longest = 130;
  std::vector<std::string> lines;
  for (auto const& [contender, version] : report.contenders) {
    if (contender == name::ours) {
      continue;
    }
    std::string const text = demo::joined(contender, ' ', version);
    if (lines.empty() || lines.back().size() + text.size() > longest) {
      lines.push_back(text);
    } else {
      lines.back() += " · " + text;
    }
  }
  return lines;
}

}  // namespace

std::string chart_of(Report const& report) {
  Panel const bars = contenders(report.results);
  Panel const targets = all_targets(report.targets);
  auto const versions = versions_of(report);
  constexpr double line = 18;
  double const top = 66 + line * static_cast<double>(versions.size());
  double const height = top + bars.height() + targets.height() + 16;
  demo::Svg svg(width, height, "wmanifold beside other libraries");
  rectangle(svg, {0, 0}, {width, height}, "page");
  svg.text({16, 24}, "start",
           demo::joined(name::ours, ' ', report.contenders.at(name::ours), " beside other libraries, one thread"),
           "title");
  svg.text({16, 46}, "start", report.machine, "note");
  for (std::size_t i = 0; i < versions.size(); ++i) {
    svg.text({16, 46 + line * static_cast<double>(i + 1)}, "start", versions[i], "note");
  }
  draw(svg, bars, top);
  draw(svg, targets, top + bars.height());
  return svg.file(style);
}

}  // namespace comparison
