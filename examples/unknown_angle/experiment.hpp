#pragma once

#include "idx.hpp"
#include "svg.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace demo {

/// Settings shared by all runs.
struct Settings {
  std::size_t epochs = 20;
  std::size_t training_images = 20'000;
  std::size_t test_images = 10'000;
  std::size_t most_groups = 5'000;
  std::size_t batch = 32;
  std::size_t width = 128;
  int order = 1;              ///< of the Fourier basis: 1 an ellipse of weights, or 2
  double rate = 0.01;         ///< of the first step; the last is 0
  double plain_rate = 0.025;  ///< of the network without a context
  double momentum = 0.9;
  long points = 64;  ///< of the global search
};

/// The criterion for finding an angle.
enum class Criterion { entropy, softened, energy, labels };
inline constexpr std::array<std::string_view, 4> criterion_names{"entropy", "softened", "energy", "labels"};

/// Angles of groups of images that share one, found by a criterion, and their accuracy. Shares in %.
struct Finding {
  Criterion by{};
  std::size_t images = 0;       ///< from which an angle was found
  double found = 0;             ///< accuracy at the angle found; for labels, on other images of that angle
  double weighed = 0;           ///< of predictions averaged over all angles by exp(-sum of losses)
  double known = 0;             ///< at the true angle
  double plain = 0;             ///< of the network without a context
  double error = 0;             ///< median, in degrees
  double within_one = 0;        ///< errors of at most one uncertainty
  double within_two = 0;        ///< of at most two
  double rank_correlation = 0;  ///< of uncertainty and error (Spearman)
  double missed = 0;            ///< angles found that are more than 30 degrees off
  double second = 0;            ///< share of the missed whose runner-up is not missed
};

/// A group's objective around the circle.
struct Look {
  std::size_t images = 0;
  double truth = 0;  ///< degrees, as all angles here
  std::vector<Place> objective;
  Place point;
  std::optional<Place> runner_up;
};

struct Outcome {
  std::vector<Finding> findings;
  std::vector<Look> looks;       ///< by softened predictions
  double seconds_of_search = 0;  ///< for all searches
};

/// Trains both networks and finds angles. Calls `tick` with the share of the work done since the last call.
[[nodiscard]] Outcome carry_out(std::uint64_t seed, DataSet const& data, Settings const& settings,
                                std::function<void(double)> const& tick);

}  // namespace demo
