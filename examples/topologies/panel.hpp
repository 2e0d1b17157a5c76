#pragma once

#include "exhibit.hpp"
#include "solid.hpp"

#include <string>
#include <vector>

namespace demo {

/// A card of the gallery: a caption, a space, and text below.
class Panel {
 public:
  static constexpr double width = 233;
  static constexpr double height = 274;

  Panel(Svg& svg, Palette& palette, Place corner) : svg_(svg), palette_(palette), corner_(corner) {}

  /// Opens the card of a space and a basis, by their names. Checks its contents.
  template <wm::Basis B>
  void open(std::string_view space, std::string_view basis, Exhibit<B> const& shown, Claims& claims) {
    shown.check(claims, space);
    open(space, B::Topology::dimension, basis, B::size);
  }
  /// Adds one or two lines of text below.
  void close(std::vector<std::string> const& lines);

  [[nodiscard]] Svg& svg() const noexcept { return svg_; }
  [[nodiscard]] Palette& palette() const noexcept { return palette_; }
  /// Returns the place of a space, which has 92 pixels to either side.
  [[nodiscard]] Place middle() const noexcept { return {corner_.x + width / 2, corner_.y + 148}; }

  void sample(Place at, bool is_faint = false) const;
  void node(Place at, double weight, bool is_faint = false) const;

  /// Draws the visible nodes and samples on a solid, at world(point). With `shows_within` it draws hidden ones faintly.
  template <wm::Basis B, class World>
  void mark(Solid const& solid, Exhibit<B> const& shown, World const& world, bool shows_within = false) const {
    auto const each = [&](auto const& point, auto const& mark) {
      Vector const at = world(point);
      bool const is_hidden = solid.hides(at);
      if (!is_hidden || shows_within) {
        mark(solid.place(at), is_hidden);
      }
    };
    for (std::size_t i = 0; i < shown.nodes().nodes.size(); ++i) {
      each(shown.nodes().nodes[i], [&](Place at, bool is_hidden) { node(at, shown.nodes().weights[i], is_hidden); });
    }
    for (auto const& s : shown.samples()) {
      each(s, [&](Place at, bool is_hidden) { sample(at, is_hidden); });
    }
  }

 private:
  void open(std::string_view space, int dimension, std::string_view basis, int size);

  Svg& svg_;
  Palette& palette_;
  Place corner_;
};

}  // namespace demo
