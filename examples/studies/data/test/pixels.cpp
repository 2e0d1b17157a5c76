#include "averaging.hpp"
#include "noise.hpp"
#include "relief.hpp"
#include "shift.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

namespace {

using namespace demo;
namespace wm = wmanifold;
using std::numbers::pi;

using Lamp = std::array<double, 3>;

std::vector<float> random_image(std::size_t size, std::uint64_t seed) {
  wm::Random random(wm::Seed{seed});
  std::vector<float> image(size);
  for (float& p : image) {
    p = static_cast<float>(random.uniform());
  }
  return image;
}

/// Returns a soft blob off the middle, as bytes.
std::vector<std::uint8_t> blob(int side) {
  std::vector<std::uint8_t> image;
  for (int r = 0; r < side; ++r) {
    for (int c = 0; c < side; ++c) {
      image.push_back(static_cast<std::uint8_t>(255 * std::exp(-0.02 * (std::pow(r - 12, 2) + std::pow(c - 15, 2)))));
    }
  }
  return image;
}

std::vector<float> moved(std::vector<float> const& image, int rows, double angle) {
  std::vector<float> out(image.size());
  shift_circularly(image, rows, static_cast<int>(image.size()) / rows, angle, out);
  return out;
}

double largest_difference(std::vector<float> const& a, std::vector<float> const& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::abs(double{a[i]} - double{b[i]}));
  }
  return most;
}

Lamp random_lamp(wm::Random& random) {
  double const x = random.normal();
  double const y = random.normal();
  double const z = random.normal();
  double const length = std::hypot(x, y, z);
  return {x / length, y / length, z / length};
}

std::vector<float> lit(Relief const& relief, Lamp const& lamp) {
  std::vector<float> out(relief.size());
  relief.show(lamp, out);
  return out;
}

/// Returns brightness on the scale of the networks.
double seen(double brightness) { return (brightness - relief_mean) / relief_deviation; }

TEST_CASE("images are averaged over squares") {
  std::vector<std::uint8_t> const image{0, 255, 10, 20, 255, 0, 30, 40};
  std::vector<float> out(2);
  average(image, 2, 4, 2, out);
  CHECK(out[0] == doctest::Approx(0.5));
  CHECK(out[1] == doctest::Approx(25.0 / 255));
  CHECK_THROWS_WITH_AS(average(image, 2, 4, 3, out),
                       "wmanifold: average: expected a factor that divides 2 rows and 4 columns, got 3",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(average(image, 2, 4, 1, out), "wmanifold: average: out: expected 8 pixels, got 2",
                       wm::ArgumentError);
}

TEST_CASE("noise has the mean, the deviation and the tails that were asked for, and no correlation") {
  for (std::size_t const size : {std::size_t{196}, std::size_t{195}}) {
    auto const image = random_image(size, 1);
    std::vector<float> out(size);
    wm::Random random(wm::Seed{2});
    constexpr double sigma = 1.5;
    constexpr int samples = 5000;
    double sum = 0;
    double squares = 0;
    double cubes = 0;
    double fourths = 0;
    double neighbours = 0;
    double last = 0;
    int beyond = 0;
    for (int n = 0; n < samples; ++n) {
      add_noise(image, sigma, random, out);
      for (std::size_t i = 0; i < size; ++i) {
        double const z = (double{out[i]} - double{image[i]}) / sigma;
        sum += z;
        squares += z * z;
        cubes += z * z * z;
        fourths += z * z * z * z;
        neighbours += z * last;
        beyond += std::abs(z) > 3 ? 1 : 0;
        last = z;
      }
    }
    double const count = samples * static_cast<double>(size);
    double const error = 4 / std::sqrt(count);  // four deviations of a mean of unit variance
    CHECK(std::abs(sum / count) < error);
    CHECK(std::abs(squares / count - 1) < error * std::sqrt(2));
    CHECK(std::abs(cubes / count) < error * std::sqrt(15));
    CHECK(std::abs(fourths / count - 3) < error * std::sqrt(96));
    CHECK(std::abs(neighbours / count) < error);
    CHECK(std::abs(beyond / count - 0.0026998) < error * std::sqrt(0.0027));
  }
}

TEST_CASE("noise comes from its generator alone, and is absent at 0") {
  auto const image = random_image(196, 1);
  std::vector<float> out(196);
  std::vector<float> again = image;
  wm::Random random(wm::Seed{3});
  wm::Random twin(wm::Seed{3});
  add_noise(image, 0.7, random, out);
  add_noise(again, 0.7, twin, again);  // in place
  CHECK(out == again);
  CHECK(random == twin);
  add_noise(image, 0, random, out);
  CHECK(out == image);
  CHECK_THROWS_WITH_AS(add_noise(image, -1, random, out), "wmanifold: noise: expected a finite sigma >= 0, got -1",
                       wm::ArgumentError);
  out.pop_back();
  CHECK_THROWS_WITH_AS(add_noise(image, 1, random, out), "wmanifold: noise: out: expected 196 pixels, got 195",
                       wm::ArgumentError);
}

TEST_CASE("a circular shift is exact at whole columns") {
  constexpr int rows = 5;
  for (int const columns : {1, 2, 14, 28, 30}) {
    auto const image = random_image(static_cast<std::size_t>(rows * columns), 4);
    for (int k = -2 * columns; k <= 2 * columns; ++k) {
      auto const out = moved(image, rows, 2 * pi * k / columns);
      for (int r = 0; r < rows; ++r) {
        for (int c = 0; c < columns; ++c) {
          int const from = ((c - k) % columns + columns) % columns;
          REQUIRE(out[static_cast<std::size_t>(r * columns + c)] ==
                  image[static_cast<std::size_t>(r * columns + from)]);
        }
      }
    }
  }
}

TEST_CASE("a circular shift between columns is linear, keeps the sums of rows, and is continuous over the whole turn") {
  auto const image = random_image(14 * 14, 5);
  double const column = 2 * pi / 14;
  auto const out = moved(image, 14, 2.25 * column);
  CHECK(out[14 + 5] == doctest::Approx(0.75 * double{image[14 + 3]} + 0.25 * double{image[14 + 2]}));
  CHECK(out[14 + 2] == doctest::Approx(0.75 * double{image[14]} + 0.25 * double{image[14 + 13]}));
  CHECK(out[14 + 0] == doctest::Approx(0.75 * double{image[14 + 12]} + 0.25 * double{image[14 + 11]}));
  for (auto row = image.begin(), to = out.begin(); row != image.end(); row += 14, to += 14) {
    CHECK(std::accumulate(row, row + 14, 0.0) == doctest::Approx(std::accumulate(to, to + 14, 0.0)));
  }
  CHECK(moved(image, 14, 2 * pi) == image);
  CHECK(moved(image, 14, 1 + 6 * pi) == moved(image, 14, 1));
  CHECK(moved(image, 14, -1) == moved(image, 14, 2 * pi - 1));
  for (double const angle : {-1e-4, 0.0, 2.0, 2 * pi, 3 * column}) {
    CHECK(largest_difference(moved(image, 14, angle - 1e-4), moved(image, 14, angle + 1e-4)) < 1e-3);
  }
  std::vector<float> small(3);
  CHECK_THROWS_WITH_AS(shift_circularly(image, 14, 14, 1, small), "wmanifold: shift: out: expected 196 pixels, got 3",
                       wm::ArgumentError);
  CHECK_THROWS_AS(shift_circularly(image, 14, 14, std::nan(""), small), wm::ArgumentError);
}

TEST_CASE("turned and shifted: each alone, both periodic, both undone") {
  constexpr int side = 28;
  auto const image = blob(side);
  TurnAndShift both(side, side);
  Turner turner(side, side);
  std::vector<float> out(both.halved_size());
  std::vector<float> expected(both.halved_size());
  auto const shown = [&](double turn, double shift) {
    both.show(image, turn, shift, out);
    return out;
  };

  turner.turn(image, 37);
  turner.halve(expected);
  CHECK(largest_difference(shown(37 * pi / 180, 0), expected) < 1e-5);

  turner.turn(image, 0);
  turner.halve(expected);  // two columns at full size are one at half size
  CHECK(largest_difference(shown(0, 2 * pi / 14), moved(expected, 14, 2 * pi / 14)) < 1e-5);

  CHECK(largest_difference(shown(1, 2), shown(1 + 2 * pi, 2 - 2 * pi)) < 1e-4);
  CHECK(largest_difference(shown(1, 2), shown(1, 2.4)) > 0.2);
  CHECK(largest_difference(shown(1, 2), shown(1.4, 2)) > 0.2);

  for (double const angle : {0.0, 1.0, 3.0, 5.5}) {
    both.show_undone(image, angle, 2 * angle, out);
    CHECK(largest_difference(out, expected) < 0.15);  // blur remains
  }
  CHECK_THROWS_AS(both.show(std::span(image).subspan(1), 0, 0, out), wm::ArgumentError);
}

TEST_CASE("a flat relief is as bright as the lamp is high, and through the sheet by its thickness") {
  ReliefOptions const options{2, 1.5, 0.1};
  Relief const relief(std::vector<float>(9 * 9, 1), 9, 9, options);
  wm::Random random(wm::Seed{6});
  for (int n = 0; n < 20; ++n) {
    auto const lamp = random_lamp(random);
    double const brightness = 0.1 + (lamp[2] > 0 ? lamp[2] : -lamp[2] * std::exp(-1.5));
    CHECK(lit(relief, lamp)[4 * 9 + 4] == doctest::Approx(seen(brightness)).epsilon(1e-5));
  }
}

TEST_CASE("a ramp is lit by Lambert's law") {
  constexpr int side = 9;
  std::vector<float> image;
  for (int r = 0; r < side; ++r) {
    for (int c = 0; c < side; ++c) {
      image.push_back(static_cast<float>(c - 2 * r + 16) / 24);  // rises to the right and, twice as much, upwards
    }
  }
  Relief const relief(image, side, side, {24, 0, 0});
  std::size_t const middle = 4 * side + 4;
  double const length = std::sqrt(6);  // of (-1, -2, 1)
  CHECK(lit(relief, {-1 / length, -2 / length, 1 / length})[middle] == doctest::Approx(seen(1)));
  CHECK(lit(relief, {-1, 0, 0})[middle] == doctest::Approx(seen(1 / length)));
  CHECK(lit(relief, {0, -1, 0})[middle] == doctest::Approx(seen(2 / length)));
  CHECK(lit(relief, {0, 0, 1})[middle] == doctest::Approx(seen(1 / length)));
}

TEST_CASE("a relief is mirrored and turned with its lamp") {
  constexpr int side = 14;
  auto const image = random_image(side * side, 7);
  auto const at = [](int r, int c) { return static_cast<std::size_t>(r * side + c); };
  std::vector<float> mirrored(image.size());
  std::vector<float> turned(image.size());
  for (int r = 0; r < side; ++r) {
    for (int c = 0; c < side; ++c) {
      mirrored[at(r, side - 1 - c)] = image[at(r, c)];
      turned[at(side - 1 - c, r)] = image[at(r, c)];  // counter-clockwise by a quarter
    }
  }
  Relief const relief(image, side, side);
  Relief const mirror(mirrored, side, side);
  Relief const quarter(turned, side, side);
  wm::Random random(wm::Seed{8});
  for (int n = 0; n < 10; ++n) {
    auto const [x, y, z] = random_lamp(random);
    auto const shown = lit(relief, {x, y, z});
    auto const in_mirror = lit(mirror, {-x, y, z});
    auto const by_quarter = lit(quarter, {-y, x, z});
    for (int r = 0; r < side; ++r) {
      for (int c = 0; c < side; ++c) {
        REQUIRE(in_mirror[at(r, side - 1 - c)] == doctest::Approx(double{shown[at(r, c)]}).epsilon(1e-4));
        REQUIRE(by_quarter[at(side - 1 - c, r)] == doctest::Approx(double{shown[at(r, c)]}).epsilon(1e-4));
      }
    }
  }
}

TEST_CASE("a relief changes with every move of its lamp, by no more than the move") {
  auto const image = random_image(14 * 14, 9);
  Relief const relief(image, 14, 14);
  wm::Random random(wm::Seed{10});
  for (int n = 0; n < 200; ++n) {
    auto const from = random_lamp(random);
    auto const aside = random_lamp(random);
    Lamp to{};
    double length = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      to[i] = from[i] + 0.01 * aside[i];
      length += to[i] * to[i];
    }
    double way = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      to[i] /= std::sqrt(length);
      way += std::pow(to[i] - from[i], 2);
    }
    double const change = largest_difference(lit(relief, from), lit(relief, to)) * relief_deviation;
    CHECK(change <= std::sqrt(way) + 1e-6);
    CHECK(change >= 0.02 * std::sqrt(way));
  }
}

TEST_CASE("without absorption both sides look alike, with it they do not") {
  auto const image = random_image(14 * 14, 11);
  Relief const clear(image, 14, 14, {2, 0, 0.1});
  Relief const sheet(image, 14, 14);
  wm::Random random(wm::Seed{12});
  for (int n = 0; n < 10; ++n) {
    auto const [x, y, z] = random_lamp(random);
    CHECK(lit(clear, {x, y, z}) == lit(clear, {-x, -y, -z}));
    CHECK(largest_difference(lit(sheet, {x, y, z}), lit(sheet, {-x, -y, -z})) > 0.2);
  }
}

TEST_CASE("a relief refuses sizes, pixels and lamps that do not fit") {
  std::vector<float> image(16);
  CHECK_THROWS_WITH_AS(Relief(image, 4, 5), "wmanifold: relief: image: expected 20 pixels, got 16", wm::ArgumentError);
  CHECK_THROWS_AS(Relief(image, 4, 4, {-1, 0, 0}), wm::ArgumentError);
  Relief const relief(image, 4, 4);
  CHECK_THROWS_WITH_AS(relief.show({0, 0, 2}, image),
                       "wmanifold: relief: expected a lamp in the direction of a vector of length 1, got length 2",
                       wm::ArgumentError);
  image.pop_back();
  CHECK_THROWS_WITH_AS(relief.show({0, 0, 1}, image), "wmanifold: relief: out: expected 16 pixels, got 15",
                       wm::ArgumentError);
}

}  // namespace
