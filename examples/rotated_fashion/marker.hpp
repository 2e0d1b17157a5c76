#pragma once

#include "contenders.hpp"
#include "svg.hpp"

namespace demo {

/// Returns the class of a contender's colour.
[[nodiscard]] std::string colour_of(Contender const& contender);

/// Draws the sign of a contender, which identifies it without its colour.
void draw_marker(Svg& svg, Place at, Contender const& contender);

}  // namespace demo
