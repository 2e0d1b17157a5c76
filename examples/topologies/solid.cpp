#include "solid.hpp"

#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace demo {
namespace {

/// Returns twice the area of a polygon as seen, positive if its corners go round counter-clockwise.
double twice_area(std::vector<Vector> const& corners) {
  double area = 0;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    Vector const& a = corners[i];
    Vector const& b = corners[(i + 1) % corners.size()];
    area += a[0] * b[1] - b[0] * a[1];
  }
  return area;
}

/// Returns the light on a patch: all if it faces the eye, as in drawings on paper.
double light_on(std::vector<Vector> const& corners) {
  auto const edge = [&](std::size_t to, std::size_t from) {
    return Vector{corners[to][0] - corners[from][0], corners[to][1] - corners[from][1],
                  corners[to][2] - corners[from][2]};
  };
  Vector const a = edge(2, 0);
  Vector const b = edge(corners.size() - 1, 1);
  Vector const n{a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
  constexpr Vector lamp{-0.35, 0.55, 0.76};
  double const facing = (n[0] * lamp[0] + n[1] * lamp[1] + n[2] * lamp[2]) / std::hypot(n[0], n[1], n[2]);
  return std::clamp(0.72 + 0.28 * facing / lamp[2], 0.66, 1.0);
}

bool is_within(std::vector<Vector> const& corners, Vector const& p) {
  bool is_in = false;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    Vector const& a = corners[i];
    Vector const& b = corners[(i + 1) % corners.size()];
    if ((a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1])) {
      is_in = !is_in;
    }
  }
  return is_in;
}

/// Returns two whole numbers in tenths, as short as path data allows: 12 and -5 as "1.2-.5".
std::string tenths(long x, long y) {
  std::string data;
  for (long const value : {x, y}) {
    std::string const whole = std::abs(value) < 10 && value != 0 ? "" : std::to_string(std::abs(value) / 10);
    data += joined(value < 0 ? "-" : data.empty() ? "" : " ", whole);
    if (value % 10 != 0) {
      data += joined('.', std::abs(value % 10));
    }
  }
  return data;
}

}  // namespace

View::View(double turn, double height) noexcept
    : cosine_(std::cos(turn)),
      sine_(std::sin(turn)),
      cosine_height_(std::cos(height)),
      sine_height_(std::sin(height)) {}

Vector View::operator()(Vector const& world) const noexcept {
  double const away = sine_ * world[0] + cosine_ * world[1];
  return {cosine_ * world[0] - sine_ * world[1], cosine_height_ * world[2] + sine_height_ * away,
          sine_height_ * world[2] - cosine_height_ * away};
}

void Solid::add(std::vector<Vector> const& corners, double value) {
  Patch patch{{}, 0, value, 1};
  for (Vector const& corner : corners) {
    patch.corners.push_back(view_(corner));
    patch.near += patch.corners.back()[2] / static_cast<double>(corners.size());
  }
  if (twice_area(patch.corners) > 1e-9) {
    patch.light = light_on(patch.corners);
    patches_.push_back(std::move(patch));
  }
}

Place Solid::place(Vector const& world) const noexcept {
  Vector const seen = view_(world);
  return {middle_.x + scale_ * seen[0], middle_.y - scale_ * seen[1]};
}

bool Solid::is_behind(Vector const& seen) const noexcept {
  constexpr double thickness = 0.13;  // tolerance for points on a patch, for solids about a unit in size
  return std::any_of(patches_.begin(), patches_.end(), [&](Patch const& patch) {
    return patch.near > seen[2] + thickness && is_within(patch.corners, seen);
  });
}

void Solid::draw(Svg& svg, Palette& palette) const {
  // Partly visible patches first, the nearest last; the others as one path for each class.
  std::vector<Patch const*> partly;
  std::map<std::string, std::string> paths;
  for (Patch const& patch : patches_) {
    auto const hidden = std::count_if(patch.corners.begin(), patch.corners.end(),
                                      [&](Vector const& corner) { return is_behind(corner); });
    if (hidden == 0) {
      paths[palette.of(patch.value, patch.light)] += path_of(patch.corners);
    } else if (hidden < std::ssize(patch.corners)) {
      partly.push_back(&patch);
    }
  }
  std::stable_sort(partly.begin(), partly.end(), [](Patch const* a, Patch const* b) { return a->near < b->near; });
  for (Patch const* const patch : partly) {
    svg.shape(middle_, path_of(patch->corners), palette.of(patch->value, patch->light));
  }
  for (auto const& [classes, path] : paths) {
    svg.shape(middle_, path, classes);
  }
}

std::string Solid::path_of(std::vector<Vector> const& corners) const {
  std::string data;
  long x = 0;
  long y = 0;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    long const to_x = std::lround(10 * scale_ * corners[i][0]);
    long const to_y = std::lround(-10 * scale_ * corners[i][1]);
    data += joined(i == 0 ? "M" : i == 1 ? "l" : to_x < x ? "" : " ", tenths(to_x - x, to_y - y));
    x = to_x;
    y = to_y;
  }
  return data + 'z';
}

void Solid::draw_line(Svg& svg, std::vector<Vector> const& line, std::string_view classes) const {
  std::vector<Place> seen;
  auto const draw_so_far = [&] {
    if (seen.size() > 1) {
      svg.path(seen, false, classes);
    }
    seen.clear();
  };
  for (Vector const& world : line) {
    if (hides(world)) {
      draw_so_far();
    } else {
      seen.push_back(place(world));
    }
  }
  draw_so_far();
}

}  // namespace demo
