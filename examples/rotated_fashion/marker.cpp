#include "marker.hpp"

#include <array>

namespace demo {

std::string colour_of(Contender const& contender) { return joined("of-", contender.name); }

void draw_marker(Svg& svg, Place at, Contender const& contender) {
  static constexpr std::array shapes{"M-4,0a4,4 0 1 0 8,0a4,4 0 1 0 -8,0Z",  // a disc
                                     "M-3.5,-3.5H3.5V3.5H-3.5Z",             // a square
                                     "M0,-5L4.6,3.4H-4.6Z",                  // triangles
                                     "M0,-5.2L5.2,0L0,5.2L-5.2,0Z",          // a diamond
                                     "M0,5L4.6,-3.4H-4.6Z",
                                     "M-4,-1.3H-1.3V-4H1.3V-1.3H4V1.3H1.3V4H-1.3V1.3H-4Z"};  // a cross
  auto const which = static_cast<std::size_t>(&contender - contenders().data());
  svg.shape(at, shapes[which % shapes.size()], joined("marker ", colour_of(contender)));
}

}  // namespace demo
