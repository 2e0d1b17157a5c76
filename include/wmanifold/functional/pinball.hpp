#pragma once

#include <wmanifold/functional/loss.hpp>
#include <wmanifold/topology/interval.hpp>

namespace wmanifold {

/// The pinball loss, whose minimiser is a quantile. The context s in [0, 1] is the quantile's level, and loss = max(s
/// e, (s - 1) e) for e = target - prediction, the mean over outputs. Targets: samples x outputs.
struct Pinball {
  /// Targets of a batch, samples x outputs.
  template <Real R>
  using Targets = ConstMatrixRef<R>;

  /// Throws ArgumentError unless the targets are samples x outputs finite numbers.
  template <Real R>
  void check(ConstMatrixRef<R> const& targets, Index samples, Index outputs) const {
    MeanSquaredError{}.check(targets, samples, outputs);
  }

  /// The loss of sample b at level s. Writes its derivative unless `gradient` is empty.
  template <Real R>
  R operator()(Point<Interval> const& s, std::span<R const> prediction, ConstMatrixRef<R> const& targets, Index b,
               std::span<R> gradient) const noexcept {
    R const* const target = targets.row(b).data();
    auto const level = static_cast<R>(s[0]);
    R const scale = R{1} / static_cast<R>(prediction.size());
    R sum = 0;
    for (std::size_t o = 0; o < prediction.size(); ++o) {
      R const error = target[o] - prediction[o];
      R const slope = error >= 0 ? level : level - 1;
      sum += slope * error;
      if (!gradient.empty()) {
        gradient[o] = -scale * slope;
      }
    }
    return scale * sum;
  }
};

}  // namespace wmanifold
