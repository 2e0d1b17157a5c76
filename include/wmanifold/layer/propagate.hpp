#pragma once

#include <wmanifold/kernel/activate.hpp>
#include <wmanifold/kernel/dense.hpp>
#include <wmanifold/kernel/mix.hpp>
#include <wmanifold/layer/stack.hpp>
#include <wmanifold/layer/workspace.hpp>

#include <numeric>

/// Forward and backward of a stack of layers whose parameters are mixed from K rows, batch by batch. A plain network is
/// the case K = 1; a manifold supplies coefficients phi(s) of each sample's context (equations 1 to 3).
namespace wmanifold {

/// K rows of parameters, `stride` apart; each row is a network.
template <class R>
struct RowsView {
  R* data;
  Index rows;
  Index stride;
};

namespace detail {

/// Mixing once per group and multiplying once costs K groups + samples rows of products, mixing per sample K samples.
inline bool by_groups(std::span<Index const> ends, Index samples, Index rows) noexcept {
  return !ends.empty() && rows * static_cast<Index>(ends.size()) + samples < rows * samples;
}

template <Real R>
kernel::DenseRows<R> rows_of(DenseShape const& shape, RowsView<R const> parameters) noexcept {
  return {parameters.data + shape.offset, parameters.rows, parameters.stride, shape.inputs, shape.outputs};
}

/// Calls body(begin, end, layer) with each group's samples and the layer mixed at its context.
template <class T, Real R, class Body>
void for_each_group(DenseShape const& shape, RowsView<R const> parameters, Workspace<R>& work, Body const& body) {
  grow(work.mixed, shape.size());
  Index begin = 0;
  for (Index const end : work.ends) {
    kernel::mix_rows<T, R>(work.coefficients.data() + begin * parameters.rows, parameters.rows, parameters.stride,
                           shape.size(), parameters.data + shape.offset, work.mixed.data());
    body(begin, end, kernel::DenseRows<R>{work.mixed.data(), 1, 0, shape.inputs, shape.outputs});
    begin = end;
  }
}

}  // namespace detail

/// Values of every layer, and derivatives of its activation when `keep_derivatives`, into the workspace. It expects
/// there samples, ends and coefficients (not read when `plain`: one row, as it is).
template <class T, Real R, class Stack>
void propagate_forward(Stack const& stack, RowsView<R const> parameters, bool plain, R const* inputs,
                       Index input_stride, bool keep_derivatives, Workspace<R>& work) {
  Index const samples = work.samples;
  auto const depth = static_cast<std::size_t>(stack.depth());
  if (work.values.size() < depth) {
    work.values.resize(depth);
    work.derivatives.resize(depth);
  }
  R const* x = inputs;
  Index x_stride = input_stride;
  for (Index l = 0; l < stack.depth(); ++l) {
    DenseShape const& shape = stack.dense(l);
    auto& values = work.values[static_cast<std::size_t>(l)];
    auto& derivatives = work.derivatives[static_cast<std::size_t>(l)];
    grow(values, samples * shape.outputs);
    R* const y = values.data();
    if (!plain && detail::by_groups(work.ends, samples, parameters.rows)) {
      detail::for_each_group<T, R>(shape, parameters, work, [&](Index begin, Index end, auto const& layer) {
        kernel::dense_forward<T, R>(layer, nullptr, end - begin, x + begin * x_stride, x_stride,
                                    y + begin * shape.outputs, shape.outputs);
      });
    } else {
      kernel::dense_forward<T, R>(detail::rows_of(shape, parameters), plain ? nullptr : work.coefficients.data(),
                                  samples, x, x_stride, y, shape.outputs);
    }
    stack.with_activation(l, [&]<class A>(A const& activation) {
      if constexpr (!std::same_as<A, Identity>) {
        if (keep_derivatives) {
          grow(derivatives, samples * shape.outputs);
        }
        kernel::activate<T, R>(activation, samples * shape.outputs, y, keep_derivatives ? derivatives.data() : nullptr);
      }
    });
    x = y;
    x_stride = shape.outputs;
  }
}

/// What a backward pass is asked for beside the gradient of the parameters.
struct BackwardRequest {
  bool inputs = false;
  bool coefficients = false;
};

/// After propagate_forward with derivatives kept, and with work.output_gradient filled: the gradient of the K rows
/// (overwritten; zero where `frozen[l]`), and on request that of the inputs (into work.delta, samples x inputs) and of
/// the coefficients (into work.coefficient_gradient).
template <class T, Real R, class Stack>
void propagate_backward(Stack const& stack, RowsView<R const> parameters, bool plain, R const* inputs,
                        Index input_stride, std::vector<bool> const& frozen, BackwardRequest request,
                        RowsView<R> gradient, Workspace<R>& work) {
  Index const samples = work.samples;
  Index const rows = parameters.rows;
  bool const grouped = !plain && detail::by_groups(work.ends, samples, rows);
  auto const is_frozen = [&](Index l) { return frozen[static_cast<std::size_t>(l)]; };
  Index lowest = 0;  // the lowest layer whose own gradient is wanted
  while (lowest < stack.depth() && is_frozen(lowest)) {
    ++lowest;
  }
  if (request.coefficients) {
    grow(work.coefficient_gradient, samples * rows);
    std::fill_n(work.coefficient_gradient.begin(), samples * rows, R{0});
  }
  Index const width = std::max(widest_of(stack), inputs_of(stack));
  grow(work.delta, samples * width);
  grow(work.delta_before, samples * width);
  std::copy_n(work.output_gradient.begin(), samples * outputs_of(stack), work.delta.begin());

  for (Index l = stack.depth() - 1; l >= 0; --l) {
    DenseShape const& shape = stack.dense(l);
    R* const delta = work.delta.data();
    stack.with_activation(l, [&]<class A>(A const&) {
      if constexpr (!std::same_as<A, Identity>) {
        R const* const slope = work.derivatives[static_cast<std::size_t>(l)].data();
        for (Index n = 0; n < samples * shape.outputs; ++n) {
          delta[n] *= slope[n];
        }
      }
    });
    R const* const x = l == 0 ? inputs : work.values[static_cast<std::size_t>(l - 1)].data();
    Index const x_stride = l == 0 ? input_stride : shape.inputs;
    kernel::MutableDenseRows<R> const to{gradient.data + shape.offset, rows, gradient.stride, shape.inputs,
                                         shape.outputs};
    if (is_frozen(l) || grouped) {
      for (Index k = 0; k < rows; ++k) {
        std::fill_n(to.parameters + k * to.stride, shape.size(), R{0});
      }
    }
    if (!is_frozen(l) && grouped) {
      grow(work.mixed, shape.size());
      kernel::MutableDenseRows<R> const at_point{work.mixed.data(), 1, 0, shape.inputs, shape.outputs};
      Index begin = 0;
      for (Index const end : work.ends) {
        kernel::dense_backward_parameters<T, R>(at_point, nullptr, end - begin, x + begin * x_stride, x_stride,
                                                delta + begin * shape.outputs, shape.outputs);
        kernel::scatter_to_rows<T, R>(work.coefficients.data() + begin * rows, rows, to.stride, shape.size(),
                                      work.mixed.data(), to.parameters);
        begin = end;
      }
    } else if (!is_frozen(l)) {
      kernel::dense_backward_parameters<T, R>(to, plain ? nullptr : work.coefficients.data(), samples, x, x_stride,
                                              delta, shape.outputs);
    }
    if (request.coefficients) {
      grow(work.scratch, samples * shape.inputs);
      kernel::dense_backward_coefficients<T, R>(detail::rows_of(shape, parameters), samples, x, x_stride, delta,
                                                shape.outputs, work.coefficient_gradient.data(), work.scratch.data());
    }
    bool const below_wanted = l > lowest || request.inputs || (request.coefficients && l > 0);
    if (!below_wanted) {
      for (Index below = l - 1; below >= 0; --below) {  // all frozen
        for (Index k = 0; k < rows; ++k) {
          std::fill_n(gradient.data + k * gradient.stride + stack.dense(below).offset, stack.dense(below).size(), R{0});
        }
      }
      break;
    }
    R* const before = work.delta_before.data();
    if (grouped) {
      detail::for_each_group<T, R>(shape, parameters, work, [&](Index begin, Index end, auto const& layer) {
        kernel::dense_backward_inputs<T, R>(layer, nullptr, end - begin, delta + begin * shape.outputs, shape.outputs,
                                            before + begin * shape.inputs, shape.inputs);
      });
    } else {
      kernel::dense_backward_inputs<T, R>(detail::rows_of(shape, parameters),
                                          plain ? nullptr : work.coefficients.data(), samples, delta, shape.outputs,
                                          before, shape.inputs);
    }
    std::swap(work.delta, work.delta_before);
  }
}

}  // namespace wmanifold
