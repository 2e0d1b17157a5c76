#pragma once

#include "contenders.hpp"
#include "svg.hpp"

namespace demo {

/// Class of a contender's colour.
[[nodiscard]] std::string colour_of(Contender const& contender);

/// The sign of a contender, by which it is told from others without its colour.
void draw_marker(Svg& svg, Place at, Contender const& contender);

}  // namespace demo
