#pragma once

#include <wmanifold/layer/loss.hpp>

namespace wmanifold {

/// What a loss is held against that needs nothing but predictions.
struct NoTargets {};

/// How undecided a prediction is: the entropy of the softmax of logits, in nats, from 0 to log(outputs). No targets.
struct PredictionEntropy {
  template <Real R>
  using Targets = NoTargets;

  static void check(NoTargets, Index, Index) noexcept {}

  /// With z the logits less the largest, Z = sum e^z and p = e^z / Z: log Z - sum p z, of which both parts are at least
  /// 0, so that nothing cancels; its derivative is -p (z - sum p z).
  template <Real R>
  R operator()(std::span<R const> logits, NoTargets, Index, std::span<R> gradient) const noexcept {
    auto const top = std::max_element(logits.begin(), logits.end());
    R others = 0;    // Z - 1
    R weighted = 0;  // sum e^z z
    for (auto z = logits.begin(); z != logits.end(); ++z) {
      R const e = std::exp(*z - *top);
      others += z == top ? R{0} : e;
      weighted += e > 0 ? e * (*z - *top) : R{0};  // not 0 times an infinite difference
    }
    R const sum = 1 + others;
    R const mean = weighted / sum;
    for (std::size_t o = 0; o < gradient.size(); ++o) {
      R const p = std::exp(logits[o] - *top) / sum;
      gradient[o] = p > 0 ? -p * (logits[o] - *top - mean) : R{0};
    }
    return std::log1p(others) - mean;
  }
};

}  // namespace wmanifold
