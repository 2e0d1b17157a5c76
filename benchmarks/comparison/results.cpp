#include "results.hpp"

#include "timing.hpp"

#include <map>

namespace comparison {

Results carry_out(Contest const& contest, double seconds, std::function<void(double)> const& done) {
  Results results;
  std::map<int, std::vector<double>> peaks;  // by threads: GFLOP/s of the FMA loop, of every round of every heat
  for (Heat const& heat : contest.heats) {
    auto const times = time_in_turns(heat, seconds / static_cast<double>(contest.heats.size()), done);
    for (std::size_t i = 0; i < heat.size(); ++i) {
      Case const& c = heat[i];
      if (c.contender == name::fma) {
        for (double const s : times[i]) {
          peaks[c.threads].push_back(c.flops / s * 1e-9);
        }
      } else {
        double const s = median(times[i]);
        results.cases.push_back({c.name, c.contender, c.threads, s, c.flops / s * 1e-9, c.bytes / s});
      }
    }
  }
  for (Result& result : results.cases) {
    result.share_of_peak = result.gflops / median(peaks[result.threads]);
  }
  for (auto const& [threads, gflops] : peaks) {
    // The loop stands among the cases too: a call of it is a billion operations.
    double const peak = median(gflops);
    results.cases.push_back(
        {threads == 1 ? "fma-peak" : "fma-peak-2-threads", name::fma, threads, 1 / peak, peak, 0, 1});
  }
  results.fma_peak_gflops = median(peaks[1]);
  return results;
}

}  // namespace comparison
