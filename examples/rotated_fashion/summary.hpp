#pragma once

#include "experiment.hpp"

namespace demo {

/// The results of one contender in one study over all seeds.
struct Summary {
  Study const* study = nullptr;
  Contender const* contender = nullptr;
  std::size_t seeds = 0;
  double mean = 0;     ///< accuracy, %
  double spread = 0;   ///< its standard deviation over the seeds, as of a population
  double seconds = 0;  ///< mean of one run
  wmanifold::Index parameters = 0;
  wmanifold::Index multiply_adds = 0;
  std::array<double, angle_bins> at_angle{};  ///< means
  std::vector<double> losses;                 ///< means
  std::vector<double> accuracies;             ///< of each seed, %
  std::vector<double> last_losses;            ///< of each seed, the mean over the last tenth of the steps
};

/// Returns one summary for each run of consecutive outcomes of the same study and contender.
[[nodiscard]] std::vector<Summary> summarise(std::span<Run const> runs, std::span<Outcome const> outcomes);

/// Returns the summaries of one study, in order.
[[nodiscard]] std::span<Summary const> of_study(std::span<Summary const> summaries, Study const& study);

/// Returns the studies of the summaries, in order.
[[nodiscard]] std::vector<Study const*> studies_of(std::span<Summary const> summaries);

}  // namespace demo
