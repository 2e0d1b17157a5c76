// Draws a contact sheet of the studies' network inputs over their contexts, and measures the cost of a sample. See
// --help.

#include "averaging.hpp"
#include "cifar10.hpp"
#include "files.hpp"
#include "noise.hpp"
#include "png.hpp"
#include "relief.hpp"
#include "robot_arm.hpp"
#include "shift.hpp"
#include "svg.hpp"

#include <wmanifold/core/error.hpp>
#include <wmanifold/topology/s2.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <iostream>
#include <numbers>

namespace {

using namespace demo;
namespace wm = wmanifold;
using std::numbers::pi;

struct Options {
  std::filesystem::path fashion = "/usr/share/datasets/fashion-mnist";
  std::filesystem::path mnist;
  std::filesystem::path cifar;
  std::filesystem::path output = "studies.svg";
  bool measures = false;
};

constexpr std::string_view style =
    "text { font: 12px system-ui, sans-serif; fill: #1c1e21; } .title { font-size: 14px; font-weight: 600; }"
    ".soft { font-size: 11px; fill: #5a6068; } .paper { fill: #fff; }"
    ".lamp-sky { fill: #f1f2f4; stroke: #9aa0a8; stroke-width: 0.8; } .lamp-on { fill: #c4650a; }"
    ".lamp-behind { fill: #fff; stroke: #c4650a; stroke-width: 1.4; }"
    ".frame { fill: none; stroke: #9aa0a8; stroke-width: 0.5; } .cell { fill: #f6f7f8; } .link { stroke: #3c4248; "
    "stroke-width: 3; stroke-linecap: round; fill: none; }"
    ".joint { fill: #fff; stroke: #3c4248; stroke-width: 1.3; } .payload { fill: #b3261e; fill-opacity: 0.75; }"
    ".zero { stroke: #9aa0a8; stroke-width: 0.8; } .shoulder { fill: #1b5fc1; } .elbow { fill: #c4650a; }";

constexpr double cell = 44;
constexpr double step = cell + 4;
constexpr double panel_width = 9 * step;
constexpr double head = 58;  // of a panel: title, text, names of columns

double at(std::size_t column) { return static_cast<double>(column) * step; }

/// One study: rows of cells below a head.
struct Panel {
  std::string title;
  std::string text;
  std::size_t rows = 3;
  std::function<void(Svg&, Place corner)> draw;  ///< draws below the two lines of text
};

using Names = std::vector<std::string>;

std::vector<Place> square(Place corner) {
  return {corner, {corner.x + cell, corner.y}, {corner.x + cell, corner.y + cell}, {corner.x, corner.y + cell}};
}

void draw_names(Svg& svg, Place corner, Names const& names) {
  for (std::size_t c = 0; c < names.size(); ++c) {
    svg.text({corner.x + at(c) + cell / 2, corner.y - 8}, "middle", names[c], "soft");
  }
}

/// Draws a network's input, (p - mean) / deviation, as an image.
void draw_image(Svg& svg, Place corner, std::span<float const> seen, double mean, double deviation) {
  auto const side = static_cast<int>(std::lround(std::sqrt(seen.size())));
  std::vector<std::uint8_t> bytes;
  for (float const p : seen) {
    bytes.push_back(static_cast<std::uint8_t>(std::lround(255 * std::clamp(double{p} * deviation + mean, 0.0, 1.0))));
  }
  svg.image(corner, {corner.x + cell, corner.y + cell}, png_uri(bytes, side, side));
  svg.path(square(corner), true, "frame");
}

/// Returns the first image of a class, as bytes.
std::span<std::uint8_t const> first_of(LabelledImages const& images, int label) {
  auto const found = std::find(images.labels.begin(), images.labels.end(), label);
  if (found == images.labels.end()) {
    wm::fail("pictures: expected an image of class ", label, ", found none");
  }
  return images.image(static_cast<std::size_t>(found - images.labels.begin()));
}

std::vector<float> halved(LabelledImages const& images, int label) {
  std::vector<float> out(static_cast<std::size_t>(images.rows * images.columns / 4));
  average(first_of(images, label), images.rows, images.columns, 2, out);
  return out;
}

constexpr std::array garments{9, 8, 3};  // an ankle boot, a bag, a dress

Panel rotation(LabelledImages const& images, std::array<int, 3> const& labels, std::string const& what) {
  return {"Rotation", what + " turned about their centre: a circle", 3, [&images, labels](Svg& svg, Place corner) {
            Turner turner(images.rows, images.columns);
            std::vector<float> seen(turner.halved_size());
            Names names;
            for (std::size_t c = 0; c < 9; ++c) {
              names.push_back(std::to_string(40 * c) + "\u00B0");
              for (std::size_t r = 0; r < labels.size(); ++r) {
                turner.turn(first_of(images, labels[r]), 40.0 * static_cast<double>(c));
                turner.halve(seen);
                draw_image(svg, {corner.x + at(c), corner.y + at(r)}, seen, pixel_mean, pixel_deviation);
              }
            }
            draw_names(svg, corner, names);
          }};
}

Panel noisy(LabelledImages const& images) {
  return {"Noise level", "Garments in noise of deviation \u03C3 (black: \u22121, white: 2): an interval", 3,
          [&images](Svg& svg, Place corner) {
            wm::Random random(wm::Seed{1});
            Names names;
            for (std::size_t c = 0; c < 9; ++c) {
              double const sigma = largest_noise * static_cast<double>(c) / 8;
              names.push_back((c == 0 ? "\u03C3 = " : "") + fixed(sigma, 2));
              for (std::size_t r = 0; r < garments.size(); ++r) {
                auto seen = halved(images, garments[r]);
                add_noise(seen, sigma, random, seen);
                draw_image(svg, {corner.x + at(c), corner.y + at(r)}, seen, 1.0 / 3, 1.0 / 3);
              }
            }
            draw_names(svg, corner, names);
          }};
}

Panel turned_and_shifted(LabelledImages const& images) {
  return {"Rotation and circular shift", "A digit turned (down) and moved around (across): a torus", 4,
          [&images](Svg& svg, Place corner) {
            TurnAndShift both(images.rows, images.columns);
            std::vector<float> seen(both.halved_size());
            Names names;
            for (std::size_t c = 0; c < 9; ++c) {
              names.push_back(std::to_string(40 * c) + "\u00B0");
              for (std::size_t r = 0; r < 4; ++r) {
                both.show(first_of(images, 4), static_cast<double>(r) * pi / 2, static_cast<double>(c) * 2 * pi / 9,
                          seen);
                draw_image(svg, {corner.x + at(c), corner.y + at(r)}, seen, pixel_mean, pixel_deviation);
              }
            }
            draw_names(svg, corner, names);
          }};
}

/// Draws the sphere of lamps as the eye sees it: a dot in front, a ring behind.
void draw_lamp(Svg& svg, Place centre, wm::Point<wm::S2> const& lamp) {
  constexpr double radius = 9;
  svg.circle(centre, radius, "lamp-sky");
  svg.circle({centre.x + radius * lamp[0], centre.y - radius * lamp[1]}, 3,
             lamp[2] > -1e-9 ? "lamp-on" : "lamp-behind");
}

Panel lit(LabelledImages const& images) {
  return {"Light direction", "Garments as reliefs, the lamp in front (dot) or behind (ring): a sphere", 3,
          [&images](Svg& svg, Place corner) {
            double const half = std::numbers::sqrt2 / 2;
            std::array<std::array<double, 3>, 9> const lamps{{{0, 0, 1},
                                                              {half, 0, half},
                                                              {0, half, half},
                                                              {-half, 0, half},
                                                              {0, -half, half},
                                                              {1, 0, 0},
                                                              {half, 0, -half},
                                                              {-half, 0, -half},
                                                              {0, 0, -1}}};
            for (std::size_t r = 0; r < garments.size(); ++r) {
              Relief const relief(halved(images, garments[r]), images.rows / 2, images.columns / 2);
              std::vector<float> seen(relief.size());
              for (std::size_t c = 0; c < lamps.size(); ++c) {
                relief.show(lamps[c], seen);
                constexpr double brightest = 1.1;
                draw_image(svg, {corner.x + at(c), corner.y + at(r)}, seen, relief_mean / brightest,
                           relief_deviation / brightest);
              }
            }
            for (std::size_t c = 0; c < lamps.size(); ++c) {
              auto const& [x, y, z] = lamps[c];
              draw_lamp(svg, {corner.x + at(c) + cell / 2, corner.y - 13}, wm::S2::direction(x, y, z));
            }
          }};
}

/// Draws a torque as a bar from the middle of a cell.
void draw_bar(Svg& svg, Place middle, double torque, std::string_view kind) {
  constexpr double most = 60;  // N m
  double const end = middle.x + cell / 2 * std::clamp(torque / most, -1.0, 1.0);
  svg.path({{middle.x, middle.y - 1.5}, {end, middle.y - 1.5}, {end, middle.y + 1.5}, {middle.x, middle.y + 1.5}}, true,
           kind);
}

void draw_arm(Svg& svg, Place corner, ArmMotion const& motion, Payload const& payload) {
  constexpr double scale = 29 / 0.8;  // pixels per m
  Arm const arm;
  svg.path(square(corner), true, "cell");
  auto const beyond = [&](Place from, double angle, double length) {
    return Place{from.x + scale * length * std::cos(angle), from.y - scale * length * std::sin(angle)};
  };
  auto const [q1, q2] = motion.angles;
  Place const shoulder{corner.x + 6, corner.y + 21};
  Place const elbow = beyond(shoulder, q1, arm.upper.length);
  svg.path({shoulder, elbow, beyond(elbow, q1 + q2, arm.fore.length)}, false, "link");
  svg.circle(shoulder, 2.2, "joint");
  svg.circle(elbow, 2.2, "joint");
  if (payload.mass > 0) {
    svg.circle(beyond(elbow, q1 + q2, payload.distance), 2.7 * std::sqrt(payload.mass), "payload");
  }
  auto const [first, second] = torques(arm, payload, motion);
  double const middle = corner.x + cell / 2;
  svg.line({middle, corner.y + cell - 9}, {middle, corner.y + cell}, "zero");
  draw_bar(svg, {middle, corner.y + cell - 6.5}, first, "shoulder");
  draw_bar(svg, {middle, corner.y + cell - 2.5}, second, "elbow");
}

Panel arms() {
  return {"Robot arm", "Held, turning, speeding up; both torques, by payload: a square", 3, [](Svg& svg, Place corner) {
            constexpr std::array<ArmMotion, 3> motions{
                {{{0.25, 0.2}, {0, 0}, {0, 0}}, {{-0.5, 1.4}, {3, -6}, {0, 0}}, {{0.9, -1.7}, {0, 0}, {8, -16}}}};
            Names names;
            for (std::size_t c = 0; c < 9; ++c) {
              auto const payload =
                  arm_study::payload_at(static_cast<double>(c / 3) / 2, static_cast<double>(c % 3) / 2);
              if (c % 3 == 0) {
                svg.text({corner.x + at(c + 1) + cell / 2, corner.y - 21}, "middle", fixed(payload.mass, 1) + " kg",
                         "soft");
              }
              names.push_back(fixed(payload.distance, 1) + " m");
              for (std::size_t r = 0; r < motions.size(); ++r) {
                draw_arm(svg, {corner.x + at(c), corner.y + at(r)}, motions[r], payload);
              }
            }
            draw_names(svg, corner, names);
          }};
}

std::string sheet(std::vector<Panel> const& panels) {
  constexpr double margin = 16;
  constexpr double gap = 28;
  double const width = 2 * panel_width + gap + 2 * margin;
  std::vector<double> tops{margin};
  for (std::size_t n = 0; n < panels.size(); n += 2) {
    std::size_t const rows = std::max(panels[n].rows, n + 1 < panels.size() ? panels[n + 1].rows : 0);
    tops.push_back(tops.back() + head + at(rows) + 18);
  }
  double const height = tops.back();
  Svg svg(width, height, "Inputs of the studies' networks, over their contexts");
  svg.path({{0, 0}, {width, 0}, {width, height}, {0, height}}, true, "paper");
  for (std::size_t n = 0; n < panels.size(); ++n) {
    Place const corner{margin + static_cast<double>(n % 2) * (panel_width + gap), tops[n / 2]};
    svg.text({corner.x, corner.y + 2}, "start", panels[n].title, "title");
    svg.text({corner.x, corner.y + 19}, "start", panels[n].text);
    panels[n].draw(svg, {corner.x, corner.y + head});
  }
  return svg.file(style);
}

/// Returns the microseconds of a call, the best of some rounds.
template <class Call>
double cost_of(Call const& call) {
  constexpr int calls = 4000;
  double best = 1e9;
  for (int round = 0; round < 9; ++round) {
    auto const start = std::chrono::steady_clock::now();
    for (int n = 0; n < calls; ++n) {
      call(n);
    }
    best = std::min(best, std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }
  return best / calls;
}

/// Measures the cost of a sample, and the scale of garments under lamps from everywhere.
void measure(LabelledImages const& images) {
  wm::Random random(wm::Seed{1});
  auto const plain = halved(images, garments[0]);
  auto const bytes = first_of(images, garments[0]);
  std::vector<float> out(plain.size());
  int const rows = images.rows;
  int const columns = images.columns;
  auto const say = [](std::string const& what, double cost) { std::cout << what << fixed(cost, 3) << " us\n"; };
  say("noise                  ", cost_of([&](int) { add_noise(plain, 1, random, out); }));
  TurnAndShift both(rows, columns);
  say("turned and shifted     ", cost_of([&](int n) { both.show(bytes, n * 0.01, n * 0.02, out); }));
  say("both undone            ", cost_of([&](int n) { both.show_undone(bytes, n * 0.01, n * 0.02, out); }));
  Relief const relief(plain, rows / 2, columns / 2);
  say("relief under a lamp    ", cost_of([&](int n) { relief.show({std::cos(n), std::sin(n), 0}, out); }));
  say("relief, once an image  ", cost_of([&](int) { Relief(plain, rows / 2, columns / 2).show({0, 0, 1}, out); }));
  std::array<float, 8> sample{};
  say("robot arm, as drawn    ", cost_of([&](int) {
        auto const motion = arm_study::random_motion(random);
        arm_study::write_input(motion, std::span(sample).first(6));
        arm_study::write_target(motion, arm_study::payload_at(random.uniform(), random.uniform()),
                                std::span(sample).last(2));
      }));

  double sum = 0;
  double squares = 0;
  double count = 0;
  for (std::size_t i = 0; i < images.count(); ++i) {
    average(images.image(i), rows, columns, 2, out);
    Relief const other(out, rows / 2, columns / 2);
    for (int n = 0; n < 4; ++n) {
      auto const lamp = wm::S2::from_cube({random.uniform(), random.uniform()});
      other.show({lamp[0], lamp[1], lamp[2]}, out);
      for (float const p : out) {
        double const brightness = double{p} * relief_deviation + relief_mean;
        sum += brightness;
        squares += brightness * brightness;
        count += 1;
      }
    }
  }
  std::cout << "brightness of reliefs: mean " << fixed(sum / count, 3) << ", deviation "
            << fixed(std::sqrt(squares / count - sum * sum / count / count), 3) << '\n';
}

void run(Options const& options) {
  require_writable(options.output);
  DataSet const fashion = read_data_set(options.fashion);
  DataSet const mnist = options.mnist.empty() ? DataSet{} : read_data_set(options.mnist);
  DataSet const cifar = options.cifar.empty() ? DataSet{} : read_cifar10_folder(options.cifar, cifar10_side);
  std::vector<Panel> panels{rotation(fashion.test, garments, "Garments"), noisy(fashion.test)};
  if (mnist.classes > 0) {
    panels.push_back(turned_and_shifted(mnist.test));
  }
  panels.push_back(lit(fashion.test));
  panels.push_back(arms());
  if (cifar.classes > 0) {
    panels.push_back(rotation(cifar.test, {1, 4, 8}, "Photographs"));
  }
  write_text(options.output, sheet(panels));
  std::cout << "pictures " << options.output.string() << '\n';
  if (options.measures) {
    measure(fashion.training);
  }
}

}  // namespace

int main(int count, char** words) try {
  Options options;
  CLI::App app("Draws the inputs of the studies' networks, over their contexts.");
  app.add_option("--fashion", options.fashion, "Folder of Fashion-MNIST's idx files")->capture_default_str();
  app.add_option("--mnist", options.mnist, "Folder of MNIST's idx files; without it there are no digits");
  app.add_option("--cifar", options.cifar, "Folder of CIFAR-10's binary files; without it there are no photographs");
  app.add_option("--output", options.output, "SVG file to write")->capture_default_str();
  app.add_flag("--measure", options.measures, "Print the cost of samples and the scale of reliefs");
  CLI11_PARSE(app, count, words);
  run(options);
  return 0;
} catch (std::exception const& error) {
  std::cerr << "error: " << error.what() << '\n';
  return 1;
}
