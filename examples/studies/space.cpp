#include "space.hpp"

#include <algorithm>
#include <cmath>

namespace demo {
namespace {

struct Facts {
  std::string_view name;
  wmanifold::Index coordinates;
  wmanifold::Index features;
  wmanifold::Index rows;
};

constexpr std::array<Facts, 5> facts{
    {{"circle", 1, 2, 3}, {"interval", 1, 1, 2}, {"torus", 2, 4, 9}, {"sphere", 3, 3, 4}, {"square", 2, 2, 4}}};

Facts const& facts_of(Space space) { return facts[static_cast<std::size_t>(space)]; }

}  // namespace

std::string_view name_of(Space space) { return facts_of(space).name; }
wmanifold::Index coordinates_of(Space space) { return facts_of(space).coordinates; }
wmanifold::Index features_of(Space space) { return facts_of(space).features; }
wmanifold::Index first_order_rows(Space space) { return facts_of(space).rows; }

void write_features(Space space, Context const& context, std::span<float> to) {
  auto const coordinates = static_cast<std::size_t>(coordinates_of(space));
  for (std::size_t i = 0; i < coordinates; ++i) {
    switch (space) {
      case Space::circle:
      case Space::torus:
        to[2 * i] = static_cast<float>(std::cos(context[i]));
        to[2 * i + 1] = static_cast<float>(std::sin(context[i]));
        break;
      case Space::interval:
      case Space::square:
        to[i] = static_cast<float>(2 * context[i] - 1);
        break;
      case Space::sphere:
        to[i] = static_cast<float>(context[i]);
        break;
    }
  }
}

}  // namespace demo
