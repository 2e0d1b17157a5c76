#pragma once

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/core/stable_sort.hpp>
#include <wmanifold/network/workspace.hpp>

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

namespace wmanifold {

/// The losses of a batch, sample by sample: the input of a reduction.
struct SampleLosses {
  std::span<double const> losses;   ///< one per sample
  std::span<double const> weights;  ///< one per sample, or empty: all equal
  std::span<Index const> ends;      ///< ends of groups with a shared context; empty: each sample is a group
  std::span<double> shares;         ///< output: the derivative of the result in each loss
};

/// A rule that turns the losses at many contexts into one number. The library's rules throw ArgumentError for no
/// losses.
template <class F>
concept Reduction = requires(F const& reduce, SampleLosses const& samples, ReductionScratch& scratch) {
  { reduce(samples, scratch) } -> std::same_as<double>;
};

/// The mean over samples, sum w l / sum w (equation 2).
struct Mean {
  /// The mean of the losses. Writes the shares.
  double operator()(SampleLosses const& samples, ReductionScratch&) const {
    require_samples("losses", std::ssize(samples.losses));
    double total = 0;
    double sum = 0;
    for (std::size_t b = 0; b < samples.losses.size(); ++b) {
      double const w = samples.weights.empty() ? 1 : samples.weights[b];
      samples.shares[b] = w;
      total += w;
      sum += w * samples.losses[b];
    }
    for (double& share : samples.shares) {
      share /= total;
    }
    return sum / total;
  }
};

/// The mean over the worst fraction `alpha` of contexts, after the mean within each context (conditional value at
/// risk). The context at the edge counts in part, so the result is continuous in alpha. alpha = 1 is the mean over
/// contexts.
class Cvar {
 public:
  /// A reduction with this fraction. Throws ArgumentError unless 0 < alpha <= 1.
  explicit Cvar(double alpha) : alpha_(alpha) {
    if (!(is_finite(alpha) && alpha > 0 && alpha <= 1)) [[unlikely]] {
      fail("cvar: expected a fraction of contexts in (0, 1], got ", alpha);
    }
  }
  /// Fraction of contexts.
  [[nodiscard]] double alpha() const noexcept { return alpha_; }

  /// The mean over the worst contexts. Writes the shares.
  double operator()(SampleLosses const& samples, ReductionScratch& scratch) const;

 private:
  double alpha_;
};

/// The worst context's mean loss.
struct WorstContext {
  /// The largest mean of a context. Writes the shares.
  double operator()(SampleLosses const& samples, ReductionScratch& scratch) const;
};

namespace detail {

/// Calls body(sample, its context, its weight) for each sample.
template <class Body>
void for_each_sample(SampleLosses const& samples, Body const& body) {
  std::size_t g = 0;
  for (std::size_t b = 0; b < samples.losses.size(); ++b) {
    while (!samples.ends.empty() && static_cast<Index>(b) >= samples.ends[g]) {
      ++g;
    }
    body(b, samples.ends.empty() ? b : g, samples.weights.empty() ? 1.0 : samples.weights[b]);
  }
}

/// Mean and weight of every context.
inline void means_by_context(SampleLosses const& samples, ReductionScratch& scratch) {
  require_samples("losses", std::ssize(samples.losses));
  std::size_t const contexts = samples.ends.empty() ? samples.losses.size() : samples.ends.size();
  scratch.means.assign(contexts, 0);
  scratch.weights.assign(contexts, 0);
  for_each_sample(samples, [&](std::size_t b, std::size_t context, double w) {
    scratch.weights[context] += w;
    scratch.means[context] += w * samples.losses[b];
  });
  for (std::size_t i = 0; i < contexts; ++i) {
    scratch.means[i] = scratch.weights[i] > 0 ? scratch.means[i] / scratch.weights[i] : 0;
  }
}

/// shares[b] = w_b share[context] / w[context], from the share of each context.
inline void hand_to_samples(SampleLosses const& samples, ReductionScratch const& scratch,
                            std::vector<double> const& share) {
  for_each_sample(samples, [&](std::size_t b, std::size_t context, double w) {
    samples.shares[b] = scratch.weights[context] > 0 ? share[context] * w / scratch.weights[context] : 0;
  });
}

}  // namespace detail

inline double Cvar::operator()(SampleLosses const& samples, ReductionScratch& scratch) const {
  detail::means_by_context(samples, scratch);
  std::size_t const contexts = scratch.means.size();
  scratch.order.resize(contexts);
  std::iota(scratch.order.begin(), scratch.order.end(), Index{0});
  detail::stable_sort(scratch.order, [&](Index a, Index b) {
    return scratch.means[static_cast<std::size_t>(a)] > scratch.means[static_cast<std::size_t>(b)];
  });
  double const total = std::accumulate(scratch.weights.begin(), scratch.weights.end(), 0.0);
  double left = alpha_ * total;
  double value = 0;
  // The means are replaced by the shares, worst context first.
  for (Index const g : scratch.order) {
    auto const at = static_cast<std::size_t>(g);
    double const taken = std::min(left, scratch.weights[at]);
    double const share = taken / (alpha_ * total);
    value += share * scratch.means[at];
    scratch.means[at] = share;
    left -= taken;
  }
  detail::hand_to_samples(samples, scratch, scratch.means);
  return value;
}

inline double WorstContext::operator()(SampleLosses const& samples, ReductionScratch& scratch) const {
  detail::means_by_context(samples, scratch);
  std::size_t worst = 0;
  for (std::size_t g = 1; g < scratch.means.size(); ++g) {
    if (scratch.weights[g] > 0 && (scratch.weights[worst] <= 0 || scratch.means[g] > scratch.means[worst])) {
      worst = g;
    }
  }
  double const value = scratch.means[worst];
  std::fill(scratch.means.begin(), scratch.means.end(), 0.0);
  scratch.means[worst] = 1;
  detail::hand_to_samples(samples, scratch, scratch.means);
  return value;
}

}  // namespace wmanifold
