#pragma once

#include <wmanifold/flow/adam.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/layer/layer_list.hpp>
#include <wmanifold/manifold/manifold.hpp>

/// What does not depend on a basis is compiled once, in compiled.cpp, not by every file that makes manifolds.
namespace wmanifold {

extern template void propagate_forward<HostTarget, float, Stack<LayerList>>(Stack<LayerList> const&,
                                                                            ParametersView<float const>, bool,
                                                                            float const*, Index, bool,
                                                                            Workspace<float>&);
extern template void propagate_backward<HostTarget, float, Stack<LayerList>>(Stack<LayerList> const&,
                                                                             ParametersView<float const>, bool,
                                                                             float const*, Index,
                                                                             std::vector<bool> const&, BackwardRequest,
                                                                             ParametersView<float>, Workspace<float>&);
}  // namespace wmanifold
