#pragma once

#include <wmanifold/functional/loss.hpp>
#include <wmanifold/functional/prediction_entropy.hpp>
#include <wmanifold/manifold/batch.hpp>
#include <wmanifold/network/explain.hpp>

#include <optional>

namespace wmanifold {

/// Loss and accuracy of a model on a set of samples.
struct Evaluation {
  double loss = 0;                 ///< mean
  std::optional<double> accuracy;  ///< fraction of hits, if the loss defines hits
};

namespace detail {

inline std::span<int const> part_of(std::span<int const> targets, Index first, Index count) {
  return targets.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
}
template <Real R>
ConstMatrixRef<R> part_of(ConstMatrixRef<R> const& targets, Index first, Index count) {
  return targets.middleRows(first, count);
}
inline NoTargets part_of(NoTargets, Index, Index) { return {}; }

}  // namespace detail

/// Mean loss and accuracy over any number of samples, in batches. Throws as LossFunctional::value does.
template <class T = HostTarget, class Model, class L>
requires LossOn<L, Model>
[[nodiscard]] Evaluation evaluate(Model const& model, L const& loss,
                                  std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
                                  Contexts<typename Model::Topology> const& contexts,
                                  typename L::template Targets<typename Model::Scalar> const& targets) {
  using R = typename Model::Scalar;
  require_batch_of(model, inputs, contexts);
  loss.check(targets, inputs.rows(), model.outputs());
  Workspace<R> work;
  double sum = 0;
  Index hits = 0;
  constexpr bool counts_hits = requires(std::span<R const> row, typename L::template Targets<R> t) {
    L::is_hit(row, t, Index{});
  };
  auto const width = static_cast<std::size_t>(model.outputs());
  for_each_batch(inputs.rows(), [&](Index first, Index count) {
    auto const part_contexts = contexts.slice(first, count);
    auto const outputs = model.template predict<T>(inputs.middleRows(first, count), part_contexts, work);
    auto const part = detail::part_of(targets, first, count);
    part_contexts.for_each([&](auto const& s, Index begin, Index end) {
      for (Index b = begin; b < end; ++b) {
        std::span<R const> const row(outputs.row(b).data(), width);
        double const value = static_cast<double>(loss_at<T>(loss, s, row, part, b, std::span<R>{}));
        if (!is_finite(value)) [[unlikely]] {
          fail<NumericalError>("evaluation: expected a finite loss, got ", value, " for sample ", first + b, " of ",
                               inputs.rows());
        }
        sum += value;
        if constexpr (counts_hits) {
          hits += L::is_hit(row, part, b) ? 1 : 0;
        }
      }
    });
  });
  auto const samples = static_cast<double>(inputs.rows());
  return {sum / samples, counts_hits ? std::optional(static_cast<double>(hits) / samples) : std::nullopt};
}

/// Overload for wrong arguments: a compile-time message says why.
template <class T = HostTarget, WeightManifold Model, class L, class... A>
requires(!detail::fits<std::tuple<ConstMatrixRef<typename Model::Scalar>, Contexts<typename Model::Topology>,
                                  typename L::template Targets<typename Model::Scalar>>,
                       A...>) [[nodiscard]] Evaluation evaluate(Model const&, L const&, A&&...) {
  detail::explain_batch<typename Model::Scalar, typename Model::Topology,
                        typename L::template Targets<typename Model::Scalar>, A...>();
  return {};
}

}  // namespace wmanifold
