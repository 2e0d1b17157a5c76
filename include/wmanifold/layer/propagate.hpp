#pragma once

#include <wmanifold/kernel/activate.hpp>
#include <wmanifold/kernel/dense.hpp>
#include <wmanifold/kernel/mix.hpp>
#include <wmanifold/layer/low_rank.hpp>
#include <wmanifold/layer/stack.hpp>
#include <wmanifold/layer/workspace.hpp>

/// Forward and backward of a stack of layers whose parameters are mixed from K rows, batch by batch; a manifold
/// supplies the coefficients phi(s) of each sample's context (equations 1 to 3). A plain network is one row without
/// coefficients.
namespace wmanifold {

/// The parameters of a stack: K rows, `stride` apart, and what all contexts share.
template <class R>
struct ParametersView {
  R* data;
  Index rows;
  Index stride;
  R* shared = nullptr;
  bool row_per_group = false;  ///< nothing is mixed: row g is the network of group g (without groups, of sample g)
};

namespace detail {

/// Mixing once per group and multiplying once costs K groups + samples rows of products, mixing per sample K samples.
inline bool by_groups(std::span<Index const> ends, Index samples, Index rows) noexcept {
  return !ends.empty() && rows * static_cast<Index>(ends.size()) + samples < rows * samples;
}

/// One layer on its way through a batch: where its parameters, inputs and outputs are, and how they are mixed.
template <class T, Real R>
class LayerPass {
 public:
  LayerPass(DenseShape const& shape, ParametersView<R const> parameters, bool plain, Index l, R const* x,
            Index x_stride, Workspace<R>& work)
      : shape_(shape),
        parameters_(parameters),
        rows_(shape.placement == Placement::shared
                  ? kernel::DenseRows<R>{parameters.shared + shape.shared_offset, 1, 0, shape.inputs, shape.outputs}
                  : kernel::DenseRows<R>{parameters.data + shape.row_offset, parameters.rows, parameters.stride,
                                         shape.inputs, shape.outputs}),
        coefficients_(plain || shape.placement == Placement::shared ? nullptr : work.coefficients.data()),
        grouped_(parameters.row_per_group || (shape.placement == Placement::manifold && !plain &&
                                              by_groups(work.ends, work.samples, parameters.rows))),
        l_(l),
        x_(x),
        x_stride_(x_stride),
        work_(work) {}

  void forward(R* y) {
    if (shape_.placement == Placement::low_rank) {
      low_rank_forward<T, R>(shape_, parts(), coefficients_, parameters_.rows, work_.samples, x_, x_stride_, y,
                             low_rank_trace(work_, l_, shape_.rank), work_);
    } else if (grouped_) {
      for_each_group([&](Index begin, Index end, auto const& layer) {
        kernel::dense_forward<T, R>(layer, nullptr, end - begin, x_ + begin * x_stride_, x_stride_,
                                    y + begin * shape_.outputs, shape_.outputs);
      });
    } else {
      kernel::dense_forward<T, R>(rows_, coefficients_, work_.samples, x_, x_stride_, y, shape_.outputs);
    }
  }

  /// Gradients: of the parameters unless frozen; of the inputs and the coefficients where not null.
  void backward(R const* dy, bool frozen, ParametersView<R> gradient, R* dx, R* dphi) {
    if (shape_.placement == Placement::low_rank) {
      low_rank_backward<T, R>(
          shape_, parts(), low_rank_parts<R>(shape_, gradient.data, gradient.stride, gradient.shared), coefficients_,
          parameters_.rows, work_.samples, x_, x_stride_, dy, dx, dphi, low_rank_trace(work_, l_, shape_.rank), work_);
    } else {
      if (!frozen) {
        backward_parameters(dy, gradient);
      }
      if (dphi != nullptr && shape_.placement == Placement::manifold) {
        grow(work_.scratch, work_.samples * shape_.inputs);
        kernel::dense_backward_coefficients<T, R>(rows_, work_.samples, x_, x_stride_, dy, shape_.outputs, dphi,
                                                  work_.scratch.data());
      }
      if (dx != nullptr) {
        backward_inputs(dy, dx);
      }
    }
    if (frozen) {
      clear(gradient);
    }
  }

  /// Zero where this layer's gradient goes.
  void clear(ParametersView<R> gradient) const {
    for (Index k = 0; k < gradient.rows; ++k) {
      std::fill_n(gradient.data + k * gradient.stride + shape_.row_offset, shape_.row_size(), R{0});
    }
    std::fill_n(gradient.shared + shape_.shared_offset, shape_.shared_size(), R{0});
  }

 private:
  [[nodiscard]] LowRankParts<R const> parts() const noexcept {
    return low_rank_parts<R const>(shape_, parameters_.data, parameters_.stride, parameters_.shared);
  }

  /// Calls body(group, begin, end) for each group of samples.
  template <class Body>
  void for_each_range(Body const& body) const {
    Index const groups = work_.ends.empty() ? work_.samples : static_cast<Index>(work_.ends.size());
    for (Index g = 0, begin = 0; g < groups; ++g) {
      Index const end = work_.ends.empty() ? begin + 1 : work_.ends[static_cast<std::size_t>(g)];
      body(g, begin, end);
      begin = end;
    }
  }

  /// Calls body(begin, end, layer) with each group's samples and the layer at its context.
  template <class Body>
  void for_each_group(Body const& body) {
    grow(work_.mixed, shape_.size());
    for_each_range([&](Index g, Index begin, Index end) {
      R const* layer = work_.mixed.data();
      if (parameters_.row_per_group) {
        layer = rows_.parameters + g * rows_.stride;
      } else {
        kernel::mix_rows<T, R>(coefficients_ + begin * rows_.rows, rows_.rows, rows_.stride, shape_.size(),
                               rows_.parameters, work_.mixed.data());
      }
      body(begin, end, kernel::DenseRows<R>{layer, 1, 0, shape_.inputs, shape_.outputs});
    });
  }

  void backward_parameters(R const* dy, ParametersView<R> gradient) {
    if (!grouped_) {
      kernel::MutableDenseRows<R> to{gradient.data + shape_.row_offset, rows_.rows, gradient.stride, shape_.inputs,
                                     shape_.outputs};
      if (shape_.placement == Placement::shared) {
        to.parameters = gradient.shared + shape_.shared_offset;
      }
      kernel::dense_backward_parameters<T, R>(to, coefficients_, work_.samples, x_, x_stride_, dy, shape_.outputs);
      return;
    }
    clear(gradient);
    grow(work_.mixed, shape_.size());
    for_each_range([&](Index g, Index begin, Index end) {
      R* const row = gradient.data + shape_.row_offset + g * gradient.stride;
      kernel::dense_backward_parameters<T, R>(
          kernel::MutableDenseRows<R>{parameters_.row_per_group ? row : work_.mixed.data(), 1, 0, shape_.inputs,
                                      shape_.outputs},
          nullptr, end - begin, x_ + begin * x_stride_, x_stride_, dy + begin * shape_.outputs, shape_.outputs);
      if (!parameters_.row_per_group) {
        kernel::scatter_to_rows<T, R>(coefficients_ + begin * rows_.rows, rows_.rows, gradient.stride, shape_.size(),
                                      work_.mixed.data(), gradient.data + shape_.row_offset);
      }
    });
  }

  void backward_inputs(R const* dy, R* dx) {
    if (grouped_) {
      for_each_group([&](Index begin, Index end, auto const& layer) {
        kernel::dense_backward_inputs<T, R>(layer, nullptr, end - begin, dy + begin * shape_.outputs, shape_.outputs,
                                            dx + begin * shape_.inputs, shape_.inputs);
      });
    } else {
      kernel::dense_backward_inputs<T, R>(rows_, coefficients_, work_.samples, dy, shape_.outputs, dx, shape_.inputs);
    }
  }

  DenseShape const& shape_;
  ParametersView<R const> parameters_;
  kernel::DenseRows<R> rows_;
  R const* coefficients_;
  bool grouped_;
  Index l_;
  R const* x_;
  Index x_stride_;
  Workspace<R>& work_;
};

}  // namespace detail

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
    detail::LayerPass<T, R>(shape, parameters, plain, l, x, x_stride, work).forward(y);
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

  bool wanted = true;
  for (Index l = stack.depth() - 1; l >= 0; --l) {
    DenseShape const& shape = stack.dense(l);
    R const* const x = l == 0 ? inputs : work.values[static_cast<std::size_t>(l - 1)].data();
    detail::LayerPass<T, R> pass(shape, parameters, plain, l, x, l == 0 ? input_stride : shape.inputs, work);
    if (!wanted) {  // frozen, and so is all below
      pass.clear(gradient);
      continue;
    }
    R* const delta = work.delta.data();
    stack.with_activation(l, [&]<class A>(A const&) {
      if constexpr (!std::same_as<A, Identity>) {
        R const* const slope = work.derivatives[static_cast<std::size_t>(l)].data();
        for (Index n = 0; n < samples * shape.outputs; ++n) {
          delta[n] *= slope[n];
        }
      }
    });
    wanted = l > lowest || request.inputs || (request.coefficients && l > 0);
    pass.backward(delta, is_frozen(l), gradient, wanted ? work.delta_before.data() : nullptr, dphi);
    std::swap(work.delta, work.delta_before);
  }
}

}  // namespace wmanifold
