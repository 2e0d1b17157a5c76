#include "runner.hpp"

#include "progress.hpp"
#include "side_by_side.hpp"
#include "text.hpp"

#include <algorithm>
#include <numeric>

namespace demo {
namespace {

/// Estimates the duration of a run, in an arbitrary unit.
double cost_of(Run const& run) {
  double const rows = run.contender->weights == Weights::fourier2  ? 5
                      : run.contender->weights == Weights::ellipse ? 3
                                                                   : 1;
  return 4 + rows * static_cast<double>(run.contender->width) / 32 +
         (run.contender->sight == Sight::turned_back ? 3 : 0);
}

/// Orders the longest runs first, so that no thread is left with one at the end.
std::vector<std::size_t> by_cost(std::span<Run const> runs) {
  std::vector<std::size_t> order(runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return cost_of(runs[a]) > cost_of(runs[b]); });
  return order;
}

}  // namespace

std::vector<Outcome> carry_out_all(std::span<Run const> runs, DataSet const& data, Settings const& settings,
                                   unsigned threads) {
  std::vector<Outcome> outcomes(runs.size());
  auto const order = by_cost(runs);
  double const total =
      std::accumulate(runs.begin(), runs.end(), 0.0, [](double sum, Run const& run) { return sum + cost_of(run); });
  Progress progress(joined("Training ", runs.size(), " networks"), total);
  side_by_side(order.size(), threads, [&](std::size_t n) {
    Run const& run = runs[order[n]];
    double const epoch = cost_of(run) / static_cast<double>(settings.epochs);
    outcomes[order[n]] = carry_out(run, data, settings, [&] { progress.advance(epoch); });
  });
  return outcomes;
}

}  // namespace demo
