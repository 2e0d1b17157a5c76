#pragma once

#include <wmanifold/core/stable_sort.hpp>
#include <wmanifold/functional/prediction_entropy.hpp>
#include <wmanifold/infer/estimate.hpp>
#include <wmanifold/infer/posterior.hpp>

#include <iterator>

/// Inference of an unknown context from data. The search evaluates the mean loss of samples that share a context at
/// points of low discrepancy, and descends from the best of them, one per neighbourhood, in each state of discrete
/// factors. With labels the loss is the trained one, else the entropy of predictions: a network at the wrong context
/// tends to be undecided.
namespace wmanifold {

/// A loss without targets.
template <class L, class R>
concept Unlabelled = Loss<L, R> && std::same_as<typename L::template Targets<R>, NoTargets>;

namespace detail {

template <class T, class Model, class L, class Known>
class ContextSearch {
  static_assert(WeightManifold<Model>,
                "wmanifold: infer_context expects a model that satisfies WeightManifold (manifold/batch.hpp); of a "
                "Stored model take model()");
  static_assert(Loss<L, typename Model::Scalar>,
                "wmanifold: infer_context expects a loss that does not take the context (functional/loss.hpp), such as "
                "MeanSquaredError");

  using R = typename Model::Scalar;
  using Whole = typename Model::Topology;
  using Domain = SearchSpace<Whole, Known>;
  using Space = typename Domain::Searched;
  static constexpr bool is_searched = Space::dimension > 0;
  static_assert(is_searched || Domain::tries_states, "wmanifold: a space of one point has no context to infer");
  static constexpr bool has_slope = [] {
    if constexpr (is_searched && requires { typename Model::Basis; }) {
      return DifferentiableBasis<typename Model::Basis>;
    } else {
      return true;
    }
  }();
  static_assert(has_slope,
                "wmanifold: infer_context expects a basis with derivatives in the smooth factors; use a Tensor or "
                "Subset of bases of the factors");
  /// For a squared error the noise determines the evidence: the log-likelihood of a unit of loss.
  static constexpr bool is_squared = std::same_as<L, MeanSquaredError>;

 public:
  using Estimate = ContextEstimate<Whole>;

  ContextSearch(Model const& model, L const& loss, ConstMatrixRef<R> const& inputs,
                typename L::template Targets<R> const& targets, std::vector<Index> const& sizes,
                InferenceOptions const& options, Known const& known)
      : losses_(model, loss, inputs, targets, sizes, Domain::states(known).front()),
        targets_(targets),
        outputs_(model.outputs()),
        options_(options),
        states_(Domain::states(known)),
        search_((check(options), is_searched ? options.points.value_or(64 * Space::dimension) : 1), options.seed),
        apart_(options.apart.value_or(search_.spread() / 4)),
        step_(search_.spread() / 100) {
    if (!is_squared && options.noise) [[unlikely]] {
      fail("inference: expected a noise for MeanSquaredError only, got ", *options.noise,
           "; for another loss, set .evidence");
    }
    for (Index g = 0; estimates_noise() && g < losses_.groups(); ++g) {
      if (numbers(g) <= Space::dimension) [[unlikely]] {
        fail("inference: expected more than ", Space::dimension,
             " target numbers per group to estimate the noise from, got ", numbers(g), " in group ", g,
             "; set .noise or .evidence");
      }
    }
  }

  /// Estimates all groups, which are independent of each other. It processes enough groups at a time to fill batches,
  /// but few enough to keep the values of all states small.
  std::vector<Estimate> all() {
    Index const enough = std::max<Index>(4096 / std::ssize(states_), 1);
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
  /// The result of one state for one group: its distinct minima, the lowest first, none if no loss is finite; later the
  /// posterior.
  struct Found {
    std::vector<Candidate<Space>> minima;
    Spread posterior;
  };

  void some(Index first, Index count, std::vector<Estimate>& estimates) {
    std::vector<Matrix<double>> values(states_.size());  // per state: groups x points
    std::vector<std::vector<Found>> found(states_.size());
    for (std::size_t z = 0; z < states_.size(); ++z) {
      losses_.hold(states_[z]);
      found[z] = minima(first, count, values[z]);
    }
    std::vector<double> weights;
    for (Index g = 0; g < count; ++g) {
      auto const at = static_cast<std::size_t>(g);
      auto const best = best_state(found, at);
      if (found[best][at].minima.empty()) [[unlikely]] {
        fail<NumericalError>("inference: expected a finite loss at one or more of ",
                             search_.points().size() * states_.size(), " points, got none for group ", first + g);
      }
      auto const& minimum = found[best][at].minima.front();
      Estimate estimate{whole(best, minimum), minimum.value, 0, runner_up(found, at, best), std::nullopt, {}};
      double const evidence = evidence_of(first + g, estimate);
      weights.push_back(evidence * static_cast<double>(losses_.size(first + g)));
      estimates.push_back(std::move(estimate));
    }
    for (std::size_t z = 0; z < states_.size(); ++z) {
      losses_.hold(states_[z]);
      posteriors(first, values[z], weights, found[z]);
    }
    for (Index g = 0; g < count; ++g) {
      auto const at = static_cast<std::size_t>(g);
      auto& estimate = estimates[estimates.size() - static_cast<std::size_t>(count) + at];
      estimate.uncertainty = std::sqrt(found[best_state(found, at)][at].posterior.square);
      if constexpr (Domain::tries_states) {
        compare_states(found, at, weights[at], estimate);
      }
    }
  }

  [[nodiscard]] Point<Whole> whole(std::size_t state, Candidate<Space> const& at) const noexcept {
    return Domain::whole(states_[state], at.point);
  }
  [[nodiscard]] static double least(Found const& found) noexcept {
    return found.minima.empty() ? std::numeric_limits<double>::infinity() : found.minima.front().value;
  }
  [[nodiscard]] static std::size_t best_state(std::vector<std::vector<Found>> const& found, std::size_t group) {
    auto const best = std::min_element(found.begin(), found.end(),
                                       [&](auto const& a, auto const& b) { return least(a[group]) < least(b[group]); });
    return static_cast<std::size_t>(best - found.begin());
  }

  /// The lowest of the best state's other minima that are far enough, and of the other states' lowest ones.
  [[nodiscard]] std::optional<ContextMinimum<Whole>> runner_up(std::vector<std::vector<Found>> const& found,
                                                               std::size_t group, std::size_t best) const {
    std::optional<ContextMinimum<Whole>> lowest;
    auto const& own = found[best][group].minima;
    for (std::size_t z = 0; z < found.size(); ++z) {
      auto const& all = found[z][group].minima;
      auto const other = std::find_if(all.begin(), all.end(), [&](auto const& minimum) {
        return z != best || Space::distance(own.front().point, minimum.point) >= apart_;
      });
      if (other != all.end() && (!lowest || other->value < lowest->objective)) {
        lowest = {whole(z, *other), other->value};
      }
    }
    return lowest;
  }

  void compare_states(std::vector<std::vector<Found>> const& found, std::size_t group, double weight,
                      Estimate& estimate) const {
    double sum = 0;
    for (std::size_t z = 0; z < states_.size(); ++z) {
      auto const& [minima, posterior] = found[z][group];
      double const value = least(found[z][group]);
      double const mass =
          minima.empty() ? 0 : states_[z].share * posterior.mass * std::exp(-weight * (value - estimate.objective));
      auto const point =
          minima.empty() ? Domain::whole(states_[z], search_.points().front()) : whole(z, minima.front());
      estimate.states.push_back({point, value, std::sqrt(posterior.square), mass});
      sum += mass;
    }
    for (auto& state : estimate.states) {
      state.probability /= sum;
    }
  }

  // ---- the evidence: log-likelihood of a unit of loss --------------------------------------------------------

  [[nodiscard]] bool estimates_noise() const noexcept { return is_squared && !options_.noise && !options_.evidence; }
  /// Numbers in the targets of a group.
  [[nodiscard]] Index numbers(Index group) const noexcept { return losses_.size(group) * outputs_; }

  double evidence_of(Index group, Estimate& estimate) const {
    constexpr double most = 1e60;  // a posterior in eight dimensions of this width still has a volume above 0
    double evidence = options_.evidence.value_or(1);
    if constexpr (is_squared) {
      if (!options_.evidence) {
        estimate.noise = options_.noise ? *options_.noise : std::sqrt(noise_left(group, estimate.objective));
        evidence = static_cast<double>(outputs_) / 2 / *estimate.noise / *estimate.noise;
      }
      if (estimates_noise()) {  // the noise of few numbers is uncertain, too: Student's distribution is wider by this
        auto const freedom = static_cast<double>(numbers(group) - Space::dimension);
        evidence *= std::max(freedom - 2, 0.5) / freedom;
      }
    }
    return std::min(evidence, most);
  }

  /// The variance of the noise, at least that of rounding. It is unbiased if outputs are linear in the context within
  /// the posterior's width.
  [[nodiscard]] double noise_left(Index group, double objective) const {
    auto const n = static_cast<double>(numbers(group));
    double const left = objective * n / (n - Space::dimension);
    auto const targets = targets_.middleRows(losses_.begin(group), losses_.size(group));
    double const square = targets.template cast<double>().squaredNorm() / n;
    double const rounding = std::numeric_limits<R>::epsilon();
    return std::max(left, rounding * rounding * (square > 0 ? square : 1));
  }

  // ---- minima in one state --------------------------------------------------------------------------------------

  /// Distinct minima per group. Writes the values at the points to `values`.
  std::vector<Found> minima(Index first, Index count, Matrix<double>& values) {
    auto const points = search_.points();
    values.resize(count, static_cast<Index>(points.size()));
    for (std::size_t i = 0; i < points.size(); ++i) {
      losses_.at(points[i], first, count, values.data() + i, static_cast<Index>(points.size()));
    }
    std::vector<Found> found(static_cast<std::size_t>(count));
    if constexpr (is_searched) {
      std::vector<Descent<Space>> descents;
      for (Index g = 0; g < count; ++g) {
        begin_descents(first + g, row(values, g), descents);
      }
      descend(losses_, descents, options_.most_steps);
      auto descent = descents.begin();
      for (Index g = 0; g < count; ++g) {
        auto const end =
            std::find_if(descent, descents.end(), [&](auto const& d) { return d.best().group != first + g; });
        found[static_cast<std::size_t>(g)].minima = distinct_minima(descent, end);
        descent = end;
      }
    } else {
      for (Index g = 0; g < count; ++g) {
        if (is_finite(values(g, 0))) {
          found[static_cast<std::size_t>(g)].minima.push_back({first + g, points.front(), values(g, 0)});
        }
      }
    }
    return found;
  }

  [[nodiscard]] static std::span<double const> row(Matrix<double> const& values, Index g) noexcept {
    return {values.row(g).data(), static_cast<std::size_t>(values.cols())};
  }

  /// Begins descents at the best local minima among the points, and at one that is as far from the best as a runner-up,
  /// if there is one. In several dimensions a minimum can lie between points that all have a lower neighbour, so the
  /// remaining descents begin at the best points elsewhere.
  void begin_descents(Index group, std::span<double const> values, std::vector<Descent<Space>>& descents) const {
    auto const points = search_.points();
    auto starts = search_.local_minima(values);
    auto const most = static_cast<std::size_t>(options_.descents.value_or(4 * Index{Space::dimension}));
    if (starts.size() > most) {
      auto const far = std::find_if(starts.begin(), starts.end(), [&](std::size_t i) {
        return Space::distance(points[starts.front()], points[i]) >= apart_;
      });
      if (most > 1 && far != starts.end() && far >= starts.begin() + static_cast<std::ptrdiff_t>(most)) {
        starts[most - 1] = *far;
      }
      starts.resize(most);
    } else if (Space::dimension > 1) {
      search_.add_lowest_elsewhere(values, most, starts);
    }
    for (std::size_t const start : starts) {
      descents.emplace_back(group, points[start], search_.spacing(), options_.tolerance);
    }
  }

  /// The ends of one group's descents, the lowest first, without ends next to a lower one.
  template <class Iterator>
  [[nodiscard]] std::vector<Candidate<Space>> distinct_minima(Iterator begin, Iterator end) const {
    std::vector<Candidate<Space>> all;
    std::transform(begin, end, std::back_inserter(all), [](auto const& descent) { return descent.best(); });
    stable_sort(all, [](auto const& a, auto const& b) { return a.value < b.value; });
    std::vector<Candidate<Space>> distinct;
    for (auto const& minimum : all) {
      if (std::none_of(distinct.begin(), distinct.end(), [&](auto const& lower) {
            return Space::distance(lower.point, minimum.point) < search_.spacing();
          })) {
        distinct.push_back(minimum);
      }
    }
    return distinct;
  }

  // ---- the posterior in one state -------------------------------------------------------------------------------

  void posteriors(Index first, Matrix<double> const& values, std::vector<double> const& weights,
                  std::vector<Found>& found) {
    if constexpr (is_searched) {
      std::vector<Curved<Space>> curved;  // of the groups with a narrow posterior
      for (std::size_t g = 0; g < found.size(); ++g) {
        auto& [minima, posterior] = found[g];
        if (minima.empty()) {
          continue;
        }
        auto const wide = wide_posterior(search_, row(values, static_cast<Index>(g)), minima.front().value, weights[g],
                                         minima.front().point);
        if (wide) {
          posterior = *wide;
        } else {
          for (auto const& minimum : minima) {
            curved.emplace_back(minimum, step_);
          }
        }
      }
      narrow_posteriors(first, weights, curved, found);
    }
  }

  /// Approximates each posterior by a mixture of normal distributions at the minima. Their widths follow from the
  /// curvature, at most the space's.
  void narrow_posteriors(Index first, std::vector<double> const& weights, std::vector<Curved<Space>>& curved,
                         std::vector<Found>& found) {
    std::vector<Candidate<Space>> beside;
    for (auto const& c : curved) {
      beside.insert(beside.end(), c.beside.begin(), c.beside.end());
    }
    losses_.at(std::span(beside));
    auto from = beside.begin();
    double const most = search_.spread() * search_.spread() / Space::dimension;
    for (auto c = curved.begin(); c != curved.end();) {
      Index const group = c->minimum.group;
      auto const at = static_cast<std::size_t>(group - first);
      auto const best = c->minimum;
      double sum = 0;
      double second = 0;
      for (; c != curved.end() && c->minimum.group == group; ++c) {
        std::copy_n(from, c->beside.size(), c->beside.begin());
        from += static_cast<std::ptrdiff_t>(c->beside.size());
        auto const width = c->width(weights[at], most, step_);
        double const d = Space::distance(best.point, c->minimum.point);
        double const w = std::exp(-weights[at] * (c->minimum.value - best.value)) * width.integral;
        sum += w;
        second += w * (d * d + width.variance);
      }
      found[at].posterior = {std::min(second / sum, search_.spread() * search_.spread()),
                             Domain::tries_states ? std::min(sum / volume_of<Space>(), 1.0) : 1.0};
    }
  }

  GroupLosses<T, Model, L, Domain> losses_;
  typename L::template Targets<R> const& targets_;
  Index outputs_;
  InferenceOptions options_;
  std::vector<typename Domain::State> states_;
  SearchPoints<Space> search_;
  double apart_;
  double step_;  // of differences of gradients
};

}  // namespace detail

/// The contexts of groups of samples: an estimate per group. Group g has `sizes[g]` consecutive samples (samples x
/// inputs; targets as the loss takes them). With groups of one, every sample has a context of its own. Throws
/// ArgumentError for arguments that do not fit, and NumericalError for a group without a finite loss at any point of
/// the search.
///
/// On a product, known factors are held: `infer_contexts(model, loss, x, y, sizes, {}, hold<1>(Interval::at(0.3)))`
/// searches the others. Every combination of the states of discrete factors (Finite) is tried, so the cost is their
/// number times a search. The estimate has the probability of each. A fully discrete space takes one evaluation a
/// state. Points are of the whole topology, held factors included.
template <class T = HostTarget, class Model, class L, class Known = NothingHeld>
[[nodiscard]] std::vector<ContextEstimate<typename Model::Topology>> infer_contexts(
    Model const& model, L const& loss, std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
    typename L::template Targets<typename Model::Scalar> const& targets, std::vector<Index> const& sizes,
    InferenceOptions const& options = {}, Known const& known = {}) {
  return detail::ContextSearch<T, Model, L, Known>(model, loss, inputs, targets, sizes, options, known).all();
}
/// The same for a loss without targets.
template <class T = HostTarget, class Model, Unlabelled<typename Model::Scalar> L, class Known = NothingHeld>
[[nodiscard]] std::vector<ContextEstimate<typename Model::Topology>> infer_contexts(
    Model const& model, L const& loss, std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
    std::vector<Index> const& sizes, InferenceOptions const& options = {}, Known const& known = {}) {
  return infer_contexts<T>(model, loss, inputs, NoTargets{}, sizes, options, known);
}

/// The context that all samples share, with the same errors.
template <class T = HostTarget, class Model, class L, class Known = NothingHeld>
[[nodiscard]] ContextEstimate<typename Model::Topology> infer_context(
    Model const& model, L const& loss, std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
    typename L::template Targets<typename Model::Scalar> const& targets, InferenceOptions const& options = {},
    Known const& known = {}) {
  require_batch<typename Model::Scalar>("inputs", inputs, model.inputs());
  return infer_contexts<T>(model, loss, inputs, targets, {Index{inputs.rows()}}, options, known).front();
}
/// The same for a loss without targets.
template <class T = HostTarget, class Model, Unlabelled<typename Model::Scalar> L, class Known = NothingHeld>
[[nodiscard]] ContextEstimate<typename Model::Topology> infer_context(
    Model const& model, L const& loss, std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
    InferenceOptions const& options = {}, Known const& known = {}) {
  return infer_context<T>(model, loss, inputs, NoTargets{}, options, known);
}

}  // namespace wmanifold
