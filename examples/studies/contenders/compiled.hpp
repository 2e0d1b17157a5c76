#pragma once

#include <wmanifold/flow/adam.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/network/layer_list.hpp>

/// What does not depend on a basis is compiled once, in compiled.cpp, not by every file that makes manifolds.
namespace wmanifold {

extern template BatchView<float> forward_pass<HostTarget, float, Stack<LayerList>>(
    Stack<LayerList> const&, ParametersView<float const>, BatchCoefficients<float> const&, kernel::Samples<float const>,
    bool, ForwardCache<float>&, PassScratch<float>&);
extern template NetworkGradients<float> backward_pass<HostTarget, float, Stack<LayerList>>(
    Stack<LayerList> const&, ParametersView<float const>, BatchCoefficients<float> const&, kernel::Samples<float const>,
    kernel::Samples<float const>, std::vector<bool> const&, GradientRequest, ForwardCache<float> const&,
    PassScratch<float>&, ParametersView<float>);

}  // namespace wmanifold
