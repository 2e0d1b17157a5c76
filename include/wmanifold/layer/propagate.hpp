#pragma once

#include <wmanifold/layer/layer_pass.hpp>

/// Forward and backward of a stack of layers whose parameters are mixed from K rows, batch by batch; a manifold
/// supplies the coefficients phi(s) of each sample's context (equations 1 to 3). A plain network is one row without
/// coefficients.
namespace wmanifold {

/// Values of every layer, and derivatives of its activation when `keep_derivatives`, into the workspace. It expects
/// there samples, ends and coefficients (not read when `plain`: one row, as it is).
template <class T, Real R, class Stack>
void propagate_forward(Stack const& stack, ParametersView<R const> parameters, bool plain, R const* inputs,
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
    detail::LayerPass<T, R> pass(shape, parameters, plain, l, {x, x_stride}, work);
    stack.with_activation(l, [&]<class A>(A const& activation) {
      if constexpr (std::same_as<A, Identity>) {
        pass.forward(y, {});
      } else {
        if (keep_derivatives) {
          grow(derivatives, samples * shape.outputs);
        }
        R* const slopes = keep_derivatives ? derivatives.data() : nullptr;
        auto const activate = [&](kernel::Range rows, kernel::Range columns) {
          kernel::activate<T, R>(activation, rows, columns, shape.outputs, y, slopes);
        };
        pass.forward(y, kernel::WhenDone(activate));
      }
    });
    x = y;
    x_stride = shape.outputs;
  }
}

namespace detail {

/// The derivatives of the activation of layer l, as the forward pass kept them; null for the identity.
template <Real R, class Stack>
R const* slope_of(Stack const& stack, Index l, Workspace<R> const& work) {
  R const* slope = nullptr;
  stack.with_activation(l, [&]<class A>(A const&) {
    if constexpr (!std::same_as<A, Identity>) {
      slope = work.derivatives[static_cast<std::size_t>(l)].data();
    }
  });
  return slope;
}

}  // namespace detail

/// What a backward pass is asked for beside the gradient of the parameters.
struct BackwardRequest {
  bool inputs = false;
  bool coefficients = false;
};

/// After propagate_forward with derivatives kept, and with work.output_gradient filled: the gradient of the parameters
/// (overwritten; zero where `frozen[l]`), and on request that of the inputs (into work.delta, samples x inputs) and of
/// the coefficients (into work.coefficient_gradient).
template <class T, Real R, class Stack>
void propagate_backward(Stack const& stack, ParametersView<R const> parameters, bool plain, R const* inputs,
                        Index input_stride, std::vector<bool> const& frozen, BackwardRequest request,
                        ParametersView<R> gradient, Workspace<R>& work) {
  Index const samples = work.samples;
  auto const is_frozen = [&](Index l) { return frozen[static_cast<std::size_t>(l)]; };
  Index lowest = 0;  // the lowest layer whose own gradient is wanted
  while (lowest < stack.depth() && is_frozen(lowest)) {
    ++lowest;
  }
  if (request.coefficients) {
    grow(work.coefficient_gradient, samples * parameters.rows);
    std::fill_n(work.coefficient_gradient.begin(), samples * parameters.rows, R{0});
  }
  R* const dphi = request.coefficients ? work.coefficient_gradient.data() : nullptr;
  Index const width = std::max(widest_of(stack), inputs_of(stack));
  grow(work.delta, samples * width);
  grow(work.delta_before, samples * width);
  std::copy_n(work.output_gradient.begin(), samples * outputs_of(stack), work.delta.begin());
  if (R const* const slope = detail::slope_of<R>(stack, stack.depth() - 1, work); slope != nullptr) {
    for (Index n = 0; n < samples * outputs_of(stack); ++n) {
      work.delta[static_cast<std::size_t>(n)] *= slope[n];
    }
  }

  bool wanted = true;
  for (Index l = stack.depth() - 1; l >= 0; --l) {
    DenseShape const& shape = stack.dense(l);
    R const* const x = l == 0 ? inputs : work.values[static_cast<std::size_t>(l - 1)].data();
    detail::LayerPass<T, R> pass(shape, parameters, plain, l, {x, l == 0 ? input_stride : shape.inputs}, work);
    if (!wanted) {  // frozen, and so is all below
      pass.clear(gradient);
      continue;
    }
    wanted = l > lowest || request.inputs || (request.coefficients && l > 0);
    pass.backward(work.delta.data(), is_frozen(l), gradient, wanted ? work.delta_before.data() : nullptr,
                  l == 0 ? nullptr : detail::slope_of<R>(stack, l - 1, work), dphi);
    std::swap(work.delta, work.delta_before);
  }
}

}  // namespace wmanifold
