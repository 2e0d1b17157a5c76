#pragma once

#include <wmanifold/flow/adam.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/network/layer_list.hpp>

/// Declares code that does not depend on a basis. compiled.cpp compiles it once for all files that make manifolds.
namespace wmanifold {

extern template BatchView<float> forward_pass<HostTarget, float, Stack<LayerList>>(
    Stack<LayerList> const&, ParametersView<float const>, BatchCoefficients<float> const&, kernel::Samples<float const>,
    bool, ForwardCache<float>&, PassScratch<float>&);
extern template NetworkGradients<float> backward_pass<HostTarget, float, Stack<LayerList>>(
    Stack<LayerList> const&, ParametersView<float const>, BatchCoefficients<float> const&, kernel::Samples<float const>,
    kernel::Samples<float const>, std::vector<bool> const&, GradientRequest, ForwardCache<float> const&,
    PassScratch<float>&, ParametersView<float>, kernel::RowRuns const&);

}  // namespace wmanifold
