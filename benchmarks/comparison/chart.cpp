#include "chart.hpp"

#include "svg.hpp"

namespace comparison {

std::string chart_of(Report const&) { return demo::Svg(100, 100, "").file(""); }

}  // namespace comparison
