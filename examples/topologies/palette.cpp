#include "palette.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace demo {
namespace {

constexpr int value_steps = 20;  // to either side of 0
constexpr int light_steps = 20;

using Colour = std::array<double, 3>;

Colour colour_of(double value) {
  // From 0 outwards.
  constexpr std::array<Colour, 4> blues{{{246, 246, 243}, {166, 200, 232}, {72, 134, 199}, {19, 68, 136}}};
  constexpr std::array<Colour, 4> oranges{{{246, 246, 243}, {250, 200, 141}, {229, 132, 45}, {158, 68, 6}}};
  auto const& places = value < 0 ? blues : oranges;
  double const at = std::min(std::abs(value), 1.0) * static_cast<double>(places.size() - 1);
  auto const i = std::min(static_cast<std::size_t>(at), places.size() - 2);
  Colour colour{};
  for (std::size_t c = 0; c < 3; ++c) {
    colour[c] = std::lerp(places[i][c], places[i + 1][c], at - static_cast<double>(i));
  }
  return colour;
}

std::string name_of(std::pair<int, int> const& steps) {
  return joined('p', steps.first + value_steps, '-', steps.second);
}

}  // namespace

std::string Palette::of(double value, double light) {
  auto const step = [](double x, int steps) { return static_cast<int>(std::lround(x * steps)); };
  std::pair<int, int> const steps{step(std::clamp(value, -1.0, 1.0), value_steps),
                                  step(std::clamp(light, 0.0, 1.0), light_steps)};
  used_.insert(steps);
  return name_of(steps);
}

std::string Palette::style() const {
  std::string rules;
  for (auto const& steps : used_) {
    Colour const colour = colour_of(static_cast<double>(steps.first) / value_steps);
    double const light = static_cast<double>(steps.second) / light_steps;
    std::string parts;
    for (double const part : colour) {
      parts += joined(parts.empty() ? "" : ",", std::lround(light * part));
    }
    rules += joined('.', name_of(steps), "{fill:rgb(", parts, ");stroke:rgb(", parts, ")}\n");
  }
  return rules;
}

}  // namespace demo
