#include "timing.hpp"

#include <algorithm>
#include <chrono>

namespace comparison {
namespace {

constexpr double burst_seconds = 0.01;
constexpr int least_rounds = 5;

double seconds_of(Case const& c, std::size_t calls) {
  auto const start = std::chrono::steady_clock::now();
  c.run(calls);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Returns a number of calls that fills a burst; the search warms up. Takes the fastest of three, as one may be
/// interrupted.
std::size_t calls_of_a_burst(Case const& c) {
  for (std::size_t calls = 1;; calls *= 2) {
    double const seconds = std::min({seconds_of(c, calls), seconds_of(c, calls), seconds_of(c, calls)});
    if (seconds >= burst_seconds / 2) {
      auto const wanted = static_cast<std::size_t>(burst_seconds / seconds * static_cast<double>(calls) + 0.5);
      return std::max<std::size_t>(wanted, 1);
    }
  }
}

}  // namespace

std::vector<std::vector<double>> time_in_turns(Heat const& heat, double seconds,
                                               std::function<void(double)> const& done) {
  auto const start = std::chrono::steady_clock::now();
  double told = 0;
  auto const gone = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  std::vector<std::size_t> calls;
  for (Case const& c : heat) {
    calls.push_back(calls_of_a_burst(c));
  }
  std::vector<std::vector<double>> times(heat.size());
  for (int round = 0; round < least_rounds || gone() < seconds; ++round) {
    for (std::size_t i = 0; i < heat.size(); ++i) {
      if (calls[i] > 1) {
        heat[i].run(1);  // brings the case's data back into the caches
      }
      times[i].push_back(seconds_of(heat[i], calls[i]) / static_cast<double>(calls[i]));
    }
    done(gone() - told);
    told = gone();
  }
  return times;
}

double median(std::vector<double> values) {
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) {
    return *middle;
  }
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace comparison
