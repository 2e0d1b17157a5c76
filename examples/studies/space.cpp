#include "space.hpp"

#include <wmanifold/topology/box.hpp>
#include <wmanifold/topology/geodesic.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/s1.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/torus.hpp>

#include <algorithm>
#include <cmath>

namespace demo {
namespace {

namespace wm = wmanifold;

struct Facts {
  std::string_view name;
  wmanifold::Index coordinates;
  wmanifold::Index features;
  wmanifold::Index rows;
};

constexpr std::array<Facts, 5> facts{
    {{"circle", 1, 2, 3}, {"interval", 1, 1, 2}, {"torus", 2, 4, 9}, {"sphere", 3, 3, 4}, {"square", 2, 2, 4}}};

Facts const& facts_of(Space space) { return facts[static_cast<std::size_t>(space)]; }

/// Calls body.operator()<Topology>() for the library's topology of a space.
template <class Body>
auto with_topology(Space space, Body const& body) {
  switch (space) {
    case Space::circle:
      return body.template operator()<wm::S1>();
    case Space::interval:
      return body.template operator()<wm::Interval>();
    case Space::torus:
      return body.template operator()<wm::Torus<2>>();
    case Space::sphere:
      return body.template operator()<wm::S2>();
    default:
      return body.template operator()<wm::Box<2>>();
  }
}

template <class T>
wm::Point<T> point_of(Context const& context) {
  return wm::Point<T>(std::span(context).first(static_cast<std::size_t>(T::coordinates)));
}

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

double distance(Space space, Context const& a, Context const& b) {
  return with_topology(space, [&]<class T>() { return T::distance(point_of<T>(a), point_of<T>(b)); });
}

Context between(Space space, Context const& from, Context const& to, double part) {
  return with_topology(space, [&]<class T>() {
    auto const point = wm::geodesic(point_of<T>(from), point_of<T>(to), part);
    Context context{};
    std::copy_n(point.coordinates().begin(), T::coordinates, context.begin());
    return context;
  });
}

}  // namespace demo
