#pragma once

#include <wmanifold/infer/estimate.hpp>
#include <wmanifold/infer/posterior.hpp>
#include <wmanifold/layer/prediction_entropy.hpp>

#include <iterator>

/// The context from data, where nobody tells it. The mean loss of samples that share a context is looked at on points
/// of low discrepancy, and descended from the best of them, a neighbourhood each. With labels the loss is the one that
/// was trained, else the entropy of predictions: a network at the wrong context tends to be undecided.
namespace wmanifold {

/// A loss without targets.
template <class L, class R>
concept Unlabelled = Loss<L, R> && std::same_as<typename L::template Targets<R>, NoTargets>;

namespace detail {

template <class T, class Model, class L>
class ContextSearch {
  static_assert(WeightManifold<Model>, "wmanifold: a context is inferred for a weight manifold (manifold/batch.hpp)");
  static_assert(Loss<L, typename Model::Scalar>,
                "wmanifold: a context is inferred by a loss that does not see the context itself (layer/loss.hpp)");
  static_assert(SmoothTopology<typename Model::Topology>,
                "wmanifold: a context is inferred by a descent along geodesics, which takes a topology with exp and "
                "log; of discrete contexts, the loss can be compared at each");
  static_assert(!SmoothTopology<typename Model::Topology> || Model::Topology::dimension > 0,
                "wmanifold: a space of one point has no context to infer");

 public:
  using R = typename Model::Scalar;
  using Space = typename Model::Topology;
  using Estimate = ContextEstimate<Space>;

  ContextSearch(Model const& model, L const& loss, ConstMatrixRef<R> const& inputs,
                typename L::template Targets<R> const& targets, std::vector<Index> const& sizes,
                InferenceOptions const& options)
      : losses_(model, loss, inputs, targets, sizes),
        options_(options),
        search_((check(options), options.points), options.seed),
        apart_(options.apart.value_or(search_.spread() / 4)),
        step_(search_.spread() / 100) {}

  /// Groups are independent of each other; so many are worked on at a time that batches are full.
  std::vector<Estimate> all() {
    constexpr Index enough = 4096;
    std::vector<Estimate> estimates;
    estimates.reserve(static_cast<std::size_t>(losses_.groups()));
    for (Index first = 0; first < losses_.groups();) {
      Index end = first + 1;
      while (end < losses_.groups() && losses_.begin(end) - losses_.begin(first) < enough) {
        ++end;
      }
      some(first, end - first, estimates);
      first = end;
    }
    return estimates;
  }

 private:
  void some(Index first, Index count, std::vector<Estimate>& estimates) {
    auto const points = search_.points();
    values_.resize(count, static_cast<Index>(points.size()));
    for (std::size_t i = 0; i < points.size(); ++i) {
      losses_.at(points[i], first, count, values_.data() + i, static_cast<Index>(points.size()));
    }
    std::vector<Descent<Space>> descents;
    for (Index g = 0; g < count; ++g) {
      begin_descents(first + g, values_of(g), descents);
    }
    descend(losses_, descents, options_.most_steps);

    std::vector<Curved<Space>> curved;
    auto descent = descents.begin();
    for (Index g = 0; g < count; ++g) {
      auto const end =
          std::find_if(descent, descents.end(), [&](auto const& d) { return d.best().group != first + g; });
      auto const minima = distinct_minima(descent, end);
      descent = end;
      auto const& best = minima.front();
      Estimate estimate{best.point, best.value, 0, std::nullopt};
      auto const other = std::find_if(minima.begin(), minima.end(), [&](Trial<Space> const& minimum) {
        return Space::distance(best.point, minimum.point) >= apart_;
      });
      if (other != minima.end()) {
        estimate.runner_up = {other->point, other->value};
      }
      auto const wide = wide_posterior(search_, values_of(g), best.value, weight_of(first + g), best.point);
      if (wide) {
        estimate.uncertainty = std::sqrt(*wide);
      } else {
        for (auto const& minimum : minima) {
          curved.emplace_back(minimum, step_);
        }
      }
      estimates.push_back(estimate);
    }
    narrow_uncertainties(curved, estimates);
  }

  [[nodiscard]] std::span<double const> values_of(Index g) const noexcept {
    return {values_.row(g).data(), static_cast<std::size_t>(values_.cols())};
  }
  [[nodiscard]] double weight_of(Index group) const noexcept {
    return options_.evidence * static_cast<double>(losses_.size(group));
  }

  /// From the best local minima among the points; one of them as far from the best as a runner-up, where there is one.
  void begin_descents(Index group, std::span<double const> values, std::vector<Descent<Space>>& descents) const {
    auto const points = search_.points();
    auto starts = search_.local_minima(values);
    if (starts.empty()) [[unlikely]] {
      fail<NumericalError>("inference: expected a finite loss at one of ", points.size(),
                           " points at least, got none for group ", group);
    }
    auto const kept = std::min(starts.size(), static_cast<std::size_t>(options_.descents));
    auto const far = std::find_if(starts.begin(), starts.end(), [&](std::size_t i) {
      return Space::distance(points[starts.front()], points[i]) >= apart_;
    });
    if (kept > 1 && far != starts.end() && far >= starts.begin() + static_cast<std::ptrdiff_t>(kept)) {
      starts[kept - 1] = *far;
    }
    for (std::size_t n = 0; n < kept; ++n) {
      descents.emplace_back(group, points[starts[n]], search_.spacing(), options_.tolerance);
    }
  }

  /// The ends of one group's descents, the lowest first, without those next to a lower one.
  template <class Iterator>
  [[nodiscard]] std::vector<Trial<Space>> distinct_minima(Iterator begin, Iterator end) const {
    std::vector<Trial<Space>> all;
    std::transform(begin, end, std::back_inserter(all), [](auto const& descent) { return descent.best(); });
    std::stable_sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.value < b.value; });
    std::vector<Trial<Space>> distinct;
    for (auto const& minimum : all) {
      if (std::none_of(distinct.begin(), distinct.end(), [&](auto const& lower) {
            return Space::distance(lower.point, minimum.point) < search_.spacing();
          })) {
        distinct.push_back(minimum);
      }
    }
    return distinct;
  }

  /// Of the groups whose posterior is narrow: that of a mixture of normal ones at the minima, as wide as the curvature
  /// says and never wider than the space.
  void narrow_uncertainties(std::vector<Curved<Space>>& curved, std::vector<Estimate>& estimates) {
    std::vector<Trial<Space>> beside;
    for (auto const& c : curved) {
      beside.insert(beside.end(), c.beside.begin(), c.beside.end());
    }
    losses_.at(std::span(beside));
    auto from = beside.begin();
    double const most = search_.spread() * search_.spread() / Space::dimension;
    for (auto c = curved.begin(); c != curved.end();) {
      Index const group = c->minimum.group;
      auto& estimate = estimates[static_cast<std::size_t>(group)];
      double sum = 0;
      double second = 0;
      for (; c != curved.end() && c->minimum.group == group; ++c) {
        std::copy_n(from, c->beside.size(), c->beside.begin());
        from += static_cast<std::ptrdiff_t>(c->beside.size());
        auto const width = c->width(weight_of(group), most, step_);
        double const d = Space::distance(estimate.point, c->minimum.point);
        double const w = std::exp(-weight_of(group) * (c->minimum.value - estimate.objective)) * width.root;
        sum += w;
        second += w * (d * d + width.variance);
      }
      estimate.uncertainty = std::sqrt(std::min(second / sum, search_.spread() * search_.spread()));
    }
  }

  GroupLosses<T, Model, L> losses_;
  InferenceOptions options_;
  SearchPoints<Space> search_;
  double apart_;
  double step_;  // of differences of gradients
  Matrix<double> values_;
};

}  // namespace detail

/// The contexts of groups of samples, `sizes[g]` consecutive ones each (samples x inputs; targets as the loss takes
/// them): an estimate per group. Groups of one: every sample has a context of its own. Throws ArgumentError for what
/// does not fit, and NumericalError for a group without a finite loss at any point of the search.
template <class T = HostTarget, class Model, class L>
[[nodiscard]] std::vector<ContextEstimate<typename Model::Topology>> infer_contexts(
    Model const& model, L const& loss, std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
    typename L::template Targets<typename Model::Scalar> const& targets, std::vector<Index> const& sizes,
    InferenceOptions const& options = {}) {
  return detail::ContextSearch<T, Model, L>(model, loss, inputs, targets, sizes, options).all();
}
template <class T = HostTarget, class Model, Unlabelled<typename Model::Scalar> L>
[[nodiscard]] std::vector<ContextEstimate<typename Model::Topology>> infer_contexts(
    Model const& model, L const& loss, std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
    std::vector<Index> const& sizes, InferenceOptions const& options = {}) {
  return infer_contexts<T>(model, loss, inputs, NoTargets{}, sizes, options);
}

/// The one context that all samples share.
template <class T = HostTarget, class Model, class L>
[[nodiscard]] ContextEstimate<typename Model::Topology> infer_context(
    Model const& model, L const& loss, std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
    typename L::template Targets<typename Model::Scalar> const& targets, InferenceOptions const& options = {}) {
  require_batch<typename Model::Scalar>("inputs", inputs, model.inputs());
  return infer_contexts<T>(model, loss, inputs, targets, {Index{inputs.rows()}}, options).front();
}
template <class T = HostTarget, class Model, Unlabelled<typename Model::Scalar> L>
[[nodiscard]] ContextEstimate<typename Model::Topology> infer_context(
    Model const& model, L const& loss, std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
    InferenceOptions const& options = {}) {
  return infer_context<T>(model, loss, inputs, NoTargets{}, options);
}

}  // namespace wmanifold
