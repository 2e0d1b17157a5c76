#include "panel.hpp"

namespace demo {

void Panel::open(std::string_view space, int dimension, std::string_view basis, int size) {
  Place const opposite{corner_.x + width, corner_.y + height};
  svg_.path({corner_, {opposite.x, corner_.y}, opposite, {corner_.x, opposite.y}}, true, "card");
  svg_.text({corner_.x + 12, corner_.y + 19}, "start", space, "head");
  svg_.text({opposite.x - 12, corner_.y + 19}, "end", joined("dim ", dimension), "small");
  svg_.text({corner_.x + 12, corner_.y + 37}, "start", basis, "basis");
  svg_.text({opposite.x - 12, corner_.y + 37}, "end", joined("K = ", size), "small");
}

void Panel::close(std::vector<std::string> const& lines) {
  double y = corner_.y + height - 2 - 14 * static_cast<double>(lines.size());
  for (std::string const& line : lines) {
    svg_.text({corner_.x + width / 2, y}, "middle", line, "small");
    y += 14;
  }
}

void Panel::sample(Place at, bool is_faint) const { svg_.circle(at, 2, is_faint ? "sample faint" : "sample"); }

void Panel::node(Place at, double weight, bool is_faint) const {
  constexpr double edge = 0.5;  // half of the edge's width: the area up to the edge's outer side is the weight
  svg_.circle(at, std::max(0.1, 14 * std::sqrt(weight) - edge), is_faint ? "node faint" : "node");
}

}  // namespace demo
