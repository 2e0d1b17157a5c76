#include "summary.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace demo {
namespace {

double last_loss(std::span<double const> losses) {
  auto const last = losses.last((losses.size() + 9) / 10);
  return std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(last.size());
}

Summary summary_of(Run const& first, std::span<Outcome const> outcomes) {
  Summary all;
  all.study = first.study;
  all.contender = first.contender;
  all.seeds = outcomes.size();
  all.parameters = outcomes.front().parameters;
  all.multiply_adds = outcomes.front().multiply_adds;
  all.losses.resize(outcomes.front().losses.size());
  double const share = 1 / static_cast<double>(outcomes.size());
  auto const add = [share](double sum, double x) { return sum + share * x; };
  for (Outcome const& one : outcomes) {
    all.accuracies.push_back(one.accuracy);
    all.last_losses.push_back(last_loss(one.losses));
    all.mean += share * one.accuracy;
    all.seconds += share * one.seconds;
    std::transform(all.at_angle.begin(), all.at_angle.end(), one.at_angle.begin(), all.at_angle.begin(), add);
    std::transform(all.losses.begin(), all.losses.end(), one.losses.begin(), all.losses.begin(), add);
  }
  double variance = 0;
  for (Outcome const& one : outcomes) {
    variance += share * (one.accuracy - all.mean) * (one.accuracy - all.mean);
  }
  all.spread = std::sqrt(variance);
  return all;
}

}  // namespace

std::vector<Summary> summarise(std::span<Run const> runs, std::span<Outcome const> outcomes) {
  std::vector<Summary> summaries;
  for (std::size_t begin = 0; begin < runs.size();) {
    std::size_t end = begin;
    while (end < runs.size() && runs[end].study == runs[begin].study && runs[end].contender == runs[begin].contender) {
      ++end;
    }
    summaries.push_back(summary_of(runs[begin], outcomes.subspan(begin, end - begin)));
    begin = end;
  }
  return summaries;
}

std::span<Summary const> of_study(std::span<Summary const> summaries, Study const& study) {
  auto const is_other = [&](Summary const& one) { return one.study != &study; };
  auto const begin = std::find_if_not(summaries.begin(), summaries.end(), is_other);
  return {begin, std::find_if(begin, summaries.end(), is_other)};
}

std::vector<Study const*> studies_of(std::span<Summary const> summaries) {
  std::vector<Study const*> found;
  for (Summary const& one : summaries) {
    if (found.empty() || found.back() != one.study) {
      found.push_back(one.study);
    }
  }
  return found;
}

}  // namespace demo
