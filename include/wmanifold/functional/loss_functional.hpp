#pragma once

#include <wmanifold/layer/loss.hpp>
#include <wmanifold/manifold/manifold.hpp>

#include <optional>

namespace wmanifold {

/// The loss functional L[P] = E_s E_(x, y) loss(f(x; M(s)), y) (equation 2), estimated as the mean over the samples of
/// a batch and their contexts.
template <class L>
class LossFunctional {
 public:
  explicit LossFunctional(L loss = {}) : loss_(std::move(loss)) {}

  [[nodiscard]] L const& loss() const noexcept { return loss_; }

  /// The mean loss of a batch. Throws ArgumentError for wrong sizes or values, NumericalError where it is not finite.
  template <class T = HostTarget, class Model>
  requires Loss<L, typename Model::Scalar>
  [[nodiscard]] double value(Model const& model, ConstMatrixRef<typename Model::Scalar> const& inputs,
                             Contexts<typename Model::Topology> const& contexts,
                             typename L::template Targets<typename Model::Scalar> const& targets,
                             Workspace<typename Model::Scalar>& work) const {
    loss_.check(targets, inputs.rows(), model.outputs());
    auto const outputs = model.template predict<T>(inputs, contexts, work);
    return mean_loss<typename Model::Scalar>(outputs, targets, {});
  }

  /// The mean loss, and its gradient in the parameters (K x N, overwritten; equation 3) and in what `request` asks for.
  /// Throws as `value` does, and NumericalError where a gradient is not finite.
  template <class T = HostTarget, class Model>
  requires Loss<L, typename Model::Scalar>
  double gradient(Model const& model, ConstMatrixRef<typename Model::Scalar> const& inputs,
                  Contexts<typename Model::Topology> const& contexts,
                  typename L::template Targets<typename Model::Scalar> const& targets,
                  Workspace<typename Model::Scalar>& work, Parameters<typename Model::Scalar>& gradient,
                  InputGradients<typename Model::Scalar>* input_gradients = nullptr,
                  GradientRequest request = {}) const {
    using R = typename Model::Scalar;
    loss_.check(targets, inputs.rows(), model.outputs());
    require_count("gradient", "rows", model.rows(), gradient.rows());
    require_count("gradient", "columns", model.parameters().columns(), gradient.columns());
    auto const outputs = model.template forward<T>(inputs, contexts, work);
    grow(work.output_gradient, outputs.size());
    double const mean =
        mean_loss<R>(outputs, targets, {work.output_gradient.data(), static_cast<std::size_t>(outputs.size())});
    auto const views = model.template run_backward<T>(inputs, contexts, work, gradient, request);
    if (!all_finite(gradient.data(), gradient.rows() * gradient.stride())) [[unlikely]] {
      fail<NumericalError>("loss functional: expected a finite gradient, got one that is not, at a mean loss of ",
                           mean);
    }
    if (input_gradients != nullptr) {
      new (input_gradients) InputGradients<R>(views);
    }
    return mean;
  }

 private:
  /// The mean over rows; into `gradients` (samples x outputs, or empty) the derivative of the mean.
  template <Real R>
  double mean_loss(BatchView<R> const& outputs, typename L::template Targets<R> const& targets,
                   std::span<R> gradients) const {
    auto const width = static_cast<std::size_t>(outputs.cols());
    double sum = 0;
    for (Index b = 0; b < outputs.rows(); ++b) {
      auto const own = gradients.empty() ? gradients : gradients.subspan(static_cast<std::size_t>(b) * width, width);
      double const value =
          static_cast<double>(loss_(std::span<R const>(outputs.row(b).data(), width), targets, b, own));
      if (!std::isfinite(value)) [[unlikely]] {
        fail<NumericalError>("loss functional: expected a finite loss, got ", value, " for sample ", b, " of ",
                             outputs.rows());
      }
      sum += value;
    }
    R const share = R{1} / static_cast<R>(outputs.rows());
    for (std::size_t n = 0; n < gradients.size(); ++n) {
      gradients[n] *= share;
    }
    return sum / static_cast<double>(outputs.rows());
  }

  L loss_;
};

/// What a model is worth on samples it is shown.
struct Evaluation {
  double loss = 0;                 ///< mean
  std::optional<double> accuracy;  ///< fraction of hits, where the loss knows what a hit is
};

namespace detail {

inline std::span<int const> part_of(std::span<int const> targets, Index first, Index count) {
  return targets.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
}
template <Real R>
ConstMatrixRef<R> part_of(ConstMatrixRef<R> const& targets, Index first, Index count) {
  return targets.middleRows(first, count);
}

}  // namespace detail

/// Mean loss and accuracy over any number of samples, in batches. Throws as LossFunctional::value does.
template <class T = HostTarget, class Model, class L>
requires Loss<L, typename Model::Scalar>
[[nodiscard]] Evaluation evaluate(Model const& model, L const& loss,
                                  std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
                                  Contexts<typename Model::Topology> const& contexts,
                                  typename L::template Targets<typename Model::Scalar> const& targets) {
  using R = typename Model::Scalar;
  model.check_batch(inputs, contexts);
  loss.check(targets, inputs.rows(), model.outputs());
  Workspace<R> work;
  double sum = 0;
  Index hits = 0;
  constexpr bool counts_hits = requires(std::span<R const> row, typename L::template Targets<R> t) {
    L::is_hit(row, t, Index{});
  };
  auto const width = static_cast<std::size_t>(model.outputs());
  model.for_each_batch(inputs.rows(), [&](Index first, Index count) {
    auto const outputs = model.template predict<T>(inputs.middleRows(first, count), contexts.slice(first, count), work);
    auto const part = detail::part_of(targets, first, count);
    for (Index b = 0; b < count; ++b) {
      std::span<R const> const row(outputs.row(b).data(), width);
      double const value = static_cast<double>(loss(row, part, b, std::span<R>{}));
      if (!std::isfinite(value)) [[unlikely]] {
        fail<NumericalError>("evaluation: expected a finite loss, got ", value, " for sample ", first + b, " of ",
                             inputs.rows());
      }
      sum += value;
      if constexpr (counts_hits) {
        hits += L::is_hit(row, part, b) ? 1 : 0;
      }
    }
  });
  auto const samples = static_cast<double>(inputs.rows());
  return {sum / samples, counts_hits ? std::optional(static_cast<double>(hits) / samples) : std::nullopt};
}

}  // namespace wmanifold
