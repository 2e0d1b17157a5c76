#pragma once

#include <wmanifold/core/random.hpp>
#include <wmanifold/topology/topology.hpp>

#include <optional>

namespace wmanifold {

/// How a context is looked for: everywhere, then downhill from the best places.
struct InferenceOptions {
  Index points = 64;        ///< of low discrepancy, at which every sample is seen
  Index descents = 4;       ///< from the best of them, by a neighbourhood each; a runner-up needs two at least
  Index most_steps = 30;    ///< evaluations of a descent
  double tolerance = 1e-4;  ///< a descent ends where it would move by less, in the topology's unit of distance
  /// How far the runner-up is from the point at least; none: a quarter of the root mean square distance between points
  /// of the space (S1: 0.45 radians, the interval: 0.1).
  std::optional<double> apart = std::nullopt;
  /// What a unit of a sample's loss is worth as log-likelihood, for the uncertainty: 1 for cross-entropy. For a squared
  /// error, the mean over outputs under noise of deviation d: outputs / (2 d^2).
  double evidence = 1;
  Seed seed = {};  ///< of the points' shift
};

/// A local minimum of the objective: the mean loss of the samples that share a context.
template <Topology T>
struct ContextMinimum {
  Point<T> point;
  double objective = 0;
};

/// A context from data.
template <Topology T>
struct ContextEstimate {
  Point<T> point;
  double objective = 0;  ///< mean loss there
  /// Root mean square distance of the context from `point` under the posterior exp(-evidence sum of losses) mu(ds), in
  /// the topology's unit: radians on circles. What it says is as good as the likelihood: sound for the labels' cross-
  /// entropy of a calibrated model and independent samples, a heuristic for the entropy of predictions.
  double uncertainty = 0;
  std::optional<ContextMinimum<T>> runner_up;  ///< the best other minimum, where one was found
};

/// Throws ArgumentError, which says what is wrong with the options.
inline void check(InferenceOptions const& options) {
  if (options.points < 1 || options.descents < 1 || options.most_steps < 1) [[unlikely]] {
    fail("inference: expected at least one point, one descent and one step, got ", options.points, ", ",
         options.descents, " and ", options.most_steps);
  }
  if (!(is_finite(options.tolerance) && options.tolerance > 0 && is_finite(options.evidence) &&
        options.evidence > 0)) [[unlikely]] {
    fail("inference: expected a positive tolerance and evidence, got ", options.tolerance, " and ", options.evidence);
  }
  if (options.apart && (is_nan(*options.apart) || !(*options.apart > 0))) [[unlikely]] {
    fail("inference: expected a positive least distance of the runner-up, got ", *options.apart);
  }
}

}  // namespace wmanifold
