#pragma once

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/kernel/seam.hpp>
#include <wmanifold/topology/topology.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace wmanifold {

/// A loss of single samples.
///
/// - `Targets<R>` is the type of a batch's targets. `check(targets, samples, outputs)` throws ArgumentError if they do
/// not
///   fit.
/// - `loss(prediction, targets, b, gradient)` returns the loss of sample b and writes its derivative in the prediction
/// to
///   `gradient`. Both have `outputs` numbers; `gradient` may be empty if it is not needed.
///
/// The loss functional weighs and reduces samples.
template <class L, class R>
concept Loss = requires(L const& loss, std::span<R const> prediction, typename L::template Targets<R> const& targets,
                        Index b, std::span<R> gradient) {
  { loss(prediction, targets, b, gradient) } -> std::same_as<R>;
  loss.check(targets, b, b);
};

/// A loss that takes the context: `loss(s, prediction, targets, b, gradient)`.
template <class L, class R, class Space>
concept ContextLoss = requires(L const& loss, Point<Space> const& s, std::span<R const> prediction,
                               typename L::template Targets<R> const& targets, Index b, std::span<R> gradient) {
  { loss(s, prediction, targets, b, gradient) } -> std::same_as<R>;
  loss.check(targets, b, b);
};

/// A loss of either kind for models of this real type and topology.
template <class L, class Model>
concept LossOn = Loss<L, typename Model::Scalar> || ContextLoss<L, typename Model::Scalar, typename Model::Topology>;

/// The loss of sample b at its context, for losses of both kinds. Losses with a target parameter, such as CrossEntropy,
/// run on T.
template <class T, class L, Real R, class Space>
R loss_at(L const& loss, Point<Space> const& s, std::span<R const> prediction,
          typename L::template Targets<R> const& targets, Index b, std::span<R> gradient) {
  if constexpr (ContextLoss<L, R, Space>) {
    return loss(s, prediction, targets, b, gradient);
  } else if constexpr (requires { loss.template operator()<R, T>(prediction, targets, b, gradient); }) {
    return loss.template operator()<R, T>(prediction, targets, b, gradient);
  } else {
    return loss(prediction, targets, b, gradient);
  }
}

/// The mean over outputs of (prediction - target)^2. Targets: samples x outputs.
struct MeanSquaredError {
  /// Targets of a batch, samples x outputs.
  template <Real R>
  using Targets = ConstMatrixRef<R>;

  /// Throws ArgumentError unless the targets are samples x outputs finite numbers.
  template <Real R>
  void check(ConstMatrixRef<R> const& targets, Index samples, Index outputs) const {
    require_batch<R>("targets", targets, outputs);
    require_count("targets", "rows", samples, Index{targets.rows()});
  }

  /// The loss of sample b. Writes its derivative unless `gradient` is empty.
  template <Real R>
  R operator()(std::span<R const> prediction, ConstMatrixRef<R> const& targets, Index b,
               std::span<R> gradient) const noexcept {
    R const* const target = targets.row(b).data();
    R const scale = R{1} / static_cast<R>(prediction.size());
    R sum = 0;
    for (std::size_t o = 0; o < prediction.size(); ++o) {
      R const error = prediction[o] - target[o];
      sum += error * error;
      if (!gradient.empty()) {
        gradient[o] = 2 * scale * error;
      }
    }
    return scale * sum;
  }
};

/// The cross-entropy of the softmax of logits. Targets: a class in 0, ..., outputs - 1 per sample.
struct CrossEntropy {
  /// Targets of a batch, a class per sample.
  template <Real R>
  using Targets = std::span<int const>;

  /// Throws ArgumentError unless there is a class in 0, ..., outputs - 1 for each sample.
  void check(std::span<int const> labels, Index samples, Index outputs) const {
    require_count("labels", "labels, one per sample", samples, static_cast<Index>(labels.size()));
    for (std::size_t b = 0; b < labels.size(); ++b) {
      if (labels[b] < 0 || labels[b] >= outputs) [[unlikely]] {
        fail("labels: expected a class in [0, ", outputs - 1, "], got ", labels[b], " for sample ", b);
      }
    }
  }

  /// The loss of sample b. Writes its derivative unless `gradient` is empty.
  template <Real R, class T = HostTarget>
  R operator()(std::span<R const> logits, std::span<int const> labels, Index b, std::span<R> gradient) const noexcept {
    return kernel::softmax_cross_entropy<T, R>(static_cast<Index>(logits.size()), logits.data(),
                                               labels[static_cast<std::size_t>(b)], gradient.data());
  }

  /// Returns whether the label's logit is the largest; of equal ones, the first counts.
  template <Real R>
  static bool is_hit(std::span<R const> logits, std::span<int const> labels, Index b) noexcept {
    auto const best = std::max_element(logits.begin(), logits.end()) - logits.begin();
    return best == labels[static_cast<std::size_t>(b)];
  }
};

}  // namespace wmanifold
