#include "shift.hpp"

#include <wmanifold/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace demo {
namespace {

namespace wm = wmanifold;

constexpr double degrees_per_radian = 180 / std::numbers::pi;

/// A shift to the right in columns: a whole number below the width, and a share of the next column.
struct Way {
  int whole;
  float share;
};

Way way_of(double angle, int columns) {
  constexpr double steps = 65536;  // of a column
  double const turns = angle / (2 * std::numbers::pi);
  double const all = std::round((turns - std::floor(turns)) * columns * steps);
  double const whole = std::floor(all / steps);
  return {static_cast<int>(whole) % columns, static_cast<float>(all / steps - whole)};
}

}  // namespace

void shift_circularly(std::span<float const> image, int rows, int columns, double angle, std::span<float> out) {
  if (rows < 1 || columns < 1 || !std::isfinite(angle)) [[unlikely]] {
    wm::fail("shift: expected rows and columns and a finite angle, got ", rows, " x ", columns, " and ", angle);
  }
  wm::require_count("shift: image", "pixels", std::ptrdiff_t{rows} * columns, std::ssize(image));
  wm::require_count("shift: out", "pixels", std::ssize(image), std::ssize(out));
  Way const way = way_of(angle, columns);
  int const whole = way.whole;
  float const* from = image.data();
  float* to = out.data();
  for (int r = 0; r < rows; ++r, from += columns, to += columns) {
    auto const between = [&](float here, float left) { return here + way.share * (left - here); };
    for (int c = whole + 1; c < columns; ++c) {
      to[c] = between(from[c - whole], from[c - whole - 1]);
    }
    to[whole] = between(from[0], from[columns - 1]);
    for (int c = 0; c < whole; ++c) {
      to[c] = between(from[c - whole + columns], from[c - whole + columns - 1]);
    }
  }
}

TurnAndShift::TurnAndShift(int rows, int columns)
    : rows_(rows),
      columns_(columns),
      turner_(rows, columns),
      moved_(static_cast<std::size_t>(rows * columns)),
      moved_back_(moved_.size()),
      bytes_(moved_.size()) {}

void TurnAndShift::move(std::span<std::uint8_t const> image, double turn, double shift) {
  wm::require_count("turn and shift: image", "pixels", std::ssize(moved_), std::ssize(image));
  shift_circularly(turner_.turn(image, turn * degrees_per_radian), rows_, columns_, shift, moved_);
}

void TurnAndShift::show(std::span<std::uint8_t const> image, double turn, double shift, std::span<float> out) {
  move(image, turn, shift);
  turner_.halve(moved_, out);
}

void TurnAndShift::show_undone(std::span<std::uint8_t const> image, double turn, double shift, std::span<float> out) {
  move(image, turn, shift);
  shift_circularly(moved_, rows_, columns_, -shift, moved_back_);
  std::transform(moved_back_.begin(), moved_back_.end(), bytes_.begin(),
                 [](float p) { return static_cast<std::uint8_t>(static_cast<int>(p + 0.5F)); });
  turner_.turn(bytes_, -turn * degrees_per_radian);
  turner_.halve(out);
}

}  // namespace demo
