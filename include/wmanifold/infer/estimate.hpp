#pragma once

#include <wmanifold/core/random.hpp>
#include <wmanifold/topology/topology.hpp>

#include <optional>

namespace wmanifold {

/// Options of the search for a context: a global search, then descents from the best points.
struct InferenceOptions {
  /// Number of points of low discrepancy at which every sample is evaluated. Unset: 64 per searched dimension.
  std::optional<Index> points = std::nullopt;
  /// Number of descents from the best points, one per neighbourhood; a runner-up needs at least two. Unset: four per
  /// searched dimension.
  std::optional<Index> descents = std::nullopt;
  Index most_steps = 30;    ///< evaluations of a descent
  double tolerance = 1e-4;  ///< a descent ends at steps below this, in the topology's unit of distance
  /// Least distance of the runner-up from the point, within one discrete state. Unset: a quarter of the root mean
  /// square distance between points of the searched space (S1: 0.45 radians, the interval: 0.1).
  std::optional<double> apart = std::nullopt;
  /// Standard deviation of the targets' noise in their unit, for the uncertainty under MeanSquaredError. The noise is
  /// assumed to be normal, independent and equal in every sample and output. Unset: estimated per group from the
  /// residuals at its best context, sum of squares / (samples outputs - dimension); then model errors count as noise.
  /// The uncertainty is widened for the few numbers (Student's distribution). Groups with no more numbers than context
  /// dimensions are refused.
  std::optional<double> noise = std::nullopt;
  /// Log-likelihood of a unit of a sample's loss, for the uncertainty. Unset: outputs / (2 noise^2) for
  /// MeanSquaredError, and 1 for all other losses, which is right for cross-entropy. A squared error that you write
  /// needs it.
  std::optional<double> evidence = std::nullopt;
  Seed seed = {};  ///< of the shift of the points
};

/// A local minimum of the objective: the mean loss of the samples that share a context.
template <Topology T>
struct ContextMinimum {
  Point<T> point;        ///< context
  double objective = 0;  ///< mean loss there
};

/// The best context of one state of the discrete factors.
template <Topology T>
struct StateEstimate {
  Point<T> point;          ///< context
  double objective = 0;    ///< mean loss there; infinite if no loss in this state is finite
  double uncertainty = 0;  ///< as ContextEstimate::uncertainty, within this state
  /// Probability of the state under the posterior exp(-evidence sum of losses) mu(ds); sums to 1 over all states.
  double probability = 0;
};

/// A context inferred from data.
template <Topology T>
struct ContextEstimate {
  Point<T> point;        ///< context of the least objective, in the best state
  double objective = 0;  ///< mean loss there
  /// Root mean square distance of the context from `point` under the posterior exp(-evidence sum of losses) mu(ds). In
  /// the topology's unit (radians on circles), over the searched factors, in the discrete state of `point`; 0 if all
  /// are discrete. It is as reliable as the likelihood: sound for the labels' cross-entropy of a calibrated model, and
  /// for squared errors under normal noise, with independent samples; a heuristic for the entropy of predictions.
  double uncertainty = 0;
  std::optional<ContextMinimum<T>> runner_up;  ///< best other minimum, in any state, if one was found
  std::optional<double> noise;                 ///< of MeanSquaredError without `evidence`: given or estimated
  /// With discrete factors, an estimate per combination of their states, the last factor fastest (for Finite<n> alone,
  /// state i at index i); else empty.
  std::vector<StateEstimate<T>> states;
};

/// Throws ArgumentError for invalid options.
inline void check(InferenceOptions const& options) {
  auto const require_one = [](char const* what, Index count) {
    if (count < 1) [[unlikely]] {
      fail("inference: expected at least one ", what, ", got ", count);
    }
  };
  require_one("point", options.points.value_or(1));
  require_one("descent", options.descents.value_or(1));
  require_one("step", options.most_steps);
  auto const is_positive = [](double x) { return is_finite(x) && x > 0; };
  if (!is_positive(options.tolerance)) [[unlikely]] {
    fail("inference: expected a positive tolerance, got ", options.tolerance);
  }
  if (options.evidence && !is_positive(*options.evidence)) [[unlikely]] {
    fail("inference: expected a positive evidence, got ", *options.evidence);
  }
  if (options.noise && !is_positive(*options.noise)) [[unlikely]] {
    fail("inference: expected a positive noise, got ", *options.noise);
  }
  if (options.noise && options.evidence) [[unlikely]] {
    fail("inference: expected either a noise or an evidence, got both; set one, as it implies the other");
  }
  if (options.apart && (is_nan(*options.apart) || !(*options.apart > 0))) [[unlikely]] {
    fail("inference: expected a positive least distance of the runner-up, got ", *options.apart);
  }
}

}  // namespace wmanifold
