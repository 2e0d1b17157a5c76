#pragma once

#include <wmanifold/kernel/elementwise/activate.hpp>
#include <wmanifold/kernel/elementwise/softmax.hpp>
#include <wmanifold/kernel/matrix/dense.hpp>
#include <wmanifold/kernel/matrix/grouped.hpp>
#include <wmanifold/kernel/matrix/mix.hpp>
#include <wmanifold/kernel/matrix/product.hpp>
#include <wmanifold/kernel/sample/block.hpp>
#include <wmanifold/kernel/sample/dense.hpp>
#include <wmanifold/kernel/sample/mixed.hpp>

/// The functions that layers and manifolds call. A target may send these calls through a table of functions that were
/// compiled elsewhere for another processor (network/dispatch.hpp). With other targets the calls go to the functions
/// themselves.
namespace wmanifold::kernel {

/// The functions of the seam that read parameters of 16 bits, S. Their results are in R.
template <Real R, HalfNumber S>
struct HalfSeam {
  /// A pointer to kernel::mix_rows.
  decltype(&kernel::mix_rows<HostTarget, R, S>) mix_rows;
  /// A pointer to kernel::mix_chosen_rows.
  decltype(&kernel::mix_chosen_rows<HostTarget, R, S>) mix_chosen_rows;
  /// A pointer to kernel::mixed_sample.
  decltype(&kernel::mixed_sample<HostTarget, R, S>) mixed_sample;
  /// A pointer to kernel::dense_sample.
  decltype(&kernel::dense_sample<HostTarget, R, S>) dense_sample;
};

/// The table of the seam's functions, for one type of numbers. It has no `activate`: its instances belong to
/// activations, and these to layers.
template <Real R>
struct Seam {
  /// A pointer to kernel::multiply.
  decltype(&kernel::multiply<HostTarget, R>) multiply;
  /// A pointer to kernel::dense_scratch.
  decltype(&kernel::dense_scratch<HostTarget, R>) dense_scratch;
  /// A pointer to kernel::dense_forward.
  decltype(&kernel::dense_forward<HostTarget, R>) dense_forward;
  /// A pointer to kernel::dense_backward_parameters.
  decltype(&kernel::dense_backward_parameters<HostTarget, R>) dense_backward_parameters;
  /// A pointer to kernel::dense_backward_inputs.
  decltype(&kernel::dense_backward_inputs<HostTarget, R>) dense_backward_inputs;
  /// A pointer to kernel::dense_backward_coefficients.
  decltype(&kernel::dense_backward_coefficients<HostTarget, R>) dense_backward_coefficients;
  /// A pointer to kernel::grouped_scratch.
  decltype(&kernel::grouped_scratch<HostTarget, R>) grouped_scratch;
  /// A pointer to kernel::grouped_forward.
  decltype(&kernel::grouped_forward<HostTarget, R>) grouped_forward;
  /// A pointer to kernel::grouped_backward_parameters.
  decltype(&kernel::grouped_backward_parameters<HostTarget, R>) grouped_backward_parameters;
  /// A pointer to kernel::grouped_backward_inputs.
  decltype(&kernel::grouped_backward_inputs<HostTarget, R>) grouped_backward_inputs;
  /// A pointer to kernel::mix_rows.
  decltype(&kernel::mix_rows<HostTarget, R>) mix_rows;
  /// A pointer to kernel::mix_chosen_rows.
  decltype(&kernel::mix_chosen_rows<HostTarget, R>) mix_chosen_rows;
  /// A pointer to kernel::mixed_sample.
  decltype(&kernel::mixed_sample<HostTarget, R>) mixed_sample;
  /// A pointer to kernel::dense_sample.
  decltype(&kernel::dense_sample<HostTarget, R>) dense_sample;
  /// A pointer to kernel::dense_block.
  void (*dense_block)(R const*, Index, Index, Index, Samples<R const>, Samples<R>) noexcept;
  /// A pointer to kernel::softmax_cross_entropy.
  decltype(&kernel::softmax_cross_entropy<HostTarget, R>) softmax_cross_entropy;
  /// Functions for parameters in BFloat16.
  HalfSeam<R, BFloat16> of_bfloat16;
  /// Functions for parameters in Float16.
  HalfSeam<R, Float16> of_float16;

  /// The functions for parameters in S.
  template <StoredNumber S>
  [[nodiscard]] auto const& of() const noexcept {
    if constexpr (std::same_as<S, BFloat16>) {
      return of_bfloat16;
    } else if constexpr (std::same_as<S, Float16>) {
      return of_float16;
    } else {
      return *this;
    }
  }
};

/// A target whose calls go through a table. T::seam<R>() is a Seam<R>. T::activation<R>(a) is the `activate` of an
/// activation that was compiled with the table. T::Base runs the functions that are in no table.
template <class T>
concept ThroughTable = requires {
  typename T::Base;
  T::template seam<float>();
  T::template seam<double>();
};

/// Calls kernel::multiply through the target's table.
template <ThroughTable T, Real R>
void multiply(Index rows, Index columns, Index depth, Strided<R> a, Strided<R> b, R* c, Index stride,
              bool add = false) {
  T::template seam<R>().multiply(rows, columns, depth, a, b, c, stride, add);
}

/// Calls kernel::dense_scratch through the target's table.
template <ThroughTable T, Real R>
[[nodiscard]] Index dense_scratch(Index samples, Index inputs, Index outputs, Index rows) noexcept {
  return T::template seam<R>().dense_scratch(samples, inputs, outputs, rows);
}

/// Calls kernel::dense_forward through the target's table.
template <ThroughTable T, Real R>
void dense_forward(DenseRows<R> layer, Coefficients<R> coefficients, Index samples, Samples<R const> x, Samples<R> y,
                   Epilogue done = {}) {
  T::template seam<R>().dense_forward(layer, coefficients, samples, x, y, done);
}

/// Calls kernel::dense_backward_parameters through the target's table.
template <ThroughTable T, Real R>
void dense_backward_parameters(MutableDenseRows<R> gradient, Coefficients<R> coefficients, Index samples,
                               Samples<R const> x, Samples<R const> dy) {
  T::template seam<R>().dense_backward_parameters(gradient, coefficients, samples, x, dy);
}

/// Calls kernel::dense_backward_inputs through the target's table.
template <ThroughTable T, Real R>
void dense_backward_inputs(DenseRows<R> layer, Coefficients<R> coefficients, Index samples, Samples<R const> dy,
                           Samples<R> dx, R const* slope, R* scratch) {
  T::template seam<R>().dense_backward_inputs(layer, coefficients, samples, dy, dx, slope, scratch);
}

/// Calls kernel::dense_backward_coefficients through the target's table.
template <ThroughTable T, Real R>
void dense_backward_coefficients(DenseRows<R> layer, RowRuns const& wanted, Index samples, Samples<R const> x,
                                 Samples<R const> dy, R* dphi, R* scratch) {
  T::template seam<R>().dense_backward_coefficients(layer, wanted, samples, x, dy, dphi, scratch);
}

/// Calls kernel::grouped_scratch through the target's table.
template <ThroughTable T, Real R>
[[nodiscard]] Index grouped_scratch(Index samples, Index groups, Index outputs) noexcept {
  return T::template seam<R>().grouped_scratch(samples, groups, outputs);
}

/// Calls kernel::grouped_forward through the target's table.
template <ThroughTable T, Real R>
void grouped_forward(DenseRows<R> layer, Groups<R> groups, Samples<R const> x, Samples<R> y, R* scratch,
                     Epilogue done = {}) {
  T::template seam<R>().grouped_forward(layer, groups, x, y, scratch, done);
}

/// Calls kernel::grouped_backward_parameters through the target's table.
template <ThroughTable T, Real R>
void grouped_backward_parameters(MutableDenseRows<R> gradient, Groups<R> groups, Samples<R const> x,
                                 Samples<R const> dy, R* scratch) {
  T::template seam<R>().grouped_backward_parameters(gradient, groups, x, dy, scratch);
}

/// Calls kernel::grouped_backward_inputs through the target's table.
template <ThroughTable T, Real R>
void grouped_backward_inputs(DenseRows<R> layer, Groups<R> groups, Samples<R const> dy, Samples<R> dx, R const* slope,
                             R* scratch) {
  T::template seam<R>().grouped_backward_inputs(layer, groups, dy, dx, slope, scratch);
}

/// Calls kernel::mix_rows through the target's table.
template <ThroughTable T, Real R, StoredNumber S = R>
void mix_rows(R const* coefficients, Index rows, Index stride, Index count, S const* parameters, R* out) noexcept {
  T::template seam<R>().template of<S>().mix_rows(coefficients, rows, stride, count, parameters, out);
}

/// Calls kernel::mix_chosen_rows through the target's table.
template <ThroughTable T, Real R, StoredNumber S = R>
void mix_chosen_rows(ChosenRows<R> chosen, Index count, S const* parameters, R* out) noexcept {
  T::template seam<R>().template of<S>().mix_chosen_rows(chosen, count, parameters, out);
}

/// Calls kernel::mixed_sample through the target's table.
template <ThroughTable T, Real R, StoredNumber S = R>
void mixed_sample(ChosenRows<R> chosen, Index inputs, Index outputs, S const* parameters, R const* x, R* y) noexcept {
  T::template seam<R>().template of<S>().mixed_sample(chosen, inputs, outputs, parameters, x, y);
}

/// Calls kernel::dense_sample through the target's table.
template <ThroughTable T, Real R, StoredNumber S = R>
void dense_sample(S const* parameters, Index inputs, Index outputs, R const* x, R* y) noexcept {
  T::template seam<R>().template of<S>().dense_sample(parameters, inputs, outputs, x, y);
}

/// Calls kernel::dense_block through the target's table.
template <ThroughTable T, Real R>
void dense_block(R const* parameters, Index inputs, Index outputs, Index samples, Samples<R const> x,
                 Samples<R> y) noexcept {
  T::template seam<R>().dense_block(parameters, inputs, outputs, samples, x, y);
}

/// Calls kernel::softmax_cross_entropy through the target's table.
template <ThroughTable T, Real R>
[[nodiscard]] R softmax_cross_entropy(Index count, R const* logits, Index label, R* slope) noexcept {
  return T::template seam<R>().softmax_cross_entropy(count, logits, label, slope);
}

/// Activates a part of a matrix; the target's table computes activations that were compiled with it.
template <ThroughTable T, Real R, class Function>
void activate(Function const& function, IndexRange rows, IndexRange columns, Index stride, R* values, R* derivatives) {
  if constexpr (requires { T::template activation<R>(function); }) {
    T::template activation<R>(function)(rows, columns, stride, values, derivatives);
  } else {  // an activation of a user's own
    activate<typename T::Base, R>(function, rows, columns, stride, values, derivatives);
  }
}

/// Activates `count` numbers; the target's table computes activations that were compiled with it.
template <ThroughTable T, Real R, class Function>
void activate(Function const& function, Index count, R* values, R* derivatives) {
  activate<T, R>(function, IndexRange{0, 1}, IndexRange{0, count}, count, values, derivatives);
}

}  // namespace wmanifold::kernel
