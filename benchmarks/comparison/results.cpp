#include "results.hpp"

#include "timing.hpp"

#include <algorithm>
#include <iterator>

namespace comparison {

Results carry_out(Contest const& contest, double seconds, std::function<void(double)> const& done) {
  Results results;
  std::vector<double> peaks;  // GFLOP/s of the FMA loop on one thread, in every round of every heat
  for (Heat const& heat : contest.heats) {
    auto const times = time_in_turns(heat, seconds / static_cast<double>(contest.heats.size()), done);
    for (std::size_t i = 0; i < heat.size(); ++i) {
      Case const& c = heat[i];
      if (c.name == heat.front().name) {
        std::transform(times[i].begin(), times[i].end(), std::back_inserter(peaks),
                       [&](double s) { return c.flops / s * 1e-9; });
      } else {
        double const s = median(times[i]);
        results.cases.push_back({c.name, c.contender, c.threads, s, c.flops / s * 1e-9, c.bytes / s});
      }
    }
  }
  if (!peaks.empty()) {
    Case const& loop = contest.heats.front().front();
    double const peak = median(peaks);
    results.fma_peak_gflops = peak;
    results.cases.push_back({loop.name, loop.contender, 1, loop.flops / peak * 1e-9, peak});
  }
  for (Result& result : results.cases) {
    result.share_of_peak = result.gflops / (result.threads * results.fma_peak_gflops);
  }
  return results;
}

}  // namespace comparison
