// Loads the model and follows its context in real time: play MODEL.safetensors

#include "model.hpp"

#include <wmanifold/io/model_file.hpp>

#include <cmath>
#include <cstdio>
#include <numbers>

namespace wm = wmanifold;

namespace {

double degrees(wm::Point<wm::S1> const& s) { return s[0] * 180 / std::numbers::pi; }

/// Walks from 0 to 90 degrees while samples are processed. Returns the largest error against an exact turn.
double play(Turning const& model) {
  constexpr std::size_t block = 32;
  // A quarter of a turn in 320 samples at most.
  wm::Walker<Turning> walker(std::make_shared<Turning const>(model), wm::S1::degrees(0),
                             {.speed = std::numbers::pi / 2 / 320, .every = block});
  std::array<float, 2 * block> x{};
  std::array<float, 2 * block> y{};
  for (std::size_t b = 0; b < block; ++b) {
    x[2 * b] = 0.8F;
    x[2 * b + 1] = 0.4F;
  }

  walker.set_target(wm::S1::degrees(90));  // from any one thread, at any time
  wm::FlushDenormals const flush;          // in the thread that processes
  double worst = 0;
  std::puts("block  degrees   output at its end   exact");
  for (int i = 1; i <= 14; ++i) {
    walker.process(x, 2, y);
    double const t = walker.context()[0];
    double const exact_x = std::cos(t) * 0.8 - std::sin(t) * 0.4;
    double const exact_y = std::sin(t) * 0.8 + std::cos(t) * 0.4;
    double const got_x = static_cast<double>(y[2 * block - 2]);
    double const got_y = static_cast<double>(y[2 * block - 1]);
    std::printf("%5d  %7.1f   (%6.3f, %6.3f)    (%6.3f, %6.3f)\n", i, degrees(walker.context()), got_x, got_y, exact_x,
                exact_y);
    worst = std::max(worst, std::hypot(got_x - exact_x, got_y - exact_y));
  }
  return worst;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: play MODEL.safetensors\n", stderr);
    return 2;
  }
  try {
    double const worst = play(wm::load_model<Turning>(arguments[1]));
    std::printf("largest error: %.3f\n", worst);
    return worst < 0.05 ? 0 : 1;
  } catch (std::exception const& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
  }
}
