#pragma once

#include <wmanifold/core/random.hpp>
#include <wmanifold/topology/topology.hpp>

#include <optional>

namespace wmanifold {

/// How a context is looked for: everywhere, then downhill from the best places.
struct InferenceOptions {
  /// Of low discrepancy, at which every sample is seen. None: 64 for each dimension of what is searched.
  std::optional<Index> points = std::nullopt;
  /// From the best of them, a neighbourhood each; a runner-up needs two at least. None: four for each dimension of what
  /// is searched.
  std::optional<Index> descents = std::nullopt;
  Index most_steps = 30;    ///< evaluations of a descent
  double tolerance = 1e-4;  ///< a descent ends where it would move by less, in the topology's unit of distance
  /// How far the runner-up is from the point at least, of those in the same discrete state; none: a quarter of the root
  /// mean square distance between points of what is searched (S1: 0.45 radians, the interval: 0.1).
  std::optional<double> apart = std::nullopt;
  /// Of MeanSquaredError: the standard deviation of the targets' noise, for the uncertainty, in the targets' unit. It
  /// is taken to be normal, independent and the same in every sample and output. None: estimated for each group from
  /// what is left over at its best context, sum of squares / (samples outputs - dimension), and the uncertainty is
  /// widened by what so few numbers leave open (Student's distribution); a group that has no more numbers than its
  /// context has dimensions cannot tell, and is refused. What the model itself is wrong by counts as noise then.
  std::optional<double> noise = std::nullopt;
  /// What a unit of a sample's loss is worth as log-likelihood, for the uncertainty. None: outputs / (2 noise^2) for
  /// MeanSquaredError, 1 for all other losses, as is right for cross-entropy; a squared error that you write needs it.
  std::optional<double> evidence = std::nullopt;
  Seed seed = {};  ///< of the points' shift
};

/// A local minimum of the objective: the mean loss of the samples that share a context.
template <Topology T>
struct ContextMinimum {
  Point<T> point;
  double objective = 0;
};

/// The best context of one state of the discrete factors.
template <Topology T>
struct StateEstimate {
  Point<T> point;
  double objective = 0;    ///< mean loss there; infinite where no loss in this state is finite
  double uncertainty = 0;  ///< as ContextEstimate's, within this state
  /// Of the state under the posterior exp(-evidence sum of losses) mu(ds), 1 over all states.
  double probability = 0;
};

/// A context from data.
template <Topology T>
struct ContextEstimate {
  Point<T> point;        ///< where the objective is least, in the best state
  double objective = 0;  ///< mean loss there
  /// Root mean square distance of the context from `point` under the posterior exp(-evidence sum of losses) mu(ds), in
  /// the topology's unit: radians on circles; of what is searched, in the discrete state of `point`, and 0 where all is
  /// discrete. What it says is as good as the likelihood: sound for the labels' cross-entropy of a calibrated model and
  /// for squared errors under normal noise, of independent samples, a heuristic for the entropy of predictions.
  double uncertainty = 0;
  std::optional<ContextMinimum<T>> runner_up;  ///< the best other minimum, in any state, where one was found
  std::optional<double> noise;                 ///< of MeanSquaredError without `evidence`: as given, or estimated
  /// Where some factors are discrete: of each combination of their states, the last factor fastest (of Finite<n> alone,
  /// state i in place i); else empty.
  std::vector<StateEstimate<T>> states;
};

/// Throws ArgumentError, which says what is wrong with the options.
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
    fail("inference: expected either a noise or an evidence, which follow from each other, got both");
  }
  if (options.apart && (is_nan(*options.apart) || !(*options.apart > 0))) [[unlikely]] {
    fail("inference: expected a positive least distance of the runner-up, got ", *options.apart);
  }
}

}  // namespace wmanifold
