#pragma once

#include <wmanifold/functional/loss.hpp>

namespace wmanifold {

/// The targets of a loss that needs predictions only.
struct NoTargets {};

/// The entropy of the softmax of logits / temperature, in nats, from 0 to log(outputs): the uncertainty of a
/// prediction. No targets. Temperature 1 gives the entropy of the prediction itself. Trained networks are confident
/// even where they are wrong; softened predictions tell contexts apart better (examples/unknown_angle measures it).
struct PredictionEntropy {
  double temperature = 4;  ///< at least 1e-30, so that float holds its inverse

  /// No targets.
  template <Real R>
  using Targets = NoTargets;

  /// Throws ArgumentError for a temperature below 1e-30, NaN or infinity.
  void check(NoTargets, Index, Index) const {
    if (!(is_finite(temperature) && temperature >= 1e-30)) [[unlikely]] {
      fail("prediction entropy: expected a finite temperature of at least 1e-30, got ", temperature);
    }
  }

  /// The loss of a sample. With z the logits less the largest, over the temperature, Z = sum e^z and p = e^z / Z, it is
  /// log Z - sum p z. Both terms are at least 0, so nothing cancels. Its derivative in z is -p (z - sum p z).
  template <Real R>
  R operator()(std::span<R const> logits, NoTargets, Index, std::span<R> gradient) const noexcept {
    auto const scale = static_cast<R>(1 / temperature);
    auto const top = std::max_element(logits.begin(), logits.end());
    R others = 0;    // Z - 1
    R weighted = 0;  // sum e^z z
    for (auto logit = logits.begin(); logit != logits.end(); ++logit) {
      R const z = scale * (*logit - *top);
      R const e = std::exp(z);
      others += logit == top ? R{0} : e;
      weighted += e > 0 ? e * z : R{0};  // avoids 0 times an infinite difference
    }
    R const sum = 1 + others;
    R const mean = weighted / sum;
    for (std::size_t o = 0; o < gradient.size(); ++o) {
      R const z = scale * (logits[o] - *top);
      R const p = std::exp(z) / sum;
      gradient[o] = p > 0 ? -scale * p * (z - mean) : R{0};
    }
    return std::log1p(others) - mean;
  }
};

/// Minus the log of the sum of the exponentials of logits: the energy of an input, if the model is read as a joint
/// density (Grathwohl et al., 2020; Liu et al., 2020). No targets. Not bounded, and not a likelihood.
struct FreeEnergy {
  /// No targets.
  template <Real R>
  using Targets = NoTargets;

  /// Does nothing.
  static void check(NoTargets, Index, Index) noexcept {}

  /// The loss of a sample. Writes its derivative unless `gradient` is empty.
  template <Real R>
  R operator()(std::span<R const> logits, NoTargets, Index, std::span<R> gradient) const noexcept {
    R const top = *std::max_element(logits.begin(), logits.end());
    R sum = 0;
    for (R const logit : logits) {
      sum += std::exp(logit - top);
    }
    for (std::size_t o = 0; o < gradient.size(); ++o) {
      gradient[o] = -std::exp(logits[o] - top) / sum;
    }
    return -top - std::log(sum);
  }
};

}  // namespace wmanifold
