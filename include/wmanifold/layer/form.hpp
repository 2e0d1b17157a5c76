#pragma once

#include <wmanifold/kernel/seam.hpp>
#include <wmanifold/layer/layer_pass.hpp>
#include <wmanifold/layer/low_rank.hpp>

namespace wmanifold::detail {

/// M(s) into `network` (N numbers), from the rows that meet at s: all layers on the manifold at once where there are no
/// others, else layer by layer. mix(count, parameters, to) mixes `count` numbers of these rows, from `parameters` on.
template <class T, Real R, class Stack, class Mix>
void form_network(Stack const& stack, ParametersView<R const> from, kernel::ChosenRows<R> meeting, Mix const& mix,
                  R* network) noexcept {
  if (shared_parameters_of(stack) == 0) {
    mix(row_parameters_of(stack), from.data, network);
    return;
  }
  for (Index l = 0; l < stack.depth(); ++l) {
    DenseShape const& shape = stack.dense(l);
    R* const to = network + shape.offset;
    switch (shape.placement) {
      case Placement::manifold:
        mix(shape.size(), from.data + shape.row_offset, to);
        break;
      case Placement::shared:
        std::copy_n(from.shared + shape.shared_offset, shape.size(), to);
        break;
      case Placement::low_rank:
        low_rank_at<T, R>(shape, low_rank_parts<R const>(shape, from.data, from.stride, from.shared), meeting, to);
        break;
    }
  }
}

}  // namespace wmanifold::detail
