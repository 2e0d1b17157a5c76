#include "pictures.hpp"

#include "png.hpp"
#include "spectrum.hpp"
#include "svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace demo {
namespace {

constexpr std::string_view style =
    "text { font: 13px system-ui, sans-serif; fill: #1c1e21; }"
    ".title { font-size: 15px; font-weight: 600; } .tick { font-size: 11px; fill: #5a6068; }"
    ".paper { fill: #fff; } .axis { stroke: #5a6068; fill: none; }"
    ".trained { fill: #fff; stroke: #000; stroke-width: 0.6; } .held { fill: none; stroke: #fff; stroke-width: 1.2; }";

struct Colour {
  double red, green, blue;
};

/// Returns a colour from dark to light for x in [0, 1], equally spaced to most eyes (nine places of Viridis).
Colour colour_at(double x) {
  constexpr std::array<Colour, 9> places{{{68, 1, 84},
                                          {71, 44, 122},
                                          {59, 81, 139},
                                          {44, 113, 142},
                                          {33, 144, 141},
                                          {39, 173, 129},
                                          {92, 200, 99},
                                          {170, 220, 50},
                                          {253, 231, 37}}};
  double const at = std::clamp(x, 0.0, 1.0) * (places.size() - 1);
  auto const i = std::min(static_cast<std::size_t>(at), places.size() - 2);
  double const share = at - static_cast<double>(i);
  auto const mix = [&](double Colour::*part) {
    return places[i].*part + share * (places[i + 1].*part - places[i].*part);
  };
  return {mix(&Colour::red), mix(&Colour::green), mix(&Colour::blue)};
}

/// Returns an image of values, row by row from the top, from `low` to `high`.
std::string image_of(std::span<double const> values, int rows, int columns, double low, double high) {
  std::vector<std::uint8_t> pixels;
  for (double const value : values) {
    Colour const c = colour_at((value - low) / (high - low));
    for (double const part : {c.red, c.green, c.blue}) {
      pixels.push_back(static_cast<std::uint8_t>(std::lround(part)));
    }
  }
  return png_uri(pixels, rows, columns, Pixels::rgb);
}

/// Draws the scale of colours, from `low` at the bottom to `high`. `name` gives the ticks' names.
template <class Name>
void draw_scale(Svg& svg, Place corner, double height, double low, double high, double step, Name const& name) {
  std::vector<double> ramp(128);
  for (std::size_t i = 0; i < ramp.size(); ++i) {
    ramp[i] = 1 - static_cast<double>(i) / static_cast<double>(ramp.size() - 1);
  }
  svg.image(corner, {corner.x + 14, corner.y + height}, image_of(ramp, 128, 1, 0, 1));
  Axis const axis{low, high, corner.y + height, corner.y};
  for (double tick = low; tick <= high + 1e-9; tick += step) {
    svg.line({corner.x + 14, axis(tick)}, {corner.x + 18, axis(tick)}, "axis");
    svg.text({corner.x + 22, axis(tick)}, "start", name(tick), "tick");
  }
}

void draw_paper(Svg& svg, double across, double down) {
  svg.path({{0, 0}, {across, 0}, {across, down}, {0, down}}, true, "paper");
}

}  // namespace

std::string svg_of(std::span<ErrorMap const> maps, int count, int trained) {
  constexpr double side = 260;
  constexpr double left = 62;
  constexpr double top = 66;
  constexpr double gap = 26;
  auto const number = static_cast<double>(maps.size());
  double const all = left + number * side + (number - 1) * gap + 90;
  double const height = top + side + 58;
  double least = 1;
  double most = 1e-12;
  for (ErrorMap const& map : maps) {
    for (double const ratio : map.ratios) {
      least = std::min(least, ratio);
      most = std::max(most, ratio);
    }
  }
  double const low = std::floor(2 * std::log10(least)) / 2;
  double const high = std::max(low + 0.5, std::ceil(2 * std::log10(most)) / 2);
  Svg svg(all, height, "Error over the knob square");
  draw_paper(svg, all, height);
  svg.text({16, 22}, "start", "Error-to-signal ratio over the knob square (dots: trained; rings: held out)", "title");
  for (std::size_t m = 0; m < maps.size(); ++m) {
    double const x = left + static_cast<double>(m) * (side + gap);
    std::vector<double> values;
    double mean = 0;
    for (int tone = count - 1; tone >= 0; --tone) {
      for (int drive = 0; drive < count; ++drive) {
        double const ratio = maps[m].ratios[static_cast<std::size_t>(drive * count + tone)];
        values.push_back(std::log10(ratio));
        mean += ratio / (count * count);
      }
    }
    svg.image({x, top}, {x + side, top + side}, image_of(values, count, count, low, high));
    svg.text({x, top - 14}, "start", joined(maps[m].title, ": mean ", scientific(mean, 1)));
    double const half = side / count / 2;  // a cell's middle is its position
    Axis const across{0, 1, x + half, x + side - half};
    Axis const up{0, 1, top + side - half, top + half};
    for (Setting const s : grid(trained)) {
      svg.circle({across(s.drive), up(s.tone)}, 2.2, "trained");
    }
    for (Setting const s : middles(trained)) {
      svg.circle({across(s.drive), up(s.tone)}, 3.4, "held");
    }
    for (double const tick : {0.0, 0.5, 1.0}) {
      svg.text({across(tick), top + side + 14}, "middle", fixed(20 * std::log10(gain_of(tick)), 0), "tick");
      if (m == 0) {
        svg.text({x - 8, up(tick)}, "end", fixed(corner_of(tick) / 1000, 1), "tick");
      }
    }
    svg.text({x + side / 2, top + side + 36}, "middle", "drive, dB");
  }
  svg.text({16, top - 14}, "start", "kHz");
  draw_scale(svg, {all - 76, top}, side, low, high, 0.5, [](double tick) { return scientific(std::pow(10, tick), 1); });
  return svg.file(style);
}

std::string svg_of(std::span<Sound const> sounds) {
  constexpr int size = 1024;
  constexpr double left = 52;
  constexpr double top = 58;
  constexpr double across = 820;
  constexpr double down = 150;
  constexpr double gap = 34;
  constexpr double low = -120;
  constexpr double high = 0;
  auto const number = static_cast<double>(sounds.size());
  double const all = left + across + 90;
  double const height = top + number * (down + gap) + 20;
  Svg svg(all, height, "Spectrograms");
  draw_paper(svg, all, height);
  svg.text({16, 22}, "start", "Spectrograms, in dB of full level", "title");
  for (std::size_t n = 0; n < sounds.size(); ++n) {
    double const y = top + static_cast<double>(n) * (down + gap);
    auto const samples = sounds[n].samples;
    int const hop = std::max(64, static_cast<int>(samples.size() / 820));
    auto const spectrogram = spectrogram_of(samples, size, hop);
    int const rows = spectrogram.bins / 2;  // pairs of bins, the louder of each
    std::vector<double> values;
    for (int row = rows - 1; row >= 0; --row) {
      for (int frame = 0; frame < spectrogram.frames; ++frame) {
        auto const at = static_cast<std::size_t>(frame * spectrogram.bins + 2 * row);
        values.push_back(static_cast<double>(std::max(spectrogram.level[at], spectrogram.level[at + 1])));
      }
    }
    svg.image({left, y}, {left + across, y + down}, image_of(values, rows, spectrogram.frames, low, high));
    svg.text({left, y - 11}, "start", sounds[n].title);
    Axis const up{0, sample_rate / 2000.0, y + down, y};
    for (double const tick : {0.0, 6.0, 12.0, 18.0, 24.0}) {
      svg.line({left - 4, up(tick)}, {left, up(tick)}, "axis");
      svg.text({left - 8, up(tick)}, "end", fixed(tick, 0), "tick");
    }
    double const seconds = static_cast<double>(samples.size()) / sample_rate;
    Axis const time{0, seconds, left, left + across};
    for (double tick = 0; tick <= seconds; tick += tick_step(seconds, 8)) {
      svg.line({time(tick), y + down}, {time(tick), y + down + 4}, "axis");
      if (n + 1 == sounds.size()) {
        svg.text({time(tick), y + down + 14}, "middle", fixed(tick, seconds < 3 ? 1 : 0), "tick");
      }
    }
  }
  svg.text({16, top - 11}, "start", "kHz");
  svg.text({left + across, height - 12}, "end", "seconds");
  draw_scale(svg, {all - 70, top}, number * (down + gap) - gap, low, high, 20,
             [](double tick) { return fixed(tick, 0); });
  return svg.file(style);
}

}  // namespace demo
