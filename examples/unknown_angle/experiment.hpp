#pragma once

#include "idx.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace demo {

/// What is the same in all runs.
struct Settings {
  std::size_t epochs = 20;
  std::size_t training_images = 20'000;
  std::size_t test_images = 10'000;
  std::size_t batch = 64;
  std::size_t width = 128;
  int order = 1;  ///< of the Fourier basis: 1 an ellipse of weights, or 2
  double rate = 0.03;
  double plain_rate = 0.1;  ///< of the network without a context
  double momentum = 0.9;
  long points = 64;  ///< of the global search
};

/// How an angle was found for groups of images that share one, and what it was worth. Shares in %.
struct Finding {
  std::string by;              ///< entropy, or labels
  std::size_t images = 0;      ///< that the angle was found from
  double accuracy = 0;         ///< at the angle found
  double with_truth = 0;       ///< at the true angle, the same images
  double plain = 0;            ///< of the network without a context
  double averaged = 0;         ///< of predictions averaged over angles, by exp(-sum of entropies); entropy only
  double uniform = 0;          ///< likewise, all angles alike
  double median_error = 0;     ///< degrees
  double within_one = 0;       ///< of the truth, by uncertainties
  double within_two = 0;
  double rank_correlation = 0; ///< of uncertainty and error (Spearman)
  double missed = 0;           ///< groups whose angle is more than 10 degrees off
  double second_right = 0;     ///< of those, the runner-up is not
};

/// What a group's objective looks like around the circle.
struct Look {
  std::size_t images = 0;
  double truth = 0;  ///< degrees, as all angles here
  std::vector<double> degrees;
  std::vector<double> objective;
  double point = 0;
  double least = 0;
  std::optional<double> runner_up;
  double second = 0;
};

struct Outcome {
  std::vector<Finding> findings;
  std::vector<Look> looks;
  double seconds_of_search = 0;  ///< all angles found by entropy
};

/// Trains both networks and looks for angles; calls `tick` with the share of the work done since the last call.
[[nodiscard]] Outcome carry_out(std::uint64_t seed, DataSet const& data, Settings const& settings,
                                std::function<void(double)> const& tick);

}  // namespace demo
