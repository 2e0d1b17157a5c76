#pragma once

#include <wmanifold/functional/loss.hpp>
#include <wmanifold/functional/reduction.hpp>
#include <wmanifold/kernel/optimiser/descent.hpp>
#include <wmanifold/manifold/batch.hpp>

namespace wmanifold {

/// A functional's value and, as views into the workspace, the requested gradients.
template <Real R>
struct FunctionalGradient {
  double value = 0;         ///< of the functional
  InputGradients<R> views;  ///< gradients of inputs and contexts
  double largest = 0;       ///< max |x| over the gradient of the parameters
};

/// The loss functional L[P] = E_s E_(x, y) loss(f(x; M(s)), y) (equation 2), estimated from a batch and its contexts. A
/// reduction turns the losses of the samples into one number: their mean, or the mean over the worst contexts.
///
/// The caller chooses the contexts of a batch: given with the data, drawn (topology/sampling.hpp), or the nodes of a
/// quadrature with its weights.
template <class L, Reduction Reduce = Mean>
class LossFunctional {
 public:
  /// Targets of a batch.
  template <Real R>
  using Targets = typename L::template Targets<R>;

  /// The functional of a loss and a reduction.
  explicit LossFunctional(L loss = {}, Reduce reduce = {}) : loss_(std::move(loss)), reduce_(std::move(reduce)) {}

  /// Loss of single samples.
  [[nodiscard]] L const& loss() const noexcept { return loss_; }
  /// Reduction to one number.
  [[nodiscard]] Reduce const& reduction() const noexcept { return reduce_; }

  /// Value on a batch. Throws ArgumentError for wrong sizes or values, NumericalError for a loss that is not finite.
  template <class T = HostTarget, class Model>
  requires LossOn<L, Model>
  [[nodiscard]] double value(Model const& model, ConstMatrixRef<typename Model::Scalar> const& inputs,
                             Contexts<typename Model::Topology> const& contexts,
                             Targets<typename Model::Scalar> const& targets, Workspace<typename Model::Scalar>& work,
                             std::span<double const> weights = {}) const {
    check(model, inputs, targets, weights);
    auto const outputs = model.template predict<T>(inputs, contexts, work);
    sample_losses<T, typename Model::Scalar>(outputs, contexts, targets, work.loss, {});
    return reduce(work.loss, contexts.ends(), weights);
  }

  /// Value and gradient. Overwrites `gradient` with the gradient in the parameters (equation 3), and returns the
  /// gradients that `request` names. Throws as `value` does, and NumericalError for a gradient that is not finite.
  template <class T = HostTarget, class Model>
  requires LossOn<L, Model> FunctionalGradient<typename Model::Scalar> gradient(
      Model const& model, ConstMatrixRef<typename Model::Scalar> const& inputs,
      Contexts<typename Model::Topology> const& contexts, Targets<typename Model::Scalar> const& targets,
      Workspace<typename Model::Scalar>& work, Parameters<typename Model::Scalar>& gradient,
      GradientRequest request = {}, std::span<double const> weights = {})
  const {
    using R = typename Model::Scalar;
    check(model, inputs, targets, weights);
    require_sizes_of(model.parameters(), "gradient", gradient);
    auto const outputs = model.template forward<T>(inputs, contexts, work);
    grow(work.loss.output_gradient, outputs.size());
    std::span<R> const slopes(work.loss.output_gradient.data(), static_cast<std::size_t>(outputs.size()));
    sample_losses<T, R>(outputs, contexts, targets, work.loss, slopes);
    double const value = reduce(work.loss, contexts.ends(), weights);
    R* slope = slopes.data();
    for (double const share : work.loss.shares) {
      for (Index o = 0; o < outputs.cols(); ++o) {
        *slope++ *= static_cast<R>(share);
      }
    }
    auto const views = model.template run_backward<T>(
        inputs, contexts, BatchView<R>(slopes.data(), outputs.rows(), outputs.cols()), work, gradient, request);
    double const largest = kernel::largest<T, R>(static_cast<Index>(gradient.numbers().size()), gradient.data());
    if (!is_finite(largest)) [[unlikely]] {
      fail<NumericalError>("loss functional: expected a finite gradient, got a NaN or an infinity at a loss of ", value,
                           "; standardise inputs and targets, or lower the rate");
    }
    return {value, views, largest};
  }

 private:
  template <class Model>
  void check(Model const& model, ConstMatrixRef<typename Model::Scalar> const& inputs,
             Targets<typename Model::Scalar> const& targets, std::span<double const> weights) const {
    require_parameters(model.parameters());
    require_samples("inputs", inputs.rows());
    require_count("inputs", "columns", model.inputs(), Index{inputs.cols()});  // first: targets are compared with rows
    loss_.check(targets, inputs.rows(), model.outputs());
    if (weights.empty()) {
      return;
    }
    require_count("weights", "weights, one per sample or none", Index{inputs.rows()},
                  static_cast<Index>(weights.size()));
    double total = 0;
    for (std::size_t b = 0; b < weights.size(); ++b) {
      if (!(is_finite(weights[b]) && weights[b] >= 0)) [[unlikely]] {
        fail("weights: expected numbers of at least 0, got ", weights[b], " for sample ", b);
      }
      total += weights[b];
    }
    if (!(total > 0 && is_finite(total))) [[unlikely]] {
      fail("weights: expected a positive and finite sum, got ", total);
    }
  }

  /// The losses of the samples. Writes each loss's derivative in its prediction to `slopes` (samples x outputs, or
  /// empty).
  template <class T, Real R, class Space>
  void sample_losses(BatchView<R> const& outputs, Contexts<Space> const& contexts, Targets<R> const& targets,
                     LossScratch<R>& work, std::span<R> slopes) const {
    auto const width = static_cast<std::size_t>(outputs.cols());
    work.losses.resize(static_cast<std::size_t>(outputs.rows()));
    work.shares.resize(work.losses.size());
    contexts.for_each([&](Point<Space> const& s, Index begin, Index end) {
      for (Index b = begin; b < end; ++b) {
        std::span<R const> const row(outputs.row(b).data(), width);
        auto const own = slopes.empty() ? slopes : slopes.subspan(static_cast<std::size_t>(b) * width, width);
        double const loss = static_cast<double>(loss_at<T>(loss_, s, row, targets, b, own));
        if (!is_finite(loss)) [[unlikely]] {
          fail<NumericalError>("loss functional: expected a finite loss, got ", loss, " for sample ", b, " of ",
                               outputs.rows(), "; standardise inputs and targets, or lower the rate");
        }
        work.losses[static_cast<std::size_t>(b)] = loss;
      }
    });
  }

  template <Real R>
  double reduce(LossScratch<R>& work, std::span<Index const> ends, std::span<double const> weights) const {
    double const value = reduce_(SampleLosses{work.losses, weights, ends, work.shares}, work.reduction);
    if (!is_finite(value)) [[unlikely]] {
      fail<NumericalError>("loss functional: expected a finite value of all samples, got ", value,
                           "; scale targets or weights down");
    }
    return value;
  }

  L loss_;
  Reduce reduce_;
};

namespace detail {

template <class L>
struct FunctionalOf {
  using type = LossFunctional<L>;
};
template <class L, class Reduce>
struct FunctionalOf<LossFunctional<L, Reduce>> {
  using type = LossFunctional<L, Reduce>;
};

}  // namespace detail
}  // namespace wmanifold
