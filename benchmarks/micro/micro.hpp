#pragma once

#include "common/fma_loop.hpp"
#include "common/threads.hpp"

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/core/random.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Shared by the programs of this folder: names, random data, counters, and the main function.
namespace micro {

namespace wm = wmanifold;

/// Name of a real type in the names of benchmarks.
template <wm::Real R>
inline constexpr char const* name_of_real = std::is_same_v<R, float> ? "float" : "double";

/// Calls body.operator()<R>() for float and for double.
template <class Body>
void for_reals(Body const& body) {
  body.template operator()<float>();
  body.template operator()<double>();
}

/// Calls body.operator()<n>() for each of the numbers.
template <int... numbers, class Body>
void for_numbers(Body const& body) {
  (body.template operator()<numbers>(), ...);
}

/// Returns "room/what/real:float", and "/K:3" where K is given.
template <wm::Real R>
[[nodiscard]] std::string named(std::string const& what, int rows = 0) {
  return what + "/real:" + name_of_real<R> + (rows == 0 ? "" : "/K:" + std::to_string(rows));
}

/// Adds a benchmark. Its time is that of the processor, unless UseRealTime is asked for.
template <class Body>
benchmark::internal::Benchmark* add(std::string const& name, Body const& body) {
  return benchmark::RegisterBenchmark(name.c_str(), body);
}

/// Returns a batch of standard normal numbers.
template <wm::Real R>
[[nodiscard]] wm::Matrix<R> normal_batch(wm::Index rows, wm::Index columns, wm::Random& random) {
  wm::Matrix<R> batch(rows, columns);
  for (wm::Index n = 0; n < batch.size(); ++n) {
    batch.data()[n] = static_cast<R>(random.normal());
  }
  return batch;
}

/// Returns multiply-adds per second of one thread in registers: the best of many short runs, so that neighbours and a
/// low clock count little. Measured once.
template <wm::Real R>
[[nodiscard]] double peak() {
  static double const best = [] {
    using Clock = std::chrono::steady_clock;
    constexpr std::size_t calls = 20;
    double most = 0;
    auto const start = Clock::now();
    do {
      auto const begin = Clock::now();
      bench::FmaLoop<R>::run(1, calls);
      std::chrono::duration<double> const taken = Clock::now() - begin;
      most = std::max(most, calls * bench::FmaLoop<R>::multiply_adds / taken.count());
    } while (Clock::now() - start < std::chrono::milliseconds(100));
    return most;
  }();
  return best;
}

/// The work of an iteration, for the counters.
struct Work {
  double multiply_adds = 0;  ///< by the mathematics; elementary functions count nothing
  double bytes = 0;          ///< least number that it reads and writes
  int threads = 1;           ///< whose peaks `of_peak` adds up
};

/// Sets the counters that the work implies: MACs and of_peak, bytes_per_second.
template <wm::Real R>
void count(benchmark::State& state, Work const& work) {
  constexpr auto rate = benchmark::Counter::kIsIterationInvariantRate;
  if (work.multiply_adds > 0) {
    state.counters["MACs"] = benchmark::Counter(work.multiply_adds, rate);
    state.counters["of_peak"] = benchmark::Counter(work.multiply_adds / (peak<R>() * work.threads), rate);
  }
  if (work.bytes > 0) {
    state.SetBytesProcessed(static_cast<std::int64_t>(work.bytes * static_cast<double>(state.iterations())));
  }
}

/// Runs the benchmarks that were added, on one thread unless a benchmark asks for more. Measures each for 0.1 s, which
/// --benchmark_min_time changes.
inline int run(int argc, char** argv) {
  std::string time = "--benchmark_min_time=0.1";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, time.data());
  int count = argc + 1;
  arguments.push_back(nullptr);
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) {
    return 1;
  }
  bench::use_threads(1);
  benchmark::AddCustomContext("target", wm::HostTarget::SimdArch::name());
  benchmark::AddCustomContext("peak_float_MACs", std::to_string(peak<float>()));
  benchmark::AddCustomContext("peak_double_MACs", std::to_string(peak<double>()));
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace micro
