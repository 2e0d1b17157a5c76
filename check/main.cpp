// wmanifold-check: says whether the library computes what it should on this machine, with these compiler flags. It
// needs Eigen, xsimd and the standard library:
//
//   c++ -std=c++20 -O3 -march=native -fopenmp -I PREFIX/include PREFIX/share/wmanifold/check/main.cpp -o
//   wmanifold-check

#include <wmanifold/version.hpp>

#include <exception>
#include <string_view>

#include "golden.hpp"
#include "kernels.hpp"
#include "machine.hpp"
#include "real_time.hpp"
#include "report.hpp"

namespace {

namespace wm = wmanifold;

constexpr char help[] =
    R"(usage: wmanifold-check [--help]
  Checks the library on this machine, as this program was compiled, and prints a page for a bug report:
  machine and build, reference values, kernels of each SIMD level beside plain loops, functions for real time
  under traps for allocations and locks, and training on one thread and on several.
  Ends with 0 if everything holds, with 1 if a check fails.
)";

#ifdef _OPENMP

/// Returns the parameters after a few steps on so many threads. The layers are large enough to be shared out.
std::vector<float> trained(int threads) {
  int const before = omp_get_max_threads();
  omp_set_num_threads(threads);
  wm::Manifold<wm::Fourier<wm::S1, 2>, wm::Dense<>, wm::Gelu, wm::Dense<>> model(wm::he_normal.spread(1), wm::Seed{1},
                                                                                 {}, {64, 192}, {}, {192, 64});
  wm::Random random(wm::Seed{2});
  wm::Matrix<float> x(96, 64);
  std::vector<wm::Point<wm::S1>> points;
  for (wm::Index b = 0; b < x.rows(); ++b) {
    points.push_back(wm::S1::radians(random.uniform(0, 6)));
    for (wm::Index i = 0; i < x.cols(); ++i) {
      x(b, i) = static_cast<float>(random.normal());
    }
  }
  wm::GradientFlow flow{model, wm::MeanSquaredError{}, {.rate = 0.05, .momentum = 0.9}};
  for (int step = 0; step < 2; ++step) {
    flow.step(x, points, x);
  }
  omp_set_num_threads(before);
  auto const numbers = model.parameters().numbers();
  return {numbers.begin(), numbers.end()};
}

void check_threads(check::Report& report) {
  int const all = std::max(omp_get_max_threads(), 2);
  report.result(check::text("training on 1 and on %d threads gives the same bits", all), trained(1) == trained(all));
}

#else

void check_threads(check::Report& report) { report.left_out("threads", "OpenMP is off"); }

#endif

/// Prints all sections. Returns the number of failed checks.
int run() {
  check::Report report;
  check::print_machine(report);
  check::check_golden_values(report);
  check::check_kernels(report);
  check::check_real_time(report);
  report.section("Threads and denormals");
  check_threads(report);
  check::check_denormals<wm::FlushDenormals>(report);
  return report.failed();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    bool const asks = std::string_view(argv[1]) == "--help";
    if (asks && argc == 2) {
      std::fputs(help, stdout);
      return 0;
    }
    std::fprintf(stderr, "wmanifold-check: expected no argument or --help, got '%s'\n", argv[asks ? 2 : 1]);
    return 2;
  }
  std::printf("wmanifold-check\n");
  int failed = 0;
#ifdef __cpp_exceptions
  try {
    failed = run();
  } catch (std::exception const& e) {
    std::printf("\n  FAIL: an unexpected error ended the checks: %s\n", e.what());
    failed = 1;
  }
#else
  failed = run();
#endif
  if (failed > 0) {
    std::printf("\nwmanifold-check: %d checks failed\n", failed);
    return 1;
  }
  std::printf("\nwmanifold-check: everything holds\n");
  return 0;
}
